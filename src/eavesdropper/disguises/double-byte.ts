/**
 * Chinese, Japanese and Korean in the encodings that were used before UTF-8, in which most characters are two bytes.
 * That bytes are valid in one of them tells little. What tells is which characters come out: those that are used most
 * in the language, or any.
 */
import { notInUtf8, type Disguise, type Piece, type Recognition, type WeighedRun } from './disguise.js';
import { encodedByTable } from './encoding-table.js';
import { MOST_CONTROLS } from './piece-shape.js';
import { LEAST_SHARE, likelihoodIn } from './letters.js';
import { usualCharacters } from './usual-characters.js';
import { linesBeyondUtf8 } from './utf8-lines.js';

export type DoubleByteName = 'GBK or GB18030' | 'Big5' | 'Shift-JIS' | 'EUC-JP' | 'EUC-KR';

interface Encoding {
  readonly name: DoubleByteName;
  /** What TextDecoder calls it. */
  readonly label: string;
  /** The characters that are used most. */
  readonly language: keyof ReturnType<typeof usualCharacters>;
  /** Whole characters, as far as the first bytes tell: it spares the decoder most of what is none. */
  readonly shape: RegExp;
}

const ENCODINGS: readonly Encoding[] = [
  {
    name: 'GBK or GB18030',
    label: 'gb18030',
    language: 'simplified',
    shape: /^(?:[\0-\x7f]|[\x81-\xfe](?:[\x40-\x7e\x80-\xfe]|[0-9][\x81-\xfe][0-9]))*/,
  },
  {
    name: 'Big5',
    label: 'big5',
    language: 'traditional',
    shape: /^(?:[\0-\x7f]|[\x81-\xfe][\x40-\x7e\xa1-\xfe])*/,
  },
  {
    name: 'Shift-JIS',
    label: 'shift_jis',
    language: 'japanese',
    shape: /^(?:[\0-\x7f\xa1-\xdf]|[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc])*/,
  },
  {
    name: 'EUC-JP',
    label: 'euc-jp',
    language: 'japanese',
    shape: /^(?:[\0-\x7f]|[\xa1-\xfe]{2}|\x8e[\xa1-\xdf]|\x8f[\xa1-\xfe]{2})*/,
  },
  {
    name: 'EUC-KR',
    label: 'euc-kr',
    language: 'korean',
    shape: /^(?:[\0-\x7f]|[\x81-\xfe][\x41-\x5a\x61-\x7a\x81-\xfe])*/,
  },
];

const RECOGNISED: Recognition<DoubleByteName> = { within: 'piece', next: nextDoubleByte };

export const DOUBLE_BYTE: readonly Disguise<DoubleByteName>[] = ENCODINGS.map(({ name, label }) => {
  return {
    name,
    recognised: RECOGNISED,
    patterns: (text) => {
      const bytes = encodedByTable(text, label);
      return bytes === null ? [] : [notInUtf8(bytes)];
    },
  };
});

const NATS_OF_DOUBT = 9.2;
/** Encodings, and places where a run can begin in each. */
const LN_OF_READINGS = Math.log(2 * ENCODINGS.length);
const LEAST_BYTES = 8;
const LEAST_BEYOND_ASCII = 4;
/** Bytes that are read to see what the characters are. */
const LOOKED_AT = 2048;
/** The longest character, less one: it may be cut at the end. */
const MOST_CUT = 3;

/** By byte: controls, which no text in these encodings holds. */
const IS_CONTROL = new Uint8Array(256).fill(1, 0, 0x20);
for (const byte of [0x09, 0x0a, 0x0c, 0x0d]) IS_CONTROL[byte] = 0;
for (const byte of [0x7f, 0xff]) IS_CONTROL[byte] = 1;

function nextDoubleByte({ bytes, start, end, shape, before, last }: Piece): WeighedRun<DoubleByteName> | null {
  if (shape.controls > MOST_CONTROLS || shape.beyondAscii < LEAST_BEYOND_ASCII) return null;
  const doubt = NATS_OF_DOUBT + LN_OF_READINGS + Math.log(before + end - start + 1);
  for (let from = start; from < end;) {
    let stop = from;
    while (stop < end && IS_CONTROL[bytes[stop] ?? 0] === 0) stop += 1;
    const isNext = from === start && ENCODINGS.some(({ name }) => name === last);
    const lines = stop - from >= LEAST_BYTES || isNext ? linesBeyondUtf8(bytes, from, stop) : null;
    const found = lines === null ? null : likeliest(bytes, lines, isNext ? 2 : doubt);
    if (found !== null) return found;
    from = stop + 1;
  }
  return null;
}

