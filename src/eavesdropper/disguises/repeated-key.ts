/**
 * Ciphers that use a short key again and again: XOR with a key of several bytes, and Vigenère's, which shifts each
 * letter by a letter of the key. What the same part of the key has changed makes a column. In a column each key is one
 * number, so all can be tried:
 *
 *     text       H e l l o   N i c e   t o   M e e t
 *     key        a p p l e a p p l e a p p l e a p p
 *     column     0 1 2 3 4 0 1 2 3 4 0 1 2 3 4 0 1 2      the bytes of column 0 have all been changed by `a`
 *
 * The right number brings letters that are frequent, and that follow each other as in words. In too few letters a wrong
 * one may do so too. So a key counts only if no other number is nearly as good in any column, and if words come out.
 */
import { LETTER_OF, isUsualPair } from './letter-pairs.js';
import { LEAST_SHARE, likelihoodIn } from './letters.js';
import { wordsIn } from './words.js';

/** How one number of the key changes one byte back. */
export interface RepeatedCipher {
  /** How much is needed. `perByte`, `words` and `ahead` are natural logarithms. */
  readonly least: {
    /** What each byte counts on average. */
    readonly perByte: number;
    /** What all words count. */
    readonly words: number;
    /** How much better the key is than with any other number in one place. */
    readonly ahead: number;
    /** How many bytes a number has changed, on average. */
    readonly inColumn: number;
  };
  /** How many numbers there are. */
  readonly keys: number;
  /** Whether the key is used up by this byte; the others stay as they are. */
  takes(byte: number): boolean;
  undo(byte: number, key: number): number;
}

export interface RepeatedKey {
  readonly key: readonly number[];
  /** The messages, as they were before. */
  readonly texts: readonly Buffer[];
}

const LEAST_KEY = 2;
export const MOST_KEY = 16;
/** Bytes that are looked at to find the key. */
const LOOKED_AT = 640;
const LEAST_BYTES = 60;
/** Words that are known: so many different ones, and so much of the letters. */
const LEAST_DIFFERENT = 3;
const LEAST_IN_WORDS = 0.12;
/** What a longer key costs: that all its numbers are right by accident becomes likelier. */
const NATS_PER_NUMBER = 3;
const MOST_ROUNDS = 8;

/** The messages one behind the other, with a line end between them that no key has changed. */
interface Row {
  readonly bytes: Buffer;
  /** By byte: which number of an endless key has changed it; -1 for none. */
  readonly places: Int32Array;
}

/** Returns the key that all messages have been changed with, each from its beginning; null if there is surely none. */
export function repeatedKeyOf(messages: readonly Buffer[], cipher: RepeatedCipher): RepeatedKey | null {
  // What is said twice proves nothing more.
  const row = rowOf(differentOf(messages), cipher);
  const taken = row.places.reduce((count, place) => (place === -1 ? count : count + 1), 0);
  if (taken < LEAST_BYTES) return null;
  let best: { readonly key: readonly number[]; readonly nats: number } | null = null;
  const longest = Math.min(MOST_KEY, Math.floor(taken / cipher.least.inColumn));
  for (let length = LEAST_KEY; length <= longest; length += 1) {
    const key = likeliestKey(row, length, cipher);
    // A number alone is Caesar's cipher, or XOR with one byte.
    if (key === null || key.every((number) => number === key[0])) continue;
    const nats = weightOf(undone(row, key, cipher)) - NATS_PER_NUMBER * length;
    if (best === null || nats > best.nats) best = { key, nats };
  }
  if (best === null) return null;
  const key = isPromising(row, best.key, cipher) ? refined(row, best.key, cipher) : best.key;
  if (!isSure(row, key, cipher)) return null;
  return { key, texts: messages.map((message) => wholeUndone(message, key, cipher)) };
}

/**
 * The messages, changed back with a key that was found before: much faster than to look for it again. The first message
 * may begin in the middle of the key. Returns null if no text comes out.
 */
export function againWith(
  { key }: RepeatedKey,
  messages: readonly Buffer[],
  cipher: RepeatedCipher,
): RepeatedKey | null {
  const [first, ...others] = messages;
  if (first === undefined) return null;
  const beginning = rowOf([first], cipher);
  const rotations = key.map((_, index) => [...key.slice(index), ...key.slice(0, index)]);
  const weights = rotations.map((each) => weightOf(undone(beginning, each, cipher)));
  const rotated = rotations[weights.indexOf(Math.max(...weights))] ?? key;
  const texts = [wholeUndone(first, rotated, cipher), ...others.map((message) => wholeUndone(message, key, cipher))];
  const text = Buffer.concat(texts).subarray(0, LOOKED_AT);
  const { nats, share } = wordsIn(text.toString('latin1'));
  if (share < LEAST_IN_WORDS || weightOf(text) + nats < cipher.least.perByte * text.length) return null;
  return { key, texts };
}

function wholeUndone(message: Buffer, key: readonly number[], cipher: RepeatedCipher): Buffer {
  return undone(rowOf([message], cipher, message.length), key, cipher).subarray(0, message.length);
}

