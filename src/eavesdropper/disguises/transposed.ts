/**
 * Text whose letters only changed their places, line by line: a rail fence, or the columns of a table that is written
 * row by row. The letters are as frequent as in a text, but they do not follow each other as in words.
 *
 *     rail fence of 3 rails       columns, order 3 1 2
 *     m   m   h   b   g           m e e
 *      e t e t   r d              t m e     em t, ee h, mtat
 *     ...                         a t h
 *
 * All keys of so few rails and columns can be tried.
 */
import type { Disguise, DisguisedRun } from './disguise.js';
import { LETTER_OF, isUsualPair } from './letter-pairs.js';
import { LEAST_PER_LETTER, oddLook } from './odd-look.js';
import { wordsIn } from './words.js';

export type TransposedName = `rail fence, ${number} rails` | `columns, order ${string}` | 'neighbours exchanged';

const MOST_RAILS = 6;
/** Columns that may be read in any order, and columns that are read from left to right. */
const MOST_COLUMNS = 6;
const MOST_IN_ORDER = 12;

export const TRANSPOSED: readonly Disguise<'rail fence' | 'columns' | 'neighbours exchanged', TransposedName>[] =
  (() => {
    const recognised = { within: 'plain', of: transposedIn } as const;
    return (['rail fence', 'columns', 'neighbours exchanged'] as const).map((name) => ({
      name,
      recognised,
      toyNames: [name],
      patterns: () => [],
    }));
  })();

/** Bytes that are looked at: as many lines as are whole. */
const LOOKED_AT = 320;
const MOST_LOOKED_AT = 1024;
const LEAST_LETTERS = 24;
/** The share of pairs that are usual: in a text in a language eight of ten, in letters that changed places half. */
const MOST_USUAL = 0.76;
const LEAST_USUAL = 0.7;
const LEAST_MORE_USUAL = 0.07;
/**
 * What the pairs of letters count at most for their order (see `odd-look.ts`). Where letters changed their places it is
 * near 0, and the fewer there are, the more it differs. In a text it is near 0.5.
 */
const MOST_PER_PAIR = { least: 0.18, perRoot: 1.6, most: 0.45 } as const;
/** Letters and blanks, of all bytes. */
const LEAST_OF_LETTERS = 0.87;
/** Keys whose words are looked up. */
const MOST_TRIED = 4;
/** Evidence of words, as a natural logarithm, and how much more than the text as it stands has. */
const LEAST_NATS = 12;
const LEAST_MORE = 10;
const LEAST_DIFFERENT = 4;
const LEAST_IN_WORDS = 0.3;

interface Key {
  readonly as: TransposedName;
  /** Says, for a line of `length` bytes, where in it each byte of the text stands. */
  readonly fill: (places: Uint16Array, length: number) => void;
}

function transposedIn(bytes: Buffer, start: number, end: number): DisguisedRun<TransposedName> | null {
  if (looksUsual(bytes, start, Math.min(end, start + LOOKED_AT))) return null;
  const head = wholeLines(bytes, start, end);
  if (head === null) return null;
  const lines = linesOf(head);
  const asItStands = { ...wordsIn(head.toString('latin1')), usual: usualShare(head) };
  if (asItStands.nats >= LEAST_NATS && asItStands.different >= LEAST_DIFFERENT) return null;
  let found: { readonly key: Key; readonly nats: number } | null = null;
  for (const key of likeliest(lines)) {
    const text = undone(head, key);
    const { nats, different, share } = wordsIn(text.toString('latin1'));
    if (nats < Math.max(LEAST_NATS, asItStands.nats + LEAST_MORE)) continue;
    if (different < LEAST_DIFFERENT || share < LEAST_IN_WORDS) continue;
    if (usualShare(text) < Math.max(LEAST_USUAL, asItStands.usual + LEAST_MORE_USUAL)) continue;
    // Another order of the columns may bring some of the words too.
    if (found === null || nats > found.nats) found = { key, nats };
  }
  if (found === null) return null;
  const { key } = found;
  return { as: key.as, start, end, decoded: (most) => undone(bytes.subarray(start, end), key).subarray(0, most) };
}

/** A quick look: most texts have letters in the order of words, or letters that no text has so often. */
function looksUsual(bytes: Buffer, start: number, end: number): boolean {
  const look = oddLook(bytes, start, end, MOST_PER_PAIR.most);
  if (look === null || look.letters < LEAST_LETTERS) return true;
  const { letters, nats, pairs } = look;
  const most = MOST_PER_PAIR.least + MOST_PER_PAIR.perRoot / Math.sqrt(letters);
  if (nats < LEAST_PER_LETTER * letters || pairs >= Math.min(most, MOST_PER_PAIR.most) * letters) return true;
  let blanks = 0;
  for (let at = start; at < end; at += 1) if (bytes[at] === SPACE || bytes[at] === LF || bytes[at] === CR) blanks += 1;
  return letters + blanks < LEAST_OF_LETTERS * (end - start) || usualShare(bytes.subarray(start, end)) >= MOST_USUAL;
}

