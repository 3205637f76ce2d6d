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
import type { Disguise, DisguisedRun } from './disguise.js';
import { behindLetters, startOfRun, type Run } from './runs.js';
import { isTyped } from './text-bytes.js';

const FIRST = 0x20;
const MOST_BYTES = 45;
const LEAST_LINE = 9;
const LF = 0x0a;
const CR = 0x0d;

export const UU_SIGNS: Run = { letters: new Uint8Array(256).fill(1, FIRST, 0x61), least: LEAST_LINE };

export const UUENCODE: Disguise<'uuencode'> = {
  name: 'uuencode',
  recognised: { within: 'stretch', run: UU_SIGNS, next: nextLine },
  patterns: () => [],
  ofMessage,
};

/** Of the signs of random bytes, four in ten are no letters, digits or blanks; in words in capitals hardly any are. */
const LEAST_ODD = 0.2;
const ODD = /[^A-Z0-9 ]/g;

function nextLine(bytes: Buffer, start: number, end: number): DisguisedRun<'uuencode'> | null {
  for (let from = startOfRun(UU_SIGNS, bytes, start, end); from !== -1;) {
    const stop = behindLetters(UU_SIGNS.letters, bytes, from + LEAST_LINE, end);
    const isLine = (from === 0 || bytes[from - 1] === LF) && (stop === end || bytes[stop] === LF || bytes[stop] === CR);
    const content = isLine ? lineOf(bytes, from, stop) : null;
    if (content !== null && (isTyped(content) || looksOdd(bytes, from, stop)))
      return { as: 'uuencode', start: from, end: stop, decoded: () => content };
    from = startOfRun(UU_SIGNS, bytes, stop, end);
  }
  return null;
}

function looksOdd(bytes: Buffer, start: number, end: number): boolean {
  return (bytes.toString('latin1', start, end).match(ODD)?.length ?? 0) >= LEAST_ODD * (end - start);
}

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

const BEGIN = /^begin \d{3,4} .*\n/;
const END = /\n[ `]?\r?\nend\s*$/;

/** One line or more, with `begin` and `end` around them or not. */
function ofMessage(message: Buffer): Buffer | null {
  const text = message.toString('latin1');
  const lines = text
    .replace(BEGIN, '')
    .replace(END, '')
    .replace(/\r?\n$/, '')
    .split(/\r?\n/);
  const contents: Buffer[] = [];
  for (const line of lines) {
    const bytes = Buffer.from(line, 'latin1');
    const isOfSigns = behindLetters(UU_SIGNS.letters, bytes, 0, bytes.length) === bytes.length;
    const content = isOfSigns ? lineOf(bytes, 0, bytes.length) : null;
    if (content === null) return null;
    contents.push(content);
  }
  return Buffer.concat(contents);
}
