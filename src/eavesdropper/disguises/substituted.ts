/**
 * Text in which each character is one byte, but not the byte that UTF-8 has for it: another code page, or XOR with one
 * byte. Nothing marks it. So each reading is weighed: how much likelier are these bytes in such a text than among
 * random ones (`letters.ts`)? The reading with the most evidence is taken, and only if accident cannot explain it.
 */
import { codePages, decoded, type CodePage, type PageName } from './code-page.js';
import { countsFor, isLatin } from './letters.js';
import type { Piece, WeighedRun } from './disguise.js';
import type { PieceShape } from './piece-shape.js';
import { linesBeyondUtf8 } from './utf8-lines.js';
import { wordsIn } from './words.js';

export type XorName = `XOR with the byte 0x${string}`;
export type SubstitutedName = PageName | XorName;

interface Reading {
  readonly page: Pick<CodePage, 'characters' | 'script' | 'extendsAscii'>;
  readonly name: SubstitutedName;
  /** By byte; see {@link countsFor}. */
  readonly counts: Float64Array;
  readonly isXor: boolean;
}

const NATS_OF_DOUBT = 9.2;
/** Of those that are weighed for a piece. */
const LN_OF_READINGS = Math.log(64);
const LEAST_BYTES = 8;
/** What each byte of a text counts on average, at least. */
const LEAST_PER_BYTE = 1.1;
/** Readings that are looked at closely. */
const MOST_TRIED = 5;
/** What a byte that is never in a text counts against the whole. */
const NEVER = -6;

let ofPages: readonly Reading[] | null = null;

function pageReadings(): readonly Reading[] {
  ofPages ??= codePages().map((page) => {
    return { page, name: page.name, counts: countsFor(page.characters, page.script), isXor: false };
  });
  return ofPages;
}

const ofKeys: (Reading | undefined)[] = [];

function xorReading(key: number): Reading {
  return (ofKeys[key] ??= makeXorReading(key));
}

function makeXorReading(key: number): Reading {
  const characters = Array.from({ length: 256 }, (_, byte) => asciiOf(byte ^ key) ?? lineEndOf(byte));
  const page = { characters, script: 'western', extendsAscii: false } as const;
  const name: XorName = `XOR with the byte 0x${key.toString(16).padStart(2, '0')}`;
  return { page, name, counts: countsFor(characters, 'western'), isXor: true };
}

function asciiOf(byte: number): string | null {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09
    ? String.fromCharCode(byte)
    : null;
}

/** A program that ends its lines by itself may do so behind what it has changed. */
function lineEndOf(byte: number): string | null {
  return byte === 0x0a ? '\n' : byte === 0x0d ? '\r' : null;
}

/** Which of its bytes a text has most: the blank, and the letters that no language does without. */
const USUAL = Buffer.from(' eaoitn\n');
const MOST_USUAL = 3;

/** What stands before the text, and goes on with it, needs little proof. */
const DOUBT_OF_NEXT = 2;

/** Returns the run with the most evidence. */
export function nextSubstituted({ bytes, start, end, shape, before, last }: Piece): WeighedRun<SubstitutedName> | null {
  const length = end - start;
  if (last === null && (length < LEAST_BYTES || !shape.mayHoldLetters)) return null;
  const doubt = NATS_OF_DOUBT + Math.log(before + length + 1) + LN_OF_READINGS;
  let best: WeighedRun<SubstitutedName> | null = null;
  for (const reading of likeliestReadings(shape, last)) {
    const found = bestRun(bytes, start, end, reading, reading.name === last ? DOUBT_OF_NEXT : doubt);
    if (found !== null && (best === null || found.nats > best.nats)) best = found;
  }
  return best;
}

