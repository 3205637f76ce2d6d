/**
 * Bytes written as numbers, in the usual forms: `48 65`, `48:65`, `0x48, 0x65`, `\x48\x65`, `[72, 101]`, `110 145`,
 * `01001000`; and long decimal numbers, which students send when RSA made them.
 */
import { bytesIn } from './byte-kinds.js';
import type { Disguise, DisguisedRun, Recognition } from './disguise.js';
import { FIGURES, LEAST_FIGURES } from './figures.js';
import { usualShare } from './letter-pairs.js';
import { behindLetters, lettersOf, startOfRun, type Run } from './runs.js';
import { isTyped } from './text-bytes.js';

type Digits = 'hex, byte by byte' | 'octal numbers' | 'decimal numbers' | 'binary digits' | 'a long number';

const MOST_STRETCH = 4096;
/** Decimal and hex digits, and the characters that can be between two numbers. */
const NUMBERS: Run = {
  letters: lettersOf(Buffer.from('0123456789abcdefABCDEFxX \t\r:,;-\\[]()"')),
  least: LEAST_FIGURES,
};

const MADE_OF = { only: [bytesIn(NUMBERS.letters)] };

const RECOGNISED: Recognition<Digits> = { within: 'stretch', run: FIGURES, next: nextDigits };

export const HEX_BYTES = disguise('hex, byte by byte');
export const OCTAL_NUMBERS = disguise('octal numbers');
export const DECIMAL_NUMBERS = disguise('decimal numbers');
export const BINARY_DIGITS = disguise('binary digits');
export const LONG_NUMBER = disguise('a long number');

/** The search looks in the decoded bytes. */
function disguise<Name extends Digits>(name: Name): Disguise<Name, Digits> {
  return {
    name,
    recognised: RECOGNISED,
    patterns: () => [],
    madeOf: MADE_OF,
    ofMessage: (message) => ofDigits(name, message),
  };
}

function nextDigits(bytes: Buffer, start: number, end: number): DisguisedRun<Digits> | null {
  for (let from = startOfRun(NUMBERS, bytes, start, end); from !== -1;) {
    const most = Math.min(end, from + MOST_STRETCH);
    const stop = behindLetters(NUMBERS.letters, bytes, from + LEAST_FIGURES, most);
    const found = firstIn(bytes, from, stop);
    if (found !== null) return found;
    from = startOfRun(NUMBERS, bytes, stop, end);
  }
  return null;
}

/** A number and its place. */
interface Numeral {
  readonly digits: string;
  /** Whether a minus stands before it, which does not stand between it and the number before. */
  readonly isNegative: boolean;
  readonly start: number;
  readonly end: number;
}

/** The ways in which a row of numbers spells bytes. */
interface Spelling {
  readonly as: Digits;
  readonly fits: RegExp;
  /** Whether a number may be below zero. */
  readonly isSigned?: boolean;
  /** Fewer numbers count as plain text, whatever they spell. */
  readonly least: number;
  readonly isNoise: (numerals: readonly Numeral[], bytes: Buffer) => boolean;
  readonly decoded: (numerals: readonly Numeral[]) => Buffer;
}

/** Where each letter became a number, as in textbook RSA. Years, prices and a score are fewer. */
const LEAST_LETTERS = 8;

/** Below zero too: one block of AES has as many. */
const LEAST_SIGNED = 12;

/** What decodes to no text. */
const NO_TEXT = Buffer.from([0xff]);

