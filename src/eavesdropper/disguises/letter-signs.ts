/**
 * Codes in which each letter is a group of signs, and no key is needed: Morse code, the places of the letters in the
 * alphabet (A1Z26), rows and columns of a square (Polybius, and the tap code of prisoners), and Bacon's groups of five.
 *
 *     hi there     Morse code        .... .. / - .... . .-. .
 *                  A1Z26             8-9 / 20-8-5-18-5
 *                  Polybius square   23 24  44 23 15 42 15
 *                  tap code          .. ... .. ....  .... .... .. ... . ..... .... .. . .....
 *                  Bacon's cipher    aabbb abaaa  baabb aabbb aabaa baaab aabaa
 *
 * Dates, marks and drawings are written in the same signs. So it is told only where words come out.
 */
import { bytesIn } from './byte-kinds.js';
import type { Disguise, DisguisedRun, Recognition } from './disguise.js';
import { FIGURES, LEAST_FIGURES } from './figures.js';
import { behindLetters, lettersOf, startOfRun, type Run } from './runs.js';
import { evidenceOfWords } from './readable-words.js';

export type LetterSigns =
  | 'Morse code'
  | 'tap code'
  | 'Polybius square'
  | 'A1Z26, numbers for letters'
  | 'numbers for letters, from 0'
  | 'Bacon’s cipher'
  | 'Bacon’s cipher, 24 letters';

/** How one of these spells letters. */
interface Code {
  readonly name: LetterSigns;
  /** All bytes of a message in it are of these. */
  readonly signs: Uint8Array;
  /** Evidence of words that is needed, as a natural logarithm: less where the signs are seldom anything else. */
  readonly least: number;
  /** null if some of it stands for no letter. */
  readonly decoded: (text: string) => string | null;
}

const A = 0x61;

/** ITU-R M.1677-1, section 1.1. */
const MORSE = `
.- a|-... b|-.-. c|-.. d|. e|..-. f|--. g|.... h|.. i|.--- j|-.- k|.-.. l|-- m|-. n|--- o|.--. p|--.- q|.-. r|... s
- t|..- u|...- v|.-- w|-..- x|-.-- y|--.. z|----- 0|.---- 1|..--- 2|...-- 3|....- 4|..... 5|-.... 6|--... 7|---.. 8
----. 9|.-.-.- .|--..-- ,|..--.. ?|-.-.-- !|-..-. /|---... :|.--.-. @|-....- -|.----. '|-.--. (|-.--.- )|-...- =
-.-.-. ;|.-.-. +|..--.- _|.-..-. "|..-.. é|--.-- ñ|..-- ü|.-.- ä|---. ö|...--.. ß|.--.- à`;
const MORSE_LETTERS: ReadonlyMap<string, string> = new Map(
  MORSE.trim()
    .split(/[|\n]/)
    .map((row) => row.split(' ') as [string, string]),
);

/** A group of signs is a letter; a stroke, a line end, or more than one blank stands between words. */
function byLetters(text: string, between: RegExp, letterOf: (signs: string) => string | null): string | null {
  const lines = text.trim().split(/\r?\n/);
  const said: string[] = [];
  for (const line of lines) {
    const words = line.trim().split(/ *[/|] *| {2,}/);
    const letters = words.map((word) => word.split(between).map((signs) => (signs === '' ? '' : letterOf(signs))));
    if (letters.some((word) => word.includes(null))) return null;
    said.push(letters.map((word) => word.join('')).join(' '));
  }
  return said.join('\n');
}

function ofMorse(text: string): string | null {
  return byLetters(text.replaceAll('_', '-'), / /, (signs) => MORSE_LETTERS.get(signs) ?? null);
}

/** Without j, which shares a place with i. The tap code leaves out k. */
const SQUARE = 'abcdefghiklmnopqrstuvwxyz';
const TAPPED = 'abcdefghijlmnopqrstuvwxyz';

function inSquare(square: string, row: number, column: number): string | null {
  return row < 1 || row > 5 || column < 1 || column > 5 ? null : (square[5 * (row - 1) + column - 1] ?? null);
}

