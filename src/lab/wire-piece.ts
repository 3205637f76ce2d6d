/** Explains a piece of the wire field by field, for the page. */
import { isUtf8 } from 'node:buffer';

import { recordFields, recordName } from '../faces/record-anatomy.js';
import { envelopeFields, frameFields, LF, type LineField } from '../faces/frame-anatomy.js';
import { counted } from '../faces/phrases.js';
import { spkiFields } from '../faces/spki.js';
import { tokenFields } from '../faces/token-anatomy.js';
import { printable } from '../printable.js';
import { formatFrame, frameOf, type Frame } from '../protocol/frames.js';
import { RECORD_TYPE, recordType } from '../protocol/tls-records.js';
import { TokenFormatError } from '../protocol/token.js';
import type { Field, Inside, WirePiece } from './events.js';

/** Of the bytes of a piece, so many go to the page. */
const MOST_BYTES_SHOWN = 2048;
const MOST_CHARACTERS_SHOWN = 240;

/** What is known of a piece without reading it. */
export interface Crossing extends Pick<WirePiece, 'id' | 'from' | 'half' | 'frame' | 'kind' | 'message'> {
  /** A line with its LF, or a TLS record. */
  readonly bytes: Buffer;
}

export function wirePiece({ bytes, ...crossing }: Crossing): WirePiece {
  return {
    ...crossing,
    length: bytes.length,
    hex: hexOf(bytes),
    ...EXPLAINED[crossing.kind](bytes),
  };
}

type Explained = Pick<WirePiece, 'label' | 'legible' | 'fields' | 'inside'>;

const EXPLAINED: Readonly<Record<WirePiece['kind'], (bytes: Buffer) => Explained>> = {
  text: explainedText,
  frame: explainedFrame,
  record: (bytes) => ({
    label: `TLS ${recordName(bytes)}`,
    legible: recordType(bytes) === RECORD_TYPE.applicationData ? 'sealed' : 'readable',
    inside: null,
    fields: placed(recordFields(bytes), {}),
  }),
};

/** Usually one line. But an attacker may have made two of it, or have taken its end. */
function explainedText(bytes: Buffer): Explained {
  const label = shown(withoutLineEnd(bytes).toString('utf8'));
  const fields: LineField[] = [];
  for (let start = 0; start < bytes.length;) {
    const at = bytes.indexOf(LF.bytes, start);
    const end = at === -1 ? bytes.length : at;
    if (end > start) fields.push(messageField(bytes.subarray(start, end)));
    if (at !== -1) fields.push(LF);
    start = end + 1;
  }
  const isOneLine = bytes.indexOf(LF.bytes) === bytes.length - 1;
  return {
    label,
    legible: 'readable',
    inside: null,
    fields: placed(fields, isOneLine ? { 'the message': 'text' } : {}),
  };
}

function messageField(bytes: Buffer): LineField {
  const kind = isUtf8(bytes) ? ' of UTF-8' : ', which are not all text';
  return {
    name: 'the message',
    bytes,
    meaning: [{ captured: bytes.toString('utf8') }, `, ${counted(bytes.length, 'byte')}${kind}`],
  };
}

function explainedFrame(bytes: Buffer): Explained {
  const line = withoutLineEnd(bytes);
  const hasEnd = line.length < bytes.length;
  const frame = hasEnd ? frameIn(line) : null;
  if (frame !== null)
    return {
      label: frame.kind,
      legible: LEGIBLE[frame.kind],
      fields: placed(frameFields(frame), EDITED[frame.kind]),
      inside: insideOf(frame),
    };
  const broken: LineField = {
    name: 'line',
    bytes: line,
    meaning: [
      hasEnd
        ? 'not a frame of the protocol: nobody will take it'
        : 'a line without its end: whoever gets it waits for more',
    ],
  };
  const fields = placed(
    [broken, ...(hasEnd ? [LF] : [])].filter((field) => field.bytes.length > 0),
    { line: 'text' },
  );
  return { label: shown(line.toString('utf8')), legible: 'readable', fields, inside: null };
}

const LEGIBLE: Readonly<Record<Frame['kind'], WirePiece['legible']>> = {
  HELLO: 'readable',
  'PUBLIC-KEY': 'readable',
  'SESSION-KEY': 'sealed',
  MESSAGE: 'outside',
  ERROR: 'readable',
};

/** How the fields of a line are edited. What is in base64 is edited by what it holds. */
const EDITED: Readonly<Record<Frame['kind'], Readonly<Record<string, Field['edit']>>>> = {
  HELLO: { version: 'text', check: 'text' },
  'PUBLIC-KEY': {},
  'SESSION-KEY': {},
  MESSAGE: { check: 'text' },
  ERROR: { code: 'text' },
};

function insideOf(frame: Frame): Inside | null {
  switch (frame.kind) {
    case 'PUBLIC-KEY':
      return inside('the key', frame.spki, spkiFields(frame.spki));
    case 'SESSION-KEY':
      return inside('the envelope', frame.envelope, envelopeFields(frame.envelope));
    case 'MESSAGE':
      return inside('the token', Buffer.from(frame.token, 'base64url'), fieldsOfToken(frame.token));
    case 'HELLO':
    case 'ERROR':
      return null;
  }
}

/** The field in base64 is the third of its line: after the word and the space. */
const FIELD_IN_BASE64 = 2;

function inside(what: string, bytes: Buffer, fields: readonly LineField[]): Inside {
  const edit = Object.fromEntries(fields.map(({ name }) => [name, 'hex' as const]));
  return { what, field: FIELD_IN_BASE64, length: bytes.length, hex: hexOf(bytes), fields: placed(fields, edit) };
}

function fieldsOfToken(token: string): readonly LineField[] {
  try {
    return tokenFields(token).map(({ name, bytes, meaning }) => ({ name, bytes, meaning: [meaning] }));
  } catch (error) {
    if (!(error instanceof TokenFormatError)) throw error;
    return [{ name: 'bytes', bytes: Buffer.from(token, 'base64url'), meaning: [`no Fernet token: ${error.message}`] }];
  }
}

function placed(fields: readonly LineField[], edit: Readonly<Record<string, Field['edit']>>): readonly Field[] {
  let offset = 0;
  return fields.map(({ name, bytes, meaning }) => {
    const field: Field = {
      name,
      offset,
      length: bytes.length,
      meaning: meaning.map((each) => (typeof each === 'string' ? each : shown(each.captured))).join(''),
      edit: edit[name] ?? null,
    };
    offset += bytes.length;
    return field;
  });
}

/** The code of an ERROR may be bytes that are not text: then it cannot be written as it came. */
function frameIn(line: Buffer): Frame | null {
  const frame = frameOf(line);
  return frame !== null && formatFrame(frame).subarray(0, -1).equals(line) ? frame : null;
}

function withoutLineEnd(bytes: Buffer): Buffer {
  return bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
}

function hexOf(bytes: Buffer): string {
  return bytes.toString('hex', 0, MOST_BYTES_SHOWN);
}

/** Made safe, and cut between characters. */
function shown(text: string): string {
  const characters = Array.from(text.slice(0, 2 * MOST_CHARACTERS_SHOWN));
  const part = characters.slice(0, MOST_CHARACTERS_SHOWN).join('');
  return `${printable(part)}${part.length < text.length ? '…' : ''}`;
}