const SPELLINGS: readonly Spelling[] = [
  {
    as: 'binary digits',
    fits: /^[01]{8,}$/,
    least: 1,
    isNoise: (numerals) => lengthOf(numerals) >= 64,
    decoded: (numerals) =>
      Buffer.from(
        joined(numerals)
          .match(/[01]{8}/g)
          ?.map((bits) => parseInt(bits, 2)) ?? [],
      ),
  },
  {
    as: 'hex, byte by byte',
    fits: /^[0-9a-f]{2}$/i,
    least: 5,
    // Times, dates and addresses are shorter, or have only decimal digits.
    isNoise: (numerals) => numerals.length >= 12 && /[a-f]/i.test(joined(numerals)),
    decoded: (numerals) => Buffer.from(joined(numerals), 'hex'),
  },
  {
    as: 'octal numbers',
    fits: /^[0-3][0-7]{2}$/,
    least: 5,
    // Of random bytes, half are outside ASCII. Three digits of which none is 8 or 9 are seldom anything else.
    isNoise: (numerals) =>
      numerals.length >= 12 &&
      numerals.some(({ digits }) => digits.startsWith('0')) &&
      countOf(numerals, (value) => value >= 200) >= numerals.length / 4,
    decoded: (numerals) => Buffer.from(numerals.map(({ digits }) => parseInt(digits, 8))),
  },
  {
    as: 'decimal numbers',
    fits: /^(?:[1-9]?[0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])$/,
    least: 5,
    // Half of all random bytes are outside ASCII. Marks at school or ages are not.
    isNoise: (numerals) => numerals.length >= 12 && countOf(numerals, (value) => value > 127) >= numerals.length / 4,
    decoded: (numerals) => Buffer.from(numerals.map(({ digits }) => Number(digits))),
  },
  {
    // Java's bytes are from -128 to 127.
    as: 'decimal numbers',
    fits: /^(?:[1-9]?[0-9]|1[01][0-9]|12[0-8])$/,
    isSigned: true,
    least: LEAST_SIGNED,
    // As random bytes are. Temperatures are not so far from zero.
    isNoise: (numerals) =>
      numerals.filter(({ isNegative }) => isNegative).length >= numerals.length / 5 &&
      countOf(numerals, (value) => value > 63) >= numerals.length / 4,
    decoded: (numerals) =>
      Buffer.from(numerals.map(({ digits, isNegative }) => (isNegative ? -Number(digits) : Number(digits)))),
  },
  {
    as: 'a long number',
    fits: /^[1-9][0-9]{3,}$/,
    least: 1,
    isNoise: (numerals, bytes) =>
      numerals.some(({ digits }) => digits.length >= LEAST_LONG) || (numerals.length >= 2 && isList(numerals, bytes)),
    decoded: (numerals) => Buffer.concat(numerals.map(({ digits }) => bytesOf(digits))),
  },
  {
    as: 'decimal numbers',
    fits: /^(?:0|[1-9][0-9]{0,9})$/,
    least: LEAST_LETTERS,
    // Half of them are no bytes, so they are not letters as they stand.
    isNoise: (numerals, bytes) =>
      2 * countOf(numerals, (value) => value > 255) >= numerals.length && haveSameBetween(numerals, bytes),
    decoded: () => NO_TEXT,
  },
];

/** Telephone numbers, account numbers and times in nanoseconds are shorter. */
const LEAST_LONG = 40;
const LEAST_OF_LIST = 5;

/** Numbers of many digits between brackets: what a program printed. */
function isList(numerals: readonly Numeral[], bytes: Buffer): boolean {
  const [first, last] = [numerals[0], numerals.at(-1)];
  if (first === undefined || last === undefined) return false;
  const isBracketed = bytes[first.start - 1] === 0x5b && bytes[last.end] === 0x5d;
  return isBracketed && lengthOf(numerals) >= LEAST_OF_LIST * numerals.length;
}

/** What stands between most numbers, or pairs of them, in a list. Telephone numbers have hyphens, or several signs. */
function haveSameBetween(numerals: readonly Numeral[], bytes: Buffer): boolean {
  const counts = new Map<string, number>();
  for (const [index, { start }] of numerals.entries()) {
    const before = numerals[index - 1];
    if (before === undefined) continue;
    const between = bytes.toString('latin1', before.end, start);
    counts.set(between, (counts.get(between) ?? 0) + 1);
  }
  const [first = 0, second = 0] = [...counts.values()].sort((one, other) => other - one);
  return !counts.has('-') && first + second >= MOST_BETWEEN * (numerals.length - 1);
}
const MOST_BETWEEN = 0.9;

/** The first row of numbers that spells text, or noise. */
function firstIn(bytes: Buffer, start: number, end: number): DisguisedRun<Digits> | null {
  const numerals = numeralsIn(bytes, start, end);
  let first: DisguisedRun<Digits> | null = null;
  for (const spelling of SPELLINGS) {
    for (let from = 0; from < numerals.length;) {
      let to = from;
      while (to < numerals.length && fitsIn(spelling, numerals[to])) to += 1;
      const found = runOf(spelling, numerals.slice(from, to), bytes);
      if (found !== null) {
        if (first === null || found.start < first.start) first = found;
        break;
      }
      from = to + 1;
    }
  }
  return first;
}

