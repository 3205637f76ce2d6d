/**
 * Which part of a frame each byte of an encrypted-mode line belongs to. A message can be in a token, or in a line that
 * is not a frame of the protocol. It cannot be in any other part.
 *
 *     MESSAGE gAAAAABqHG…the rest of the token…== 3f2a…the check…      LF
 *     |framing           |base64url, a message  |f|hex                |framing
 *     |and the part that every token begins with
 */
import { frameIn, tokenOf } from '../chat/chat.js';
import { noiseRuns } from './noise-runs.js';
import { zonesFrom, type Zone } from './zone.js';
import type { Frame } from '../../protocol/frames.js';

/**
 * A token begins with version and timestamp, 9 bytes. For years to come, all of it but the last characters stays the
 * same.
 */
const TOKEN_HEAD_CHARACTERS = 12;
/** In the SPKI DER of an RSA key: the algorithm and the length come before the modulus, the exponent after it. */
const KEY_HEAD_CHARACTERS = 44;
const KEY_TAIL_CHARACTERS = 8;
const LONGEST_WORD = 'SESSION-KEY '.length;

/** The offsets of a line. `end` includes its LF, if it has one; `lineEnd` is before CR and LF. */
interface FrameLine {
  readonly start: number;
  readonly end: number;
  readonly lineEnd: number;
  /**
   * Whether the line is the first that was captured, or the first after missing bytes: its beginning may be missing.
   */
  readonly begins: boolean;
}

export function encryptedLineZones(bytes: Buffer, line: FrameLine): readonly Zone[] {
  const { start, end, lineEnd, begins } = line;
  const frame = frameIn(bytes, { start, end: lineEnd });
  if (frame !== null) return frameZones(frame, start, end);
  const [, word] = FRAME_WORD.exec(bytes.toString('latin1', start, Math.min(lineEnd, start + LONGEST_WORD))) ?? [];
  if (word !== undefined) return brokenFrameZones(bytes, word, start, end);
  const isTorn = bytes[end - 1] !== LF || (begins && OF_A_FRAME.test(bytes.toString('latin1', start, lineEnd)));
  return isTorn ? [noise(bytes, start, end)] : noiseRuns(bytes.subarray(start, end), start);
}

const LF = 0x0a;
/** What the rest of a torn MESSAGE line can look like: the end of a token, and its check. */
const OF_A_FRAME = /^[A-Za-z0-9+/_=-]*( [0-9a-f]*)?$/;
const FRAME_WORD = /^(HELLO|PUBLIC-KEY|SESSION-KEY|MESSAGE|ERROR) /;

function frameZones(frame: Frame, start: number, end: number): readonly Zone[] {
  const part = PARTS[frame.kind];
  const field = start + frame.kind.length + 1;
  const framing = { kind: 'framing', part } as const;
  switch (frame.kind) {
    case 'HELLO':
    case 'ERROR':
      return zonesFrom(start, [{ end, ...framing }]);
    case 'PUBLIC-KEY': {
      const fieldEnd = field + base64Length(frame.spki);
      return zonesFrom(start, [
        { end: field + KEY_HEAD_CHARACTERS, ...framing },
        { end: fieldEnd - KEY_TAIL_CHARACTERS, kind: 'base64', part },
        { end, ...framing },
      ]);
    }
    case 'SESSION-KEY':
      return zonesFrom(start, [
        { end: field, ...framing },
        { end: field + base64Length(frame.envelope), kind: 'base64', part },
        { end, ...framing },
      ]);
    case 'MESSAGE': {
      const head = tokenOf(frame) === null ? 0 : TOKEN_HEAD_CHARACTERS;
      const tokenEnd = field + frame.token.length;
      const checkEnd = tokenEnd + 1 + 2 * frame.check.length;
      return zonesFrom(start, [
        { end: field, ...framing },
        { end: field + head, kind: 'framing', part: 'a token’s version and time' },
        { end: tokenEnd, kind: 'base64url', part: 'a token', holdsMessages: true },
        { end: tokenEnd + 1, ...framing },
        { end: checkEnd, kind: 'hex', part: 'a check' },
        { end, ...framing },
      ]);
    }
  }
}

/** What each kind of line is called in a finding. */
const PARTS: Readonly<Record<Frame['kind'], string>> = {
  HELLO: 'the handshake (HELLO)',
  'PUBLIC-KEY': 'the handshake (PUBLIC-KEY)',
  'SESSION-KEY': 'the handshake (SESSION-KEY)',
  MESSAGE: 'the word MESSAGE before a token',
  ERROR: 'an ERROR line',
};

/**
 * A line that begins like a frame but is not a valid frame: it was cut off or changed. A MESSAGE may have contained a
 * token; the others contain no message.
 */
function brokenFrameZones(bytes: Buffer, word: string, start: number, end: number): readonly Zone[] {
  const kind = word as Frame['kind'];
  const wordEnd = Math.min(end, start + word.length + 1);
  if (kind !== 'MESSAGE') return zonesFrom(start, [{ end, kind: 'framing', part: PARTS[kind] }]);
  return [
    ...zonesFrom(start, [{ end: wordEnd, kind: 'framing', part: PARTS.MESSAGE }]),
    ...(wordEnd < end ? [noise(bytes, wordEnd, end)] : []),
  ];
}

/**
 * What is left of a line whose beginning or end is missing. Most likely it is part of a token. A long text in it is
 * still found.
 */
function noise(bytes: Buffer, start: number, end: number): Zone {
  const isHex = /^[0-9a-f]*\r?\n?$/.test(bytes.toString('latin1', start, end));
  return { start, end, kind: isHex ? 'hex' : 'base64url', part: 'an incomplete line', holdsMessages: true };
}

function base64Length(bytes: Buffer): number {
  return 4 * Math.ceil(bytes.length / 3);
}