/** Two groups of knocks for each letter. */
function ofTaps(text: string): string | null {
  const lines = text.trim().split(/\r?\n/);
  const said: string[] = [];
  for (const line of lines) {
    const words = line.trim().split(/ *[/|] *| {3,}/);
    const read = words.map((word) => lettersOfTaps(word));
    if (read.includes(null)) return null;
    said.push(read.join(' '));
  }
  return said.join('\n');
}

/** Some programs write more blanks behind a letter than inside of it, and some do not. */
function lettersOfTaps(word: string): string | null {
  const groups = word.split(/[ ,]+/);
  if (groups.length % 2 !== 0 || !groups.every((group) => /^\.{1,5}$/.test(group))) return null;
  let letters = '';
  for (let at = 0; at < groups.length; at += 2)
    letters += inSquare(TAPPED, groups[at]?.length ?? 0, groups[at + 1]?.length ?? 0) ?? '';
  return letters;
}

/** With something between two numbers, or with nothing. */
function ofSquare(text: string): string | null {
  const pair = (digits: string): string | null => inSquare(SQUARE, Number(digits[0]), Number(digits[1]));
  // Where letters stand close together, each blank is one between words.
  const source = CLOSE_TOGETHER.test(text) ? text.replace(/ +/g, '  ') : text;
  return byLetters(source, /[ ,.-]+/, (digits) => {
    if (!/^(?:[1-5]{2})+$/.test(digits)) return null;
    return digits.replace(/\d\d/g, (two) => pair(two) ?? '');
  });
}

const CLOSE_TOGETHER = /[1-5]{4}/;

/** `first`: the number of the letter a. Where that is 1, 0 often stands for the blank. */
function ofNumbers(first: 0 | 1): (text: string) => string | null {
  return (text) => {
    if (NO_PLACE.test(text)) return null;
    return byLetters(text, /(?:, |[ ,.:;-])/, (digits) => {
      if (!/^\d{1,2}$/.test(digits)) return null;
      const place = Number(digits) - first;
      if (place === -1) return ' ';
      return place < 26 ? String.fromCharCode(A + place) : null;
    });
  };
}
/** A quick look: a number that no letter has. */
const NO_PLACE = /[3-9]\d|2[7-9]|\d{3}/;

/** Bacon's own alphabet of 24 letters, in which i is j and u is v, and that of today. */
const BACONS = 'abcdefghiklmnopqrstuwxyz';
const ALL_LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const OF_BACON = lettersOf(Buffer.from('ABab01 /|\r\n'));

function ofBacon(alphabet: string): (text: string) => string | null {
  return (text) => {
    const bits = text.toLowerCase().replace(/[ab]/g, (letter) => (letter === 'a' ? '0' : '1'));
    if (!bits.includes('0') || !bits.includes('1') || /[01]/.test(text) === /[ab]/i.test(text)) return null;
    // Where letters stand close together, each blank is one between words.
    const source = /[01]{10}/.test(bits) ? bits.replace(/ +/g, '  ') : bits;
    return byLetters(source, / /, (signs) => {
      if (!/^(?:[01]{5})+$/.test(signs)) return null;
      const letters = signs.replace(/[01]{5}/g, (five) => alphabet[parseInt(five, 2)] ?? '?');
      return letters.includes('?') ? null : letters;
    });
  };
}

/** Of three words that are known, or a dozen letters. */
const LEAST_NATS = 9;

/** Morse code has dots alone for some letters too, so the tap code comes first. */
const CODES: readonly Code[] = [
  { name: 'tap code', signs: lettersOf(Buffer.from('.,/| \r\n')), least: 6, decoded: ofTaps },
  { name: 'Morse code', signs: lettersOf(Buffer.from('.-_/| \r\n')), least: 4, decoded: ofMorse },
  {
    name: 'Polybius square',
    signs: lettersOf(Buffer.from('12345 ,.-/|\r\n')),
    least: LEAST_NATS,
    decoded: ofSquare,
  },
  {
    name: 'A1Z26, numbers for letters',
    signs: lettersOf(Buffer.from('0123456789 ,.:;-/|\r\n')),
    least: LEAST_NATS,
    decoded: ofNumbers(1),
  },
  {
    name: 'numbers for letters, from 0',
    signs: lettersOf(Buffer.from('0123456789 ,.:;-/|\r\n')),
    least: LEAST_NATS + 2,
    decoded: ofNumbers(0),
  },
  { name: 'Bacon’s cipher', signs: OF_BACON, least: LEAST_NATS, decoded: ofBacon(ALL_LETTERS) },
  { name: 'Bacon’s cipher, 24 letters', signs: OF_BACON, least: LEAST_NATS, decoded: ofBacon(BACONS) },
];