function fitsIn({ fits, isSigned = false }: Spelling, numeral: Numeral | undefined): boolean {
  return numeral !== undefined && (isSigned || !numeral.isNegative) && fits.test(numeral.digits);
}

function runOf(spelling: Spelling, numerals: readonly Numeral[], bytes: Buffer): DisguisedRun<Digits> | null {
  const [first, last] = [numerals[0], numerals.at(-1)];
  if (first === undefined || last === undefined || numerals.length < spelling.least) return null;
  const content = spelling.decoded(numerals);
  const isText = content.length >= LEAST_TEXT && isTyped(content) && isSaid(content);
  const isNoise = spelling.isNoise(numerals, bytes);
  if (!isText && !isNoise) return null;
  return {
    as: spelling.as,
    start: first.start,
    end: last.end,
    decoded: () => content,
    otherwise: isNoise ? 'noise' : 'words',
  };
}

/** All numbers of a message, with nothing but blanks, commas and the like between them. */
function ofDigits(name: Digits, message: Buffer): Buffer | null {
  if (behindLetters(NUMBERS.letters, message, 0, message.length) < message.length) return null;
  const spelling = SPELLINGS.find(({ as }) => as === name);
  if (spelling === undefined) return null;
  const numerals = numeralsIn(message, 0, message.length);
  const isBits = name === 'binary digits';
  const fits = numerals.every((each) => fitsIn(spelling, each) && (!isBits || each.digits.length % 8 === 0));
  if (!fits || numerals.length === 0 || (name === 'a long number' && numerals.length > 1)) return null;
  const content = spelling.decoded(numerals);
  return hasFewLines(content) ? content : NO_TEXT;
}

/** Whether a few letters follow each other as in words: six numbers in a row of a table are six letters too. */
function isSaid(content: Buffer): boolean {
  if (!hasFewLines(content)) return false;
  if (content.length >= SURELY_SAID) return true;
  const letters = content.toString().match(/[\p{L}\p{M} ]/gu)?.length ?? 0;
  return (
    letters >= LEAST_OF_FEW * Array.from(content.toString()).length &&
    usualShare(content, 0, content.length) >= LEAST_USUAL
  );
}
const LEAST_OF_FEW = 0.85;
const SURELY_SAID = 12;
const LEAST_USUAL = 0.6;

/** A line ends behind a message, and seldom in it. */
function hasFewLines(content: Buffer): boolean {
  const text = content.toString('latin1').trimEnd();
  return LETTERS_PER_LINE * (text.match(/[\t\n\r\f]/g)?.length ?? 0) <= text.length;
}
const LETTERS_PER_LINE = 12;

/** Fewer decoded letters can come from numbers that happen to spell letters. */
const LEAST_TEXT = 5;

/** Hex digits with a mark in front that says so, and without one. */
function numeralsIn(bytes: Buffer, start: number, end: number): readonly Numeral[] {
  const found: Numeral[] = [];
  for (const match of bytes.toString('latin1', start, end).matchAll(/((?<![\da-f])-)?(?:0x|\\x|x)?([0-9a-f]+)/gi)) {
    const at = start + match.index;
    found.push({
      digits: match[2] ?? '',
      isNegative: match[1] !== undefined,
      start: at,
      end: at + match[0].length,
    });
  }
  return withoutPlaces(found);
}

/** JavaScript writes a Uint8Array in JSON as `{"0":72,"1":105}`: the place of each number is none of them. */
function withoutPlaces(numerals: readonly Numeral[]): readonly Numeral[] {
  if (numerals.length < 2 * LEAST_LETTERS) return numerals;
  const values: Numeral[] = [];
  for (const [index, { digits, start }] of numerals.entries()) {
    if (index % 2 === 1) continue;
    const value = numerals[index + 1];
    if (digits !== String(index / 2) || value === undefined) return numerals;
    values.push({ ...value, start });
  }
  return values;
}

/** Most significant byte first, as RSA reads it (RFC 8017, section 4.1). */
function bytesOf(digits: string): Buffer {
  const hex = BigInt(digits).toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length & 1), '0'), 'hex');
}

function joined(numerals: readonly Numeral[]): string {
  return numerals.map(({ digits }) => digits).join('');
}

function lengthOf(numerals: readonly Numeral[]): number {
  return numerals.reduce((sum, { digits }) => sum + digits.length, 0);
}

function countOf(numerals: readonly Numeral[], counts: (value: number) => boolean): number {
  return numerals.filter(({ digits }) => counts(Number(digits))).length;
}