function likeliest(
  bytes: Buffer,
  { start, end }: { readonly start: number; readonly end: number },
  doubt: number,
): WeighedRun<DoubleByteName> | null {
  let best: WeighedRun<DoubleByteName> | null = null;
  for (const encoding of ENCODINGS) {
    const stop = Math.min(end, start + LOOKED_AT);
    const read = readIn(bytes, start, stop, encoding);
    if (read === null) continue;
    const nats = weight(read.text, usualCharacters()[encoding.language]);
    if (nats === null || nats < doubt || (best !== null && nats <= best.nats)) continue;
    const whole = stop === end ? read : readIn(bytes, start, end, encoding);
    if (whole === null) continue;
    const runEnd = whole.end;
    const decoded = (most: number): Buffer =>
      Buffer.from(most >= runEnd - start ? whole.text : (readIn(bytes, start, start + most, encoding)?.text ?? ''));
    best = { as: encoding.name, start, end: runEnd, nats, decoded };
  }
  return best;
}

const decoders = new Map<string, InstanceType<typeof TextDecoder>>();

/** As far as it is whole characters; null if it is not valid. */
function readIn(
  bytes: Buffer,
  start: number,
  end: number,
  { label, shape }: Encoding,
): { readonly text: string; readonly end: number } | null {
  const fitting = shape.exec(bytes.toString('latin1', start, end))?.[0].length ?? 0;
  if (fitting < end - start - MOST_CUT) return null;
  const decoder = decoders.get(label) ?? new TextDecoder(label);
  decoders.set(label, decoder);
  const text = decoder.decode(bytes.subarray(start, start + fitting));
  return text.includes('\ufffd') ? null : { text, end: start + fitting };
}

/** What a character that is used most, one of the other characters, and a sign of the script count. */
const OF_TWO_BYTES = Math.log(256 * 256);
const USUAL_SHARE = 0.55;
const OTHER_CHARACTER = 0.8;
const PUNCTUATION = '。，、？！：；…「」『』（）“”《》・～　';
const SIGN = OF_TWO_BYTES + Math.log(0.06 / PUNCTUATION.length);
const UNUSUAL = -4;
/** Of the characters of the script, so many are used much; of any that are valid one in ten is. */
const LEAST_USUAL = 0.4;
/** So many of them are different: tables of numbers repeat a few. */
const LEAST_DIFFERENT = 4;
const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u;

let ofAscii: Float64Array | null = null;

/** What each character of ASCII counts among these. */
function asciiNats(): Float64Array {
  const western = likelihoodIn('western');
  ofAscii ??= Float64Array.from({ length: 0x80 }, (_, code) =>
    Math.log(256 * (western.get(String.fromCharCode(code)) ?? LEAST_SHARE)),
  );
  return ofAscii;
}

/** null if it is none of the language. */
function weight(text: string, usual: ReadonlySet<string>): number | null {
  const ascii = asciiNats();
  const usualCounts = OF_TWO_BYTES + Math.log(USUAL_SHARE / usual.size);
  const different = new Set<string>();
  let [nats, many, all] = [0, 0, 0];
  for (const character of text) {
    if (character < '\x80') nats += ascii[character.charCodeAt(0)] ?? 0;
    else if (usual.has(character)) {
      nats += usualCounts;
      different.add(character);
      many += 1;
      all += 1;
    } else if (PUNCTUATION.includes(character)) nats += SIGN;
    else if (IDEOGRAPH.test(character) && !isHalfWidth(character)) {
      nats += OTHER_CHARACTER;
      all += 1;
    } else nats += UNUSUAL;
  }
  const isEnough = different.size >= LEAST_DIFFERENT && different.size >= Math.min(2 * LEAST_DIFFERENT, many / 8);
  return isEnough && many >= LEAST_USUAL * all ? nats : null;
}

/** Of Shift-JIS: one byte, and so any byte from 0xa1 to 0xdf. */
function isHalfWidth(character: string): boolean {
  return character >= '\uff61' && character <= '\uff9f';
}
