/**
 * base85: 4 bytes as 5 characters, in the alphabet of Git and Python (`base64.b85encode`, as in RFC 1924), in ASCII85
 * (Adobe PostScript Language Reference, 3.13.3) or in Z85 (ZeroMQ RFC 32); and base91, which looks the same. A word
 * that looks like one of them and does not decode to text is noise.
 */
import { decodedBase91 } from './base91.js';
import type { Disguise, DisguisedRun, Recognition } from './disguise.js';
import { behindLetters, startOfRun, type Run } from './runs.js';
import { isTyped } from './text-bytes.js';

type Base85 = 'base85' | 'ASCII85' | 'Z85' | 'base91';

const LEAST_WORD = 20;
const MOST_WORD = 4096;
/** All visible characters of ASCII. */
export const WORD: Run = { letters: new Uint8Array(256).fill(1, 0x21, 0x7f), least: LEAST_WORD };

const RECOGNISED: Recognition<Base85> = { within: 'stretch', run: WORD, next: nextMixed };

export const BASE85: Disguise<'base85', Base85> = {
  name: 'base85',
  recognised: RECOGNISED,
  patterns: () => [],
  ofMessage: (message) => decode(message, 0, message.length, PYTHON),
};
export const ASCII85: Disguise<'ASCII85', Base85> = {
  name: 'ASCII85',
  recognised: RECOGNISED,
  patterns: () => [],
  ofMessage: (message) => decode(message, ...unframed(message, 0, message.length), ADOBE),
};

export const Z85: Disguise<'Z85', Base85> = {
  name: 'Z85',
  recognised: RECOGNISED,
  patterns: () => [],
  ofMessage: (message) => decode(message, 0, message.length, ZEROMQ),
};
export const BASE91: Disguise<'base91', Base85> = {
  name: 'base91',
  recognised: RECOGNISED,
  patterns: () => [],
  ofMessage: decodedBase91,
};

/** Counts of characters in the first part of a word: upper case, lower case, others, and neighbours of two kinds. */
const LEAST = { upper: 0.08, lower: 0.08, sign: 0.1, changes: 0.5 } as const;
/**
 * Small letters that stand three or more in a row: of base85 of random bytes it is one character in 12. Words of an
 * address or a form, which `+` and `%` divide, have more.
 */
const MOST_IN_WORDS = 1 / 3;
/** Signs that names, versions, paths and addresses have. Of 20 characters of base85, one in 200 has no other. */
const OF_NAMES = Buffer.from('._/:+-');
const LEAST_OF_WORD = 3;
const LOOKED_AT = 96;

const UPPER = 1;
const LOWER = 2;
const DIGIT = 4;
const SIGN = 8;
const SORT = new Uint8Array(256)
  .fill(SIGN, 0x21, 0x7f)
  .fill(DIGIT, 0x30, 0x3a)
  .fill(UPPER, 0x41, 0x5b)
  .fill(LOWER, 0x61, 0x7b);

const PYTHON = valuesOf('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~');
const ZEROMQ = valuesOf('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#');
const ADOBE = new Int8Array(256).fill(-1);
for (let value = 0; value < 85; value += 1) ADOBE[0x21 + value] = value;

function valuesOf(alphabet: string): Int8Array {
  const values = new Int8Array(256).fill(-1);
  for (const [value, byte] of Buffer.from(alphabet).entries()) values[byte] = value;
  return values;
}

function nextMixed(bytes: Buffer, start: number, end: number): DisguisedRun<Base85> | null {
  for (let from = startOfRun(WORD, bytes, start, end); from !== -1;) {
    const stop = behindLetters(WORD.letters, bytes, from + LEAST_WORD, Math.min(end, from + MOST_WORD));
    const found = wholeBase91(bytes, from, stop) ?? firstBetweenQuotes(bytes, from, stop);
    if (found !== null) return found;
    from = startOfRun(WORD, bytes, stop, end);
  }
  return null;
}