function differentOf(messages: readonly Buffer[]): readonly Buffer[] {
  const byText = new Map(messages.map((message) => [message.toString('latin1'), message]));
  return [...byText.values()];
}

function rowOf(messages: readonly Buffer[], cipher: RepeatedCipher, most = LOOKED_AT): Row {
  const length = messages.reduce((sum, message) => sum + message.length + 1, 0);
  const bytes = Buffer.alloc(Math.min(length, most + 1));
  const places = new Int32Array(bytes.length).fill(-1);
  let at = 0;
  for (const message of messages) {
    let place = 0;
    for (const byte of message) {
      if (at >= bytes.length) return { bytes, places };
      bytes[at] = byte;
      if (cipher.takes(byte)) {
        places[at] = place;
        place += 1;
      }
      at += 1;
    }
    if (at >= bytes.length) return { bytes, places };
    bytes[at] = LF;
    at += 1;
  }
  return { bytes: bytes.subarray(0, at), places: places.subarray(0, at) };
}
const LF = 0x0a;

function undone({ bytes, places }: Row, key: readonly number[], cipher: RepeatedCipher): Buffer {
  return Buffer.from(
    bytes.map((byte, at) => {
      const place = places[at] ?? -1;
      return place === -1 ? byte : cipher.undo(byte, key[place % key.length] ?? 0);
    }),
  );
}

/** null if in one column no number makes text of all bytes. */
function likeliestKey(row: Row, length: number, cipher: RepeatedCipher): readonly number[] | null {
  if (cipher.keys > ASCII && !haveSameTops(row, length)) return null;
  const columns = columnsOf(row, length);
  if (coincidencesIn(row, columns) < LEAST_COINCIDENCES) return null;
  const possible: (readonly number[])[] = [];
  for (const column of columns) {
    const numbers = numbersFor(row, column, cipher);
    if (numbers.length === 0) return null;
    possible.push(numbers);
  }
  const key = possible.map((numbers) => numbers[0] ?? 0);
  const text = undone(row, key, cipher);
  for (let round = 0, isBetter = true; isBetter && round < MOST_ROUNDS; round += 1) {
    isBetter = false;
    for (const [index, column] of columns.entries()) {
      const [best] = ranked(row, text, column, possible[index] ?? [], cipher);
      if (best === undefined || best.number === key[index]) continue;
      key[index] = best.number;
      for (const at of column) text[at] = cipher.undo(row.bytes[at] ?? 0, best.number);
      isBetter = true;
    }
  }
  return key;
}

/**
 * The share of all pairs of two bytes of one column that are the same (Friedman's index of coincidence): in a text 65
 * of 1,000 or more, in letters at random 38. A key in turns changes the letters, but not how many are the same.
 */
function coincidencesIn({ bytes }: Row, columns: readonly (readonly number[])[]): number {
  let [same, pairs] = [0, 0];
  const counts = new Uint32Array(256);
  for (const column of columns) {
    counts.fill(0);
    for (const at of column) {
      const byte = bytes[at] ?? 0;
      same += counts[byte] ?? 0;
      counts[byte] = (counts[byte] ?? 0) + 1;
    }
    pairs += (column.length * (column.length - 1)) / 2;
  }
  return pairs === 0 ? 0 : same / pairs;
}
const LEAST_COINCIDENCES = 0.045;

function columnsOf({ places }: Row, length: number): readonly (readonly number[])[] {
  const columns: number[][] = Array.from({ length }, () => []);
  for (const [at, place] of places.entries()) if (place !== -1) columns[place % length]?.push(at);
  return columns;
}

/** The numbers that make text of all bytes of a column, the likeliest first. */
function numbersFor({ bytes }: Row, column: readonly number[], cipher: RepeatedCipher): readonly number[] {
  // In a column most bytes come again.
  const times = new Map<number, number>();
  for (const at of column) times.set(bytes[at] ?? 0, (times.get(bytes[at] ?? 0) ?? 0) + 1);
  const [values, counts] = [Uint8Array.from(times.keys()), Uint16Array.from(times.values())];
  const found: { readonly number: number; readonly nats: number }[] = [];
  for (let number = 0; number < cipher.keys; number += 1) {
    let nats = 0;
    for (let index = 0; index < values.length && nats !== -Infinity; index += 1)
      nats += (counts[index] ?? 0) * (NATS[cipher.undo(values[index] ?? 0, number)] ?? -Infinity);
    if (nats !== -Infinity) found.push({ number, nats });
  }
  return found.sort((one, other) => other.nats - one.nats).map(({ number }) => number);
}
const ASCII = 0x80;

/** A quick look: XOR leaves the top bit of ASCII the same in a whole column. Of random bytes, it is soon different. */
function haveSameTops({ bytes, places }: Row, length: number): boolean {
  const tops = new Int16Array(length).fill(-1);
  for (let at = 0; at < bytes.length; at += 1) {
    const place = places[at] ?? -1;
    if (place === -1) continue;
    const top = (bytes[at] ?? 0) & ASCII;
    const before = tops[place % length] ?? -1;
    if (before === -1) tops[place % length] = top;
    else if (before !== top) return false;
  }
  return true;
}