function likeliestReadings(shape: PieceShape, last: string | null): readonly Reading[] {
  const { values, counts } = shape;
  const usual = [...values].sort((one, other) => (counts[other] ?? 0) - (counts[one] ?? 0)).slice(0, MOST_USUAL);
  const keys = new Set(usual.flatMap((byte) => [...USUAL].map((letter) => byte ^ letter)));
  keys.delete(0);
  const mayExtendAscii = shape.controls <= MOST_CONTROLS && shape.beyondAscii > 0;
  return [...pageReadings().filter(({ page }) => mayExtendAscii || !page.extendsAscii), ...[...keys].map(xorReading)]
    .map((reading) => ({ reading, nats: weight(shape, reading.counts) + (reading.name === last ? SURE : 0) }))
    .filter(({ nats }) => nats > 0)
    .sort((one, other) => other.nats - one.nats)
    .slice(0, MOST_TRIED)
    .map(({ reading }) => reading);
}
/** Of a text in a code page that has the controls of ASCII. */
const MOST_CONTROLS = 0.05;
const SURE = 1e9;

function weight({ values, counts }: PieceShape, ofReading: Float64Array): number {
  let sum = 0;
  for (const value of values) {
    const nats = ofReading[value] ?? NEVER;
    sum += (counts[value] ?? 0) * (nats > NEVER ? nats : NEVER);
  }
  return sum;
}

/** The row of bytes with the most evidence, if it is enough, and if it is written as people write. */
function bestRun(
  bytes: Buffer,
  start: number,
  end: number,
  reading: Reading,
  doubt: number,
): WeighedRun<SubstitutedName> | null {
  const { counts } = reading;
  let [from, sum] = [start, 0];
  let best = { start, end: start, nats: 0 };
  for (let at = start; at < end; at += 1) {
    sum += counts[bytes[at] ?? 0] ?? NEVER;
    if (sum <= 0) {
      sum = 0;
      from = at + 1;
    } else if (sum > best.nats) best = { start: from, end: at + 1, nats: sum };
  }
  if (best.nats < doubt || best.nats < LEAST_PER_BYTE * (best.end - best.start)) return null;
  const run = widened(bytes, best, start, end, reading);
  const within = reading.page.extendsAscii ? linesBeyondUtf8(bytes, run.start, run.end) : run;
  if (within === null) return null;
  const text = decoded(bytes.subarray(within.start, Math.min(within.end, within.start + LOOKED_AT)), reading.page);
  if (!isWritten(text, reading)) return null;
  return runOf(bytes, within.start, within.end, reading, best.nats - handicapOf(reading));
}

const LOOKED_AT = 2048;

/** Signs at its two ends count against it, but they are part of it. */
function widened(
  bytes: Buffer,
  run: { readonly start: number; readonly end: number },
  start: number,
  end: number,
  { page: { characters } }: Reading,
): { start: number; end: number } {
  let from = run.start;
  while (from > start && isPrinted(characters[bytes[from - 1] ?? 0])) from -= 1;
  let to = run.end;
  while (to < end && isPrinted(characters[bytes[to] ?? 0])) to += 1;
  return { start: from, end: to };
}

function isPrinted(character: string | null | undefined): boolean {
  return character !== null && character !== undefined;
}

/** Where two readings are nearly as good, the one that is met more often is taken. */
function handicapOf({ page, name }: Reading): number {
  return page.extendsAscii && isLatin(page.script) && name !== 'Windows-1252' ? LESS_USUAL : 0;
}
const LESS_USUAL = 4;

function runOf(bytes: Buffer, start: number, end: number, reading: Reading, nats: number): WeighedRun<SubstitutedName> {
  const { page, name } = reading;
  const is1252 = name === 'Windows-1252' && bytes.subarray(start, end).some((byte) => byte >= 0x80 && byte < 0xa0);
  return {
    as: name === 'Windows-1252' && !is1252 ? 'Latin-1 or Windows-1252' : name,
    start,
    end,
    nats,
    decoded: (most) => Buffer.from(decoded(bytes.subarray(start, Math.min(end, start + most)), page)),
  };
}

