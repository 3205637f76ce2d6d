/**
 * How mail writes text outside ASCII: `=C3=BC` for `ü`, and `=` at the end of a line that continues (RFC 2045, section
 * 6.7).
 */
import type { Disguise, Disguised } from './disguise.js';
import { countEscapes, isEscape, LEAST_ESCAPES, unescaped } from './hex-escapes.js';
import { hexByte } from './hex-digits.js';
import { byByte, type Spelling } from './respelling.js';
import { isText } from './text-bytes.js';

const EQUALS = 0x3d;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Decodes only lines that are quoted-printable: in any other line, `x=41` is not an escape. A soft line break belongs
 * to the unit after it, so a hit at the beginning of a line starts with that break.
 */
const WITHOUT_IT: Spelling = {
  ignoresCase: false,
  // A soft line break and an escape.
  mostPerByte: 6,
  isAlone: byByte((byte) => (byte === EQUALS ? 0 : 1)),
  alone: byByte((byte) => byte),
  begin(source, at) {
    const escape = [at - 2, at - 1].find((from) => from >= 0 && from + this.unit(source, from) > at) ?? at;
    let ends = escape;
    while (ends > 0 && isLineEnd(source[ends - 1])) ends -= 1;
    return ends > 0 && ends - 1 + this.unit(source, ends - 1) > at ? ends - 1 : escape;
  },
  unit(source, at) {
    const skipped = breakAt(source, at);
    return skipped + unitBehind(source, at + skipped);
  },
  write(source, at, length, target, to) {
    const last = at + breakAt(source, at);
    if (last >= at + length) return 0;
    target[to] = last + 1 < at + length ? hexByte(source, last + 1) : (source[last] ?? 0);
    return 1;
  },
};

function breakAt(source: Buffer, at: number): number {
  return source[at] === EQUALS && isLineOfIt(source, at) ? softBreak(source, at, source.length) : 0;
}

/** Returns the length of the escape, or of the byte, at `at`; 0 at the end. */
function unitBehind(source: Buffer, at: number): number {
  if (at >= source.length) return 0;
  return source[at] === EQUALS && isEscape(source, at, source.length) && isLineOfIt(source, at) ? 3 : 1;
}

/** Whether the line at `at` is quoted-printable. The answer for the last line is remembered. */
function isLineOfIt(source: Buffer, at: number): boolean {
  if (line.source !== source || at < line.start || at >= line.end) {
    const start = at === 0 ? 0 : source.lastIndexOf(LF, at - 1) + 1;
    const lf = source.indexOf(LF, at);
    const end = lf === -1 ? source.length : lf + 1;
    line = { source, start, end, isOfIt: quotedPrintableOf(source, start, end) !== null };
  }
  return line.isOfIt;
}

interface JudgedLine {
  readonly source: Buffer | null;
  readonly start: number;
  readonly end: number;
  readonly isOfIt: boolean;
}

let line: JudgedLine = { source: null, start: 0, end: 0, isOfIt: false };

/** Matches an escape of a byte of the text, or a soft line break. */
function hintOf(text: Buffer): RegExp {
  const escapes = [...new Set(text)].map((byte) => byte.toString(16).padStart(2, '0'));
  return new RegExp(`=(?:${escapes.join('|')}|[\\r\\n])`, 'i');
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === LF || byte === CR;
}

export const QUOTED_PRINTABLE: Disguise<'quoted-printable'> = {
  name: 'quoted-printable',
  recognised: { within: 'line', sign: EQUALS, of: quotedPrintableOf },
  patterns: (_, typed) => [{ bytes: typed, spelling: WITHOUT_IT, unlessSource: typed, hint: hintOf(typed) }],
  madeOf: { needs: Buffer.of(EQUALS) },
  ofMessage: (message) => quotedPrintableOf(message, 0, message.length)?.decoded(message.length) ?? null,
};

function quotedPrintableOf(bytes: Buffer, start: number, end: number): Disguised<'quoted-printable'> | null {
  const escapes = countEscapes(bytes, start, end, EQUALS);
  if (escapes === 0) return null;
  let last = end - 1;
  while (last > start && isLineEnd(bytes[last])) last -= 1;
  if (escapes < LEAST_ESCAPES && bytes[last] !== EQUALS) return null;
  for (let at = start; at + 2 < end; at += 1) {
    // `x=1` and `a==b` are not escapes, and one of these is enough: the line is not quoted-printable.
    if (bytes[at] === EQUALS && at < last && !isEscape(bytes, at, end)) return null;
  }
  if (areOfLetters(bytes, start, end, escapes)) return null;
  const decoded = (most: number): Buffer => {
    return unescaped(bytes, start, Math.min(end, start + most), EQUALS, (at, stop) => softBreak(bytes, at, stop));
  };
  const all = decoded(end - start);
  return isText(all, all.length) ? { as: 'quoted-printable', decoded } : null;
}

/** Nobody escapes letters and digits among others that stand as they are; in addresses, `?id=41` is a number. */
function areOfLetters(bytes: Buffer, start: number, end: number, escapes: number): boolean {
  if (6 * escapes >= end - start) return false;
  let letters = 0;
  for (let at = start; at + 2 < end; at += 1) {
    if (bytes[at] === EQUALS && isEscape(bytes, at, end) && IS_WORD[hexByte(bytes, at + 1)] === 1) letters += 1;
  }
  return 2 * letters > escapes;
}
const IS_WORD = new Uint8Array(256).fill(1, 0x30, 0x3a).fill(1, 0x41, 0x5b).fill(1, 0x61, 0x7b);

/**
 * Returns the length of a `=` with the line ends after it, which are not part of the text; 0 if no line end follows.
 */
function softBreak(bytes: Buffer, at: number, end: number): number {
  let stop = at + 1;
  while (stop < end && isLineEnd(bytes[stop])) stop += 1;
  return stop === at + 1 ? 0 : stop - at;
}