/** Its alphabet has the quotation mark. */
function wholeBase91(bytes: Buffer, start: number, end: number): DisguisedRun<Base85> | null {
  if (!looksMixed(bytes, start, Math.min(end, start + LOOKED_AT))) return null;
  const content = decodedBase91(bytes.subarray(start, end));
  if (content === null || !isTyped(content)) return null;
  return { as: 'base91', start, end, decoded: () => content, otherwise: 'noise' };
}

/** In JSON, it is between quotation marks. */
function firstBetweenQuotes(bytes: Buffer, start: number, end: number): DisguisedRun<Base85> | null {
  for (let from = start; from < end;) {
    const quote = bytes.subarray(0, end).indexOf(QUOTE, from);
    const stop = quote === -1 ? end : Math.min(quote, end);
    const found = runOf(bytes, from, stop);
    if (found !== null) return found;
    from = stop + 1;
  }
  return null;
}

const QUOTE = 0x22;

function runOf(bytes: Buffer, start: number, end: number): DisguisedRun<Base85> | null {
  if (end - start < LEAST_WORD || !looksMixed(bytes, start, Math.min(end, start + LOOKED_AT))) return null;
  const python = decode(bytes, start, end, PYTHON);
  if (python !== null && isTyped(python))
    return { as: 'base85', start, end, decoded: () => python, otherwise: 'noise' };
  const adobe = decode(bytes, ...unframed(bytes, start, end), ADOBE);
  if (adobe !== null && isTyped(adobe)) return { as: 'ASCII85', start, end, decoded: () => adobe, otherwise: 'noise' };
  const zeromq = decode(bytes, start, end, ZEROMQ);
  if (zeromq !== null && isTyped(zeromq)) return { as: 'Z85', start, end, decoded: () => zeromq, otherwise: 'noise' };
  return { as: 'base85', start, end, decoded: () => NOTHING, otherwise: 'noise' };
}

/** It did not decode. */
const NOTHING = Buffer.from([0x01]);

/** Without `<~` and `~>`. */
function unframed(bytes: Buffer, start: number, end: number): [start: number, end: number] {
  const isFramed = bytes[start] === 0x3c && bytes[start + 1] === 0x7e;
  const isClosed = bytes[end - 2] === 0x7e && bytes[end - 1] === 0x3e;
  return [isFramed ? start + 2 : start, isClosed ? end - 2 : end];
}

function looksMixed(bytes: Buffer, start: number, end: number): boolean {
  const counts = { upper: 0, lower: 0, sign: 0, changes: 0 };
  let before = 0;
  let [row, inWords, hasOther] = [0, 0, false];
  for (let at = start; at < end; at += 1) {
    const sort = SORT[bytes[at] ?? 0] ?? 0;
    hasOther ||= sort === SIGN && !OF_NAMES.includes(bytes[at] ?? 0);
    row = sort === LOWER ? row + 1 : 0;
    if (row >= LEAST_OF_WORD) inWords += row === LEAST_OF_WORD ? row : 1;
    if (sort === UPPER) counts.upper += 1;
    else if (sort === LOWER) counts.lower += 1;
    else if (sort === SIGN) counts.sign += 1;
    if (sort !== before) counts.changes += 1;
    before = sort;
  }
  const length = end - start;
  if (!hasOther || inWords > MOST_IN_WORDS * length) return false;
  return (['upper', 'lower', 'sign', 'changes'] as const).every((kind) => counts[kind] >= LEAST[kind] * length);
}

/** null if a group is not valid: it has a character of another alphabet, or a value above 2^32. */
function decode(bytes: Buffer, start: number, end: number, values: Int8Array): Buffer | null {
  const target: number[] = [];
  for (let at = start; at < end; at += 5) {
    const length = Math.min(5, end - at);
    if (length === 1) return null;
    let group = 0;
    for (let next = 0; next < 5; next += 1) {
      // The last group is padded with the highest digit.
      const value = next < length ? (values[bytes[at + next] ?? 0] ?? -1) : 84;
      if (value < 0) return null;
      group = 85 * group + value;
    }
    if (group >= 2 ** 32) return null;
    for (let shift = 24; shift > 24 - 8 * (length - 1); shift -= 8) target.push(Math.floor(group / 2 ** shift) & 0xff);
  }
  return Buffer.from(target);
}