/** How good each number is for a column, with the text around it as it is; the best first. */
function ranked(
  row: Row,
  text: Buffer,
  column: readonly number[],
  numbers: readonly number[],
  cipher: RepeatedCipher,
): readonly { readonly number: number; readonly nats: number }[] {
  return numbers
    .map((number) => {
      let nats = 0;
      for (const at of column) {
        const byte = cipher.undo(row.bytes[at] ?? 0, number);
        nats += (NATS[byte] ?? 0) + pairNats(text[at - 1] ?? LF, byte) + pairNats(byte, text[at + 1] ?? LF);
      }
      return { number, nats };
    })
    .sort((one, other) => other.nats - one.nats);
}

/** What each byte counts for an English text or one like it; -Infinity for bytes that are in none. */
const NATS = Float64Array.from({ length: 256 }, (_, byte) => {
  const isPrinted = (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09;
  const share = likelihoodIn('western').get(String.fromCharCode(byte)) ?? LEAST_SHARE;
  return isPrinted ? Math.log(ASCII * share) : -Infinity;
});

const USUAL = 0.6;
const UNUSUAL = -1.2;
const ODD = -2;

/** What two neighbours count. */
function pairNats(byte: number, next: number): number {
  const [letter, following] = [LETTER_OF[byte] ?? 0, LETTER_OF[next] ?? 0];
  if (following === 0) return letter !== 0 && next > SPACE && !IS_BEHIND_WORD[next] ? ODD : 0;
  if (letter === 0 && byte > SPACE && !IS_BEFORE_WORD[byte]) return ODD;
  const isCapitalInside = letter !== 0 && next < SMALL && byte >= SMALL;
  return (isUsualPair(letter, following) ? USUAL : UNUSUAL) + (isCapitalInside ? ODD : 0);
}
const SPACE = 0x20;
const SMALL = 0x61;
const IS_BEHIND_WORD = flags(`.,!?'-:;")`);
const IS_BEFORE_WORD = flags(`'-"(`);

function flags(signs: string): readonly boolean[] {
  return Array.from({ length: 256 }, (_, byte) => signs.includes(String.fromCharCode(byte)));
}

function weightOf(text: Buffer): number {
  let nats = 0;
  for (let at = 0; at < text.length; at += 1)
    nats += (NATS[text[at] ?? 0] ?? 0) + pairNats(text[at - 1] ?? LF, text[at] ?? LF);
  return nats;
}

/** Whether some words come out already. */
function isPromising(row: Row, key: readonly number[], cipher: RepeatedCipher): boolean {
  return wordsIn(undone(row, key, cipher).toString('latin1')).share >= LEAST_IN_WORDS / 2;
}

/** With words, a column can be right that has few letters. */
function refined(row: Row, found: readonly number[], cipher: RepeatedCipher): readonly number[] {
  let key = found;
  const columns = columnsOf(row, key.length);
  for (let round = 0, isBetter = true; isBetter && round < MOST_REFINED; round += 1) {
    isBetter = false;
    for (const [index, column] of columns.entries()) {
      const [best] = triedIn(row, key, column, cipher);
      if (best === undefined || best.number === key[index]) continue;
      key = key.with(index, best.number);
      isBetter = true;
    }
  }
  return key;
}
const MOST_REFINED = 3;

/** The likeliest numbers for one place of the key, weighed with the words that they bring; the best first. */
function triedIn(
  row: Row,
  key: readonly number[],
  column: readonly number[],
  cipher: RepeatedCipher,
): readonly { readonly number: number; readonly nats: number }[] {
  const text = undone(row, key, cipher);
  const numbers = ranked(row, text, column, numbersFor(row, column, cipher), cipher).slice(0, MOST_TRIED);
  return numbers
    .map(({ number }) => {
      for (const at of column) text[at] = cipher.undo(row.bytes[at] ?? 0, number);
      return { number, nats: weightOf(text) + wordsIn(text.toString('latin1')).nats };
    })
    .sort((one, other) => other.nats - one.nats);
}
const MOST_TRIED = 5;

/** Whether words come out, and whether they would not with any other number in any place of the key. */
function isSure(row: Row, key: readonly number[], cipher: RepeatedCipher): boolean {
  const text = undone(row, key, cipher);
  const { nats, different, share } = wordsIn(text.toString('latin1'));
  const { perByte, words } = cipher.least;
  if (nats < words || different < LEAST_DIFFERENT || share < LEAST_IN_WORDS) return false;
  if (weightOf(text) + nats < perByte * text.length) return false;
  return columnsOf(row, key.length).every((column, index) => {
    const [best, second] = triedIn(row, key, column, cipher);
    const isBest = best !== undefined && best.number === key[index];
    return isBest && (second === undefined || best.nats - second.nats >= cipher.least.ahead);
  });
}