function usualShare(text: Buffer): number {
  let [letters, usual] = [0, 0];
  let before = 0;
  for (const byte of text) {
    const letter = LETTER_OF[byte] ?? 0;
    if (letter !== 0) {
      letters += 1;
      if (isUsualPair(before, letter)) usual += 1;
    }
    before = letter;
  }
  return letters === 0 ? 0 : usual / letters;
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** The first lines, without one that is cut; null if they are too long. */
function wholeLines(bytes: Buffer, start: number, end: number): Buffer | null {
  if (end - start <= LOOKED_AT) return bytes.subarray(start, end);
  const next = bytes.indexOf(LF, start + LOOKED_AT);
  const stop = next === -1 ? end : Math.min(next, end);
  return stop - start > MOST_LOOKED_AT ? null : bytes.subarray(start, stop);
}

function linesOf(bytes: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const next = bytes.indexOf(LF, at);
    const stop = next === -1 ? bytes.length : next;
    const end = stop > at && bytes[stop - 1] === CR ? stop - 1 : stop;
    if (end > at) lines.push(bytes.subarray(at, end));
    at = stop + 1;
  }
  return lines;
}

/** The keys that bring the most usual pairs. */
function likeliest(lines: readonly Buffer[]): readonly Key[] {
  return best(best(allKeys(), firstOf(lines), MOST_PROMISING), lines, MOST_TRIED);
}
/** Bytes on which all keys are tried, and the keys that are tried on more. */
const FIRST = 64;
const MOST_PROMISING = 60;

function best(keys: readonly Key[], lines: readonly Buffer[], most: number): readonly Key[] {
  const letters = lines.map((line) => line.map((byte) => LETTER_OF[byte] ?? 0));
  const usual = new Uint16Array(keys.length);
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index];
    if (key === undefined) continue;
    for (const line of letters) usual[index] = (usual[index] ?? 0) + usualIn(line, key);
  }
  const least = Uint16Array.from(usual).sort()[Math.max(0, keys.length - most)] ?? 0;
  const found: { readonly key: Key; readonly usual: number }[] = [];
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index];
    if (key !== undefined && (usual[index] ?? 0) >= least) found.push({ key, usual: usual[index] ?? 0 });
  }
  found.sort((one, other) => other.usual - one.usual);
  return found.slice(0, most).map(({ key }) => key);
}

/** Whole lines: a part of one was written with other rows. */
function firstOf(lines: readonly Buffer[]): readonly Buffer[] {
  let length = 0;
  const last = lines.findIndex((line) => (length += line.length) >= FIRST);
  return last === -1 ? lines : lines.slice(0, last + 1);
}

function usualIn(letters: Uint8Array, key: Key): number {
  const { length } = letters;
  const places = placesFor(key, length);
  let [usual, before] = [0, 0];
  for (let at = 0; at < length; at += 1) {
    const letter = letters[places[at] ?? 0] ?? 0;
    if (letter !== 0 && isUsualPair(before, letter)) usual += 1;
    before = letter;
  }
  return usual;
}

/** Used again and again, because all keys are tried. */
const PLACES = new Uint16Array(MOST_LOOKED_AT);

/** By place in the text: where in a line of so many bytes it is found. What it returns is valid until the next call. */
function placesFor({ fill }: Key, length: number): Uint16Array {
  const places = length <= PLACES.length ? PLACES : new Uint16Array(length);
  fill(places, length);
  return places;
}

/** Line by line: that is how a message is written in it. */
function undone(bytes: Buffer, key: Key): Buffer {
  const target = Buffer.from(bytes);
  for (let at = 0; at < bytes.length;) {
    const next = bytes.indexOf(LF, at);
    const stop = next === -1 ? bytes.length : next;
    const end = stop > at && bytes[stop - 1] === CR ? stop - 1 : stop;
    const places = placesFor(key, end - at);
    for (let index = 0; index < end - at; index += 1) target[at + index] = bytes[at + (places[index] ?? 0)] ?? 0;
    at = stop + 1;
  }
  return target;
}

let keys: readonly Key[] | null = null;

/** Made on first use: most captures do not need them. */
function allKeys(): readonly Key[] {
  keys ??= [
    ...Array.from({ length: MOST_RAILS - 1 }, (_, index) => railFence(index + 2)),
    ...Array.from({ length: MOST_COLUMNS - 1 }, (_, index) => ordersOf(index + 2).map(columns)).flat(),
    ...Array.from({ length: MOST_IN_ORDER - MOST_COLUMNS }, (_, index) =>
      columns(Array.from({ length: index + MOST_COLUMNS + 1 }, (__, column) => column)),
    ),
    NEIGHBOURS,
  ];
  return keys;
}

/** Down and up the rails, which are then read one after the other. */
function railFence(rails: number): Key {
  const period = 2 * (rails - 1);
  return {
    as: `rail fence, ${rails} rails`,
    fill(places, length) {
      let place = 0;
      for (let rail = 0; rail < rails; rail += 1)
        for (let index = rail; index < length; index += period) {
          places[index] = place++;
          // On its way up it comes by again, but not to the first rail and the last.
          const again = index + period - 2 * rail;
          if (rail > 0 && rail < rails - 1 && again < length) places[again] = place++;
        }
    },
  };
}

/** `order`: the columns as they are read, the first of them 0. */
function columns(order: readonly number[]): Key {
  return {
    as: `columns, order ${order.map((column) => column + 1).join(' ')}`,
    fill(places, length) {
      let place = 0;
      for (const column of order)
        for (let index = column; index < length; index += order.length) places[index] = place++;
    },
  };
}

const NEIGHBOURS: Key = {
  as: 'neighbours exchanged',
  fill(places, length) {
    for (let index = 0; index < length; index += 1) places[index] = (index ^ 1) < length ? index ^ 1 : index;
  },
};

function ordersOf(count: number): readonly (readonly number[])[] {
  if (count === 0) return [[]];
  return ordersOf(count - 1).flatMap((order) =>
    Array.from({ length: count }, (_, place) => [...order.slice(0, place), count - 1, ...order.slice(place)]),
  );
}