/** In all of them together. */
const SIGNS: Run = { letters: lettersOf(Buffer.from('0123456789ABab.-_/|,:; \r\n')), least: LEAST_FIGURES };
const MADE_OF = { only: [bytesIn(SIGNS.letters)] };
const MOST_SIGNS = 4096;
const RECOGNISED: Recognition<LetterSigns> = { within: 'stretch', run: FIGURES, next: nextSigns };

export const LETTER_SIGNS: readonly Disguise<LetterSigns>[] = CODES.map((code) => ({
  name: code.name,
  toyNames: [code.name],
  recognised: RECOGNISED,
  patterns: () => [],
  madeOf: MADE_OF,
  ofMessage: (message) => decodedIn(code, message),
  leastWords: code.least,
}));

function nextSigns(bytes: Buffer, start: number, end: number): DisguisedRun<LetterSigns> | null {
  for (let from = startOfRun(SIGNS, bytes, start, end); from !== -1;) {
    const stop = wholeSigns(bytes, from, end);
    const found = inStretch(bytes, from, stop);
    if (found !== null) return found;
    from = startOfRun(SIGNS, bytes, stop, end);
  }
  return null;
}

/** Where a long stretch is looked at in parts, each ends between two groups of signs. */
function wholeSigns(bytes: Buffer, start: number, end: number): number {
  const stop = behindLetters(SIGNS.letters, bytes, start + LEAST_FIGURES, Math.min(end, start + MOST_SIGNS));
  if (stop - start < MOST_SIGNS) return stop;
  const blank = bytes.lastIndexOf(BLANK, stop);
  return blank > start + LEAST_FIGURES ? blank + 1 : stop;
}
const BLANK = 0x20;

/** All of it, or its first line that is in one of these. */
function inStretch(bytes: Buffer, start: number, end: number): DisguisedRun<LetterSigns> | null {
  const text = bytes.toString('latin1', start, end);
  const whole = inCode(text, start);
  if (whole !== null || !text.trim().includes('\n')) return whole;
  for (const line of text.matchAll(/[^\r\n]+/g)) {
    const found = inCode(line[0], start + line.index);
    if (found !== null) return found;
  }
  return null;
}

/** Without the signs at its ends, such as a colon or a full stop, which may belong to what stands around it. */
function inCode(text: string, start: number): DisguisedRun<LetterSigns> | null {
  for (const trimmed of new Set([text.trim(), text.replace(AROUND, '')])) {
    if (trimmed.length < LEAST_FIGURES) continue;
    const from = start + text.indexOf(trimmed);
    const source = Buffer.from(trimmed, 'latin1');
    const [best] = CODES.flatMap((code) => {
      const decoded = decodedIn(code, source);
      const nats = decoded === null ? -Infinity : evidenceOfWords(decoded.toString());
      return decoded === null || nats < code.least ? [] : [{ as: code.name, decoded, nats }];
    }).sort((one, other) => other.nats - one.nats);
    if (best !== undefined) {
      const { as, decoded } = best;
      return { as, start: from, end: from + source.length, decoded: () => decoded, otherwise: 'words' };
    }
  }
  return null;
}
const AROUND = /^(?:[a-z]?[,:;.]+[ \r\n]|\s)+|[,:;\s]+$/gi;

function decodedIn({ signs, decoded }: Code, bytes: Buffer): Buffer | null {
  if (behindLetters(signs, bytes, 0, bytes.length) < bytes.length) return null;
  const text = decoded(bytes.toString('latin1'));
  return text === null || !/[a-z0-9]/.test(text) ? null : Buffer.from(text);
}
