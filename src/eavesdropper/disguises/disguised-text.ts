/** Text in an encoding that anyone can decode without a key: base64, hex, URL escapes, quoted-printable. */
import { isUtf8 } from 'node:buffer';

export const DISGUISES = ['base64', 'hex', 'URL escapes', 'quoted-printable', 'UTF-16LE', 'UTF-16BE'] as const;
export type Disguise = (typeof DISGUISES)[number];

export interface Disguised {
  readonly as: Disguise;
  /** The text as UTF-8, decoded from about the first `most` bytes. */
  readonly decoded: (most: number) => Buffer;
}

/** Fewer decoded bytes than this do not prove that they are text: random bytes soon contain a byte that text cannot. */
const LEAST_DECODED = 12;
/** A shorter run of hex is usually a number or an identifier; a shorter run of base64 is a word, a path or a name. */
const LEAST_NOISE = { hex: 32, base64: 24 } as const;
/**
 * In base64 of random bytes, about 6 in 10 characters are of another kind (upper case, lower case, digit) than the one
 * before.
 */
const LEAST_CHANGES = 0.42;
/** How many characters are compared to measure that. */
const MOST_COMPARED = 64;

const VALUE = new Int8Array(256).fill(-1);
for (const [value, byte] of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/').entries())
  VALUE[byte] = value;
VALUE[0x2d] = 62;
VALUE[0x5f] = 63;

const HEX = new Int8Array(256).fill(-1);
for (const [value, byte] of Buffer.from('0123456789abcdef').entries()) HEX[byte] = value;
for (const [value, byte] of Buffer.from('ABCDEF').entries()) HEX[byte] = 10 + value;

/** The kinds of characters, one bit for each. */
const UPPER = 1;
const LOWER = 2;
const DIGIT = 4;
const REST = 8;
const SORT = new Uint8Array(256).fill(REST).fill(UPPER, 0x41, 0x5b).fill(LOWER, 0x61, 0x7b).fill(DIGIT, 0x30, 0x3a);

const scratch = Buffer.alloc(4096);

/**
 * Decides what the run of base64 characters from `start` to `end` (at most 4096) is: text in disguise, noise (bytes
 * that do not decode to text), or words that only happen to use these letters.
 */
export function disguiseOf(bytes: Buffer, start: number, end: number): Disguised | 'noise' | 'words' {
  let padding = 0;
  while (padding < 2 && bytes[end - 1 - padding] === 0x3d) padding += 1;
  const stop = end - padding;
  if (padding === 0 && isHex(bytes, start, stop)) return hexDisguise(bytes, start, stop);
  const count = decodeBase64(bytes, start, stop, scratch);
  if (count >= LEAST_DECODED && isText(scratch, count)) {
    return {
      as: 'base64',
      decoded: (most) =>
        Buffer.from(bytes.toString('latin1', start, Math.min(stop, start + 4 * Math.ceil(most / 4))), 'base64'),
    };
  }
  return stop - start >= LEAST_NOISE.base64 && looksMixed(bytes, ...middleOf(start, stop)) ? 'noise' : 'words';
}

function hexDisguise(bytes: Buffer, start: number, end: number): Disguised | 'noise' | 'words' {
  const count = Math.floor((end - start) / 2);
  let letters = 0;
  for (let at = 0; at < count; at += 1) {
    scratch[at] = 16 * (HEX[bytes[start + 2 * at] ?? 0] ?? 0) + (HEX[bytes[start + 2 * at + 1] ?? 0] ?? 0);
    if (SORT[bytes[start + 2 * at] ?? 0] !== DIGIT) letters += 1;
  }
  if (count >= LEAST_DECODED / 2 && isText(scratch, count)) {
    return {
      as: 'hex',
      decoded: (most) =>
        Buffer.from(bytes.toString('latin1', start, Math.min(end, start + 2 * Math.ceil(most / 2))), 'hex'),
    };
  }
  // A run of digits alone is more likely a number that someone wrote.
  return end - start >= LEAST_NOISE.hex && letters > 0 ? 'noise' : 'words';
}

function isHex(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((HEX[bytes[at] ?? 0] ?? -1) < 0) return false;
  return true;
}

/** Decodes into `target` and returns the number of bytes. Returns 0 as soon as a control character comes out. */
function decodeBase64(bytes: Buffer, start: number, end: number, target: Buffer): number {
  let count = 0;
  let bits = 0;
  let held = 0;
  for (let at = start; at < end; at += 1) {
    bits = ((bits << 6) | (VALUE[bytes[at] ?? 0] ?? 0)) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    const byte = (bits >> held) & 0xff;
    if (isControl(byte)) return 0;
    target[count] = byte;
    count += 1;
  }
  return count;
}

function isControl(byte: number): boolean {
  return (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d) || byte === 0x7f;
}

/**
 * Whether the bytes are UTF-8 without control characters. A character that is cut off at either end is allowed, because
 * a line of base64 can end inside a character.
 */
function isText(bytes: Buffer, count: number): boolean {
  for (let at = 0; at < count; at += 1) if (isControl(bytes[at] ?? 0)) return false;
  let start = 0;
  while (start < Math.min(3, count) && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  let end = count;
  for (let back = 1; back <= Math.min(3, count); back += 1) {
    const byte = bytes[count - back] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      if (length > back) end = count - back;
      break;
    }
  }
  return isUtf8(bytes.subarray(start, end));
}

/** The part to compare. It comes from the middle, because the head of a format (of a key, say) is always the same. */
function middleOf(start: number, end: number): [start: number, end: number] {
  const skipped = Math.max(0, (end - start - MOST_COMPARED) >> 1);
  return [start + skipped, Math.min(end, start + skipped + MOST_COMPARED)];
}

/** Whether the run looks like base64 of random bytes: upper case, lower case and digits alternate. */
function looksMixed(bytes: Buffer, start: number, end: number): boolean {
  let before = SORT[bytes[start] ?? 0] ?? REST;
  let changes = 0;
  let sorts = before;
  for (let at = start + 1; at < end; at += 1) {
    const sort = SORT[bytes[at] ?? 0] ?? REST;
    sorts |= sort;
    // Adds 1 where the two kinds differ. There is no branch here, because one that goes either way equally often would
    // cost more than all the rest.
    changes += ((sort ^ before) + 15) >> 4;
    before = sort;
  }
  const all = UPPER | LOWER | DIGIT;
  return (sorts & all) === all && changes >= LEAST_CHANGES * (end - start - 1);
}

const SPACE = 0x20;
const PERCENT = 0x25;
const EQUALS = 0x3d;
const LF = 0x0a;
const CR = 0x0d;
const LEAST_ESCAPES = 2;

/** Calls `found` for each word of `bytes` that contains URL escapes, and for each line that is quoted-printable. */
export function eachEscaped(
  held: Buffer,
  start: number,
  end: number,
  found: (disguised: Disguised, from: number, to: number) => void,
): void {
  // `indexOf` would search beyond `end`, so it gets only the bytes before it.
  const bytes = held.subarray(0, end);
  for (let lineStart = start; lineStart < end;) {
    const lf = bytes.indexOf(LF, lineStart);
    const lineEnd = lf === -1 ? end : lf + 1;
    if (isQuotedPrintable(bytes, lineStart, lineEnd))
      found(undone('quoted-printable', bytes, lineStart, lineEnd, EQUALS), lineStart, lineEnd);
    else eachUrlEscaped(bytes, lineStart, lineEnd, found);
    lineStart = lineEnd;
  }
}

function eachUrlEscaped(
  bytes: Buffer,
  start: number,
  end: number,
  found: (disguised: Disguised, from: number, to: number) => void,
): void {
  for (let wordStart = start; wordStart < end;) {
    let wordEnd = wordStart;
    while (wordEnd < end && (bytes[wordEnd] ?? 0) > SPACE) wordEnd += 1;
    if (wordEnd > wordStart && countEscapes(bytes, wordStart, wordEnd, PERCENT) >= LEAST_ESCAPES) {
      const disguised = undone('URL escapes', bytes, wordStart, wordEnd, PERCENT);
      const decoded = disguised.decoded(wordEnd - wordStart);
      if (isText(decoded, decoded.length)) found(disguised, wordStart, wordEnd);
    }
    wordStart = wordEnd + 1;
  }
}

/** RFC 2045, section 6.7: escapes are in upper case, and a line that continues ends in `=`. */
function isQuotedPrintable(bytes: Buffer, start: number, end: number): boolean {
  const escapes = countEscapes(bytes, start, end, EQUALS);
  if (escapes === 0) return false;
  let last = end - 1;
  while (last > start && (bytes[last] === LF || bytes[last] === CR)) last -= 1;
  if (escapes < LEAST_ESCAPES && bytes[last] !== EQUALS) return false;
  for (let at = start; at + 2 < end; at += 1) {
    // `x=1` and `a==b` are not escapes. One such `=` is enough: then the line is not quoted-printable.
    if (bytes[at] === EQUALS && at < last && !isEscape(bytes, at, end)) return false;
  }
  const decoded = undone('quoted-printable', bytes, start, end, EQUALS).decoded(end - start);
  return isText(decoded, decoded.length);
}

function countEscapes(bytes: Buffer, start: number, end: number, sign: number): number {
  let count = 0;
  for (let at = start; at + 2 < end; at += 1) if (bytes[at] === sign && isEscape(bytes, at, end)) count += 1;
  return count;
}

function isEscape(bytes: Buffer, at: number, end: number): boolean {
  return at + 2 < end && (HEX[bytes[at + 1] ?? 0] ?? -1) >= 0 && (HEX[bytes[at + 2] ?? 0] ?? -1) >= 0;
}

function undone(as: Disguise, bytes: Buffer, start: number, end: number, sign: number): Disguised {
  const decoded = (most: number): Buffer => {
    const stop = Math.min(end, start + most);
    const target = Buffer.alloc(stop - start);
    let count = 0;
    for (let at = start; at < stop; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === sign && isEscape(bytes, at, stop)) {
        target[count] = 16 * (HEX[bytes[at + 1] ?? 0] ?? 0) + (HEX[bytes[at + 2] ?? 0] ?? 0);
        at += 2;
      } else if (byte === sign && sign === EQUALS && (bytes[at + 1] === LF || bytes[at + 1] === CR)) {
        // The line continues: its `=` and its line end are not part of the text.
        while (at + 1 < stop && (bytes[at + 1] === LF || bytes[at + 1] === CR)) at += 1;
        continue;
      } else {
        target[count] = byte;
      }
      count += 1;
    }
    return target.subarray(0, count);
  };
  return { as, decoded };
}