/** Words in capitals, or with a capital at the beginning, or in small letters. */
const ODD_CASE = /\p{Ll}\p{Lu}/gu;
/** A letter beyond ASCII that stands in a word, or is a word. */
const MARKED_IN_WORD =
  /(?<=\p{L})[^\p{ASCII}\P{L}]|[^\p{ASCII}\P{L}](?=\p{L})|(?<![^\s])[^\p{ASCII}\P{L}](?=[\s,.!?]|$)/gu;
const LETTER = /\p{L}|\p{M}/gu;
const BEYOND_ASCII = /[^\p{ASCII}]/gu;

const LEAST = {
  /** Of the characters: letters and blanks. */
  letters: 0.65,
  /** Of the letters of a script that is not Latin: those that are of it. */
  ofScript: 0.4,
  /** Of what is beyond ASCII in a Latin script: letters that stand in words. */
  inWords: 0.75,
  /** Evidence of words, as a natural logarithm, for what else has no mark. */
  words: { page: 5, xor: 10 },
} as const;
/** Of the letters: a capital behind a small one, as where messages stand one behind the other. */
const MOST_ODD = 0.08;
/** A longer EBCDIC text need not be in one of the languages whose words are known. */
const LONG = 64;

function isWritten(text: string, { page, isXor }: Reading): boolean {
  const letters = countOf(text, LETTER);
  const blanks = countOf(text, /\s/g);
  if (letters + blanks < LEAST.letters * text.length || countOf(text, ODD_CASE) > Math.max(2, MOST_ODD * letters))
    return false;
  if (!page.extendsAscii) {
    const { nats, different } = wordsIn(text);
    if (isXor) return nats >= LEAST.words.xor && different >= 2;
    return nats >= LEAST.words.page || (text.length >= LONG && blanks >= text.length / 20);
  }
  return isLatin(page.script) ? isLatinWritten(text, letters) : hasOwnLetters(text, letters, page.script !== 'thai');
}

function isLatinWritten(text: string, letters: number): boolean {
  const beyond = countOf(text, BEYOND_ASCII);
  const inWords = countOf(text, MARKED_IN_WORD);
  const signs = countOf(text, /[«»“”„‘’–—…€°§£¿¡· ]/g);
  return isInUsualCase(text) && inWords >= 1 && inWords + signs >= LEAST.inWords * beyond && beyond <= letters / 2;
}

/** Words that have a letter beyond ASCII; those of them that are in small letters, in capitals, or begin with one. */
const MARKED_WORD = /\p{L}*[^\p{ASCII}\P{L}]\p{L}*/gu;
const USUAL_CASE = /^(?:\p{Lu}?[\p{Ll}\p{Lo}]+|\p{Lu}+)$/u;
const LEAST_USUAL = 0.6;
/** Messages with nothing between them: "bis dannKöln ist schön". */
const BORDER = /(?<=\p{Ll}{2})(?=\p{Lu}\p{Ll})/gu;

/** Where numbers stand in front of a text, their bytes are letters of any case. */
function isInUsualCase(text: string): boolean {
  const words = text.replace(BORDER, ' ').match(MARKED_WORD) ?? [];
  const usual = words.filter((word) => USUAL_CASE.test(word));
  return usual.length >= LEAST_USUAL * words.length;
}

function hasOwnLetters(text: string, letters: number, hasBlanks: boolean): boolean {
  const own = letters - countOf(text, /[A-Za-z]/g);
  const isDivided = !hasBlanks || text.length < LONGEST_WORD || countOf(text, / /g) >= text.length / LONGEST_WORD;
  return isDivided && own >= 4 && own >= LEAST.ofScript * letters;
}
/** Somewhere in so many characters a word ends. */
const LONGEST_WORD = 24;

function countOf(text: string, expression: RegExp): number {
  return text.match(expression)?.length ?? 0;
}
