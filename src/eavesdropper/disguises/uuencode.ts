/**
 * uuencode (POSIX): three bytes as four signs from blank to `` ` ``, in lines that begin with the sign of their length.
 *
 *     begin 644 note
 *     %2&5L;&\
 *     `
 *     end
 *
 * `%` stands for 5 bytes, for which two groups of four signs follow.
 */
import { WORD } from './base85.js';
import type { Disguise, DisguisedRun } from './disguise.js';
import { behindLetters, startOfRun } from './runs.js';
import { isTyped } from './text-bytes.js';

const FIRST = 0x20;
const MOST_BYTES = 45;
const LF = 0x0a;
const CR = 0x0d;

/** Blank to `` ` ``: all bytes of a line are of these. */
export const IS_SIGN = new Uint8Array(256).fill(1, FIRST, 0x61);

export const UUENCODE: Disguise<'uuencode'> = {
  name: 'uuencode',
  recognised: { within: 'stretch', run: WORD, next: nextLine },
  patterns: () => [],
  ofMessage,
};

/** Of the signs of random bytes, four in ten are no letters, digits or blanks; in words in capitals hardly any are. */
const LEAST_ODD = 0.2;
const ODD = /[^A-Z0-9 ]/g;

/** A line of twenty signs or more without a blank; a shorter one is seen only among the messages of a chat. */
function nextLine(bytes: Buffer, start: number, end: number): DisguisedRun<'uuencode'> | null {
  for (let from = startOfRun(WORD, bytes, start, end); from !== -1;) {
    let first = from;
    while (first > start && IS_SIGN[bytes[first - 1] ?? 0] === 1) first -= 1;
    const stop = behindLetters(IS_SIGN, bytes, first, end);
    const isLine =
      (first === 0 || bytes[first - 1] === LF) && (stop === end || bytes[stop] === LF || bytes[stop] === CR);
    const content = isLine ? lineOf(bytes, first, stop) : null;
    if (content !== null && (isTyped(content) || looksOdd(bytes, first, stop)))
      return { as: 'uuencode', start: first, end: stop, decoded: () => content };
    let next = Math.max(stop, from + 1);
    while (next < end && IS_SIGN[bytes[next] ?? 0] === 0 && WORD.letters[bytes[next] ?? 0] === 1) next += 1;
    from = startOfRun(WORD, bytes, next, end);
  }
  return null;
}

function looksOdd(bytes: Buffer, start: number, end: number): boolean {
  const text = bytes.toString('latin1', start, end);
  return !NUMBERS.test(text) && (text.match(ODD)?.length ?? 0) >= LEAST_ODD * (end - start);
}
/** Coordinates and the like, whose minus may stand where a length does. */
const NUMBERS = /^[\d.,;:+-]+$/;

/** null if the length does not fit. Some programs leave out blanks at the end. */
function lineOf(bytes: Buffer, start: number, end: number): Buffer | null {
  const count = valueOf(bytes[start]);
  const signs = 4 * Math.ceil(count / 3);
  const isWhole = end - start - 1 === signs;
  const isShortened = end - start - 1 < signs && end - start - 1 >= Math.ceil((4 * count) / 3) - 2;
  if (count === 0 || count > MOST_BYTES || !(isWhole || isShortened)) return null;
  const target = Buffer.alloc(signs);
  for (let group = 0; 4 * group < signs; group += 1) {
    let value = 0;
    for (let next = 0; next < 4; next += 1) {
      const at = start + 1 + 4 * group + next;
      value = 64 * value + (at < end ? valueOf(bytes[at]) : 0);
    }
    target.writeUIntBE(value, 3 * group, 3);
  }
  return target.subarray(0, count);
}

function valueOf(byte: number | undefined): number {
  return ((byte ?? FIRST) - FIRST) & 0x3f;
}

/** `begin` is no line of signs. */
const LETTER_B = 0x62;
const BEGIN = /^begin \d{3,4} .*\n/;
const END = /\n[ `]?\r?\nend\s*$/;

/** One line or more, with `begin` and `end` around them or not. */
function ofMessage(message: Buffer): Buffer | null {
  // Most messages show it in their first line.
  const first = behindLetters(IS_SIGN, message, 0, message.length);
  if (first < message.length && message[first] !== LF && message[first] !== CR && message[0] !== LETTER_B) return null;
  const text = message.toString('latin1');
  const lines = text
    .replace(BEGIN, '')
    .replace(END, '')
    .replace(/\r?\n$/, '')
    .split(/\r?\n/);
  const contents: Buffer[] = [];
  for (const line of lines) {
    const bytes = Buffer.from(line, 'latin1');
    const isOfSigns = behindLetters(IS_SIGN, bytes, 0, bytes.length) === bytes.length;
    const content = isOfSigns ? lineOf(bytes, 0, bytes.length) : null;
    if (content === null) return null;
    contents.push(content);
  }
  return Buffer.concat(contents);
}
