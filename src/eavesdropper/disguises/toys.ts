/**
 * Toy ciphers: the alphabet shifted (Caesar, and rot13 among them) or turned round (Atbash), the same number added to
 * each byte, XOR with a small byte, and text written backwards. They hide nothing: with so few keys, all can be tried.
 * What tells that one of them is right is that words come out. In a few letters words come out by accident, so nothing
 * is said.
 */
import type { Disguise, DisguisedRun, Recognition } from './disguise.js';
import { likelihoodIn } from './letters.js';
import { ALL_WORDS, wordsIn } from './words.js';
import type { XorName } from './substituted.js';

export type ShiftedBytesName = `each byte plus ${number}`;
export type CaesarName = `Caesar, shift ${number}` | 'Caesar, shift 13 (rot13)';
export type ToyName =
  'Caesar' | CaesarName | 'each byte plus a number' | ShiftedBytesName | 'Atbash' | 'reversed text' | XorName;

const TOYS_RECOGNISED: Recognition<ToyName> = { within: 'plain', of: toyOf };

/** Whether the innermost of some disguises is one of these, or XOR. */
export function isToyCipher(disguises: string): boolean {
  return /^(?:Caesar|Atbash|each byte plus|reversed text|XOR|Vigenère)/.test(disguises);
}

/** They are searched for in what comes out of them. */
export const TOYS: readonly Disguise<'Caesar' | 'Atbash' | 'each byte plus a number' | 'reversed text', ToyName>[] = (
  ['Caesar', 'Atbash', 'each byte plus a number', 'reversed text'] as const
).map((name) => ({ name, recognised: TOYS_RECOGNISED, patterns: () => [] }));

/** Bytes that are looked at to see what it is, and those of them that are looked at first. */
const LOOKED_AT = 512;
const SAMPLED = 96;
const LEAST_LETTERS = 10;
/** What the letters of a text in a language count on average, and its pairs of letters, at least. */
const LEAST_PER_LETTER = 0.12;
const LEAST_PER_PAIR = 0.12;
/** What its pairs count if none of it is written backwards. */
const USUAL_PER_PAIR = 0.5;
/** Evidence of words, as a natural logarithm, and how much more than the text as it stands has. */
const LEAST_NATS = 11;
const LEAST_MORE = 10;
const LEAST_DIFFERENT = 4;
const LEAST_IN_WORDS = 0.3;
/** Keys that are tried of each kind, the likeliest first. */
const MOST_TRIED = 3;

const LOWER_A = 0x61;
const UPPER_A = 0x41;

/** What each letter of ASCII, in either case, counts for a text; 0 for other bytes. */
const LETTER_NATS = lettersOf();

function lettersOf(): Float64Array {
  const shares = likelihoodIn('western');
  const small = Array.from({ length: 26 }, (_, letter) => shares.get(String.fromCharCode(LOWER_A + letter)) ?? 0);
  const all = small.reduce((sum, share) => sum + share, 0);
  const nats = new Float64Array(256);
  for (const [letter, share] of small.entries()) {
    nats[LOWER_A + letter] = Math.log((26 * share) / all);
    nats[UPPER_A + letter] = nats[LOWER_A + letter] ?? 0;
  }
  return nats;
}

const PAIRS = 27;
/** For two neighbours: how much likelier they are in this order than in the other. */
const PAIR_NATS = pairsOf(ALL_WORDS);

function pairsOf(words: Iterable<string>): Float64Array {
  const counts = new Float64Array(PAIRS * PAIRS).fill(0.5);
  for (const word of words) {
    const letters = [0, ...Buffer.from(word, 'latin1'), 0].map(letterOf);
    for (let at = 1; at < letters.length; at += 1) {
      const pair = PAIRS * (letters[at - 1] ?? 0) + (letters[at] ?? 0);
      counts[pair] = (counts[pair] ?? 0) + 1;
    }
  }
  return counts.map((count, pair) =>
    Math.log(count / (counts[PAIRS * (pair % PAIRS) + Math.floor(pair / PAIRS)] ?? 1)),
  );
}

/** 1 to 26; 0 for what is no letter of ASCII. */
function letterOf(byte: number): number {
  const lower = byte | 0x20;
  return lower >= LOWER_A && lower < LOWER_A + 26 ? lower - LOWER_A + 1 : 0;
}

/** The toy that all of a text is in. */
function toyOf(bytes: Buffer, start: number, end: number): DisguisedRun<ToyName> | 'odd' | null {
  const look = oddLook(bytes, start, Math.min(end, start + SAMPLED), LEAST_PER_PAIR);
  // In few letters, a text in a language can look odd too.
  if (look === null || oddLook(bytes, start, Math.min(end, start + LOOKED_AT), USUAL_PER_PAIR) === null) return null;
  const head = bytes.subarray(start, Math.min(end, start + LOOKED_AT));
  let asItStands: number | null = null;
  let best: { readonly toy: Toy; readonly nats: number } | null = null;
  for (const toy of likeliestToys(head, look)) {
    const { nats, different, share } = wordsIn(toy.read(head).toString('latin1'));
    if (nats < LEAST_NATS) continue;
    asItStands ??= wordsIn(head.toString('latin1')).nats;
    if (nats < asItStands + LEAST_MORE) continue;
    if (different < LEAST_DIFFERENT || share < LEAST_IN_WORDS) continue;
    if (best === null || nats > best.nats) best = { toy, nats };
  }
  if (best === null) return 'odd';
  const { as, read } = best.toy;
  return { as, start, end, decoded: (most) => read(bytes.subarray(start, Math.min(end, start + most))) };
}

/** How usual the letters of a text are, and their order. */
interface Look {
  readonly letters: number;
  readonly nats: number;
  readonly pairs: number;
}

/** A quick look: null for most texts, which have the usual letters in the usual order, and for too few letters. */
function oddLook(bytes: Buffer, start: number, end: number, leastPerPair: number): Look | null {
  let [letters, nats, pairs] = [0, 0, 0];
  let before = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    const letter = letterOf(byte);
    if (letter !== 0) letters += 1;
    nats += LETTER_NATS[byte] ?? 0;
    pairs += PAIR_NATS[PAIRS * before + letter] ?? 0;
    before = letter;
  }
  if (letters < LEAST_LETTERS || (nats >= LEAST_PER_LETTER * letters && pairs >= leastPerPair * letters)) return null;
  return { letters, nats, pairs };
}

interface Toy {
  readonly as: ToyName;
  readonly read: (bytes: Buffer) => Buffer;
}

const LETTERS = 26;

/** Returns where a letter goes that was shifted by `shift`; 26 stands for Atbash. */
function unshifted(letter: number, shift: number): number {
  return shift === LETTERS ? LETTERS - 1 - letter : (letter - shift + LETTERS) % LETTERS;
}

function likeliestToys(head: Buffer, { letters, pairs }: Look): readonly Toy[] {
  const counts = new Uint32Array(256);
  for (const byte of head) counts[byte] = (counts[byte] ?? 0) + 1;
  const shifted = likeliestShifts(counts).map(shiftedBy);
  const blanks = likeliestBlanks(counts, head.length);
  const xored = blanks
    .map((byte) => byte ^ SPACE)
    .filter((key) => key !== CASE_BIT)
    .map(xoredWith);
  const added = blanks
    .map((byte) => byte - SPACE)
    .filter((number) => number > 0)
    .map(withAdded);
  // Where the letters are shifted and the blanks too, both readings bring the same words.
  const all = [...added, ...xored, ...shifted];
  return pairs < MOST_PER_PAIR * letters ? [...all, REVERSED] : all;
}

/** What the pairs of letters of a text count on average that is written backwards, at most. */
const MOST_PER_PAIR = 0.05;
/** How much more than the letters as they stand those count that a shift brings. */
const LEAST_GAIN = 5;

function likeliestShifts(counts: Uint32Array): readonly number[] {
  const asItStands = natsOf(counts, 0);
  const gaining: { readonly shift: number; readonly nats: number }[] = [];
  for (let shift = 1; shift <= LETTERS; shift += 1) {
    const nats = natsOf(counts, shift);
    if (nats >= asItStands + LEAST_GAIN) gaining.push({ shift, nats });
  }
  gaining.sort((one, other) => other.nats - one.nats);
  return gaining.slice(0, MOST_TRIED).map(({ shift }) => shift);
}

/** What the letters count if they were shifted by `shift`. */
function natsOf(counts: Uint32Array, shift: number): number {
  let nats = 0;
  for (let letter = 0; letter < LETTERS; letter += 1) {
    const count = (counts[UPPER_A + letter] ?? 0) + (counts[LOWER_A + letter] ?? 0);
    if (count > 0) nats += count * (LETTER_NATS[LOWER_A + unshifted(letter, shift)] ?? 0);
  }
  return nats;
}

/** The blank is the most frequent byte of a text: of so many of them. */
const BLANKS = { least: 0.06, most: 0.35 } as const;
const MOST_BLANKS = 0.06;

/** Bytes that may stand for the blank. */
function likeliestBlanks(counts: Uint32Array, length: number): readonly number[] {
  if ((counts[SPACE] ?? 0) > MOST_BLANKS * length) return [];
  const blanks: number[] = [];
  for (let byte = 0; byte < counts.length; byte += 1) {
    const count = counts[byte] ?? 0;
    if (byte !== SPACE && count >= BLANKS.least * length && count <= BLANKS.most * length) blanks.push(byte);
  }
  blanks.sort((one, other) => (counts[other] ?? 0) - (counts[one] ?? 0));
  return blanks.slice(0, MOST_TRIED);
}
const SPACE = 0x20;
/** With it, XOR changes only the case of a letter, and the blank into NUL. */
const CASE_BIT = 0x20;

function shiftedBy(shift: number): Toy {
  const read = (bytes: Buffer): Buffer =>
    Buffer.from(
      bytes.map((byte) => {
        const letter = letterOf(byte) - 1;
        return letter === -1 ? byte : byte - letter + unshifted(letter, shift);
      }),
    );
  return {
    as: shift === LETTERS ? 'Atbash' : (`Caesar, shift ${shift}${shift === 13 ? ' (rot13)' : ''}` as CaesarName),
    read,
  };
}

/** The line end between two messages is none of theirs, and stays. */
function withAdded(number: number): Toy {
  const read = (bytes: Buffer): Buffer =>
    Buffer.from(bytes.map((byte) => (byte === LF || byte === CR ? byte : (byte - number) & 0xff)));
  return { as: `each byte plus ${number}`, read };
}
const LF = 0x0a;
const CR = 0x0d;

function xoredWith(key: number): Toy {
  const read = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ key));
  return { as: `XOR with the byte 0x${key.toString(16).padStart(2, '0')}`, read };
}

/** Line by line: that is how a message is turned round. */
const REVERSED: Toy = {
  as: 'reversed text',
  read: (bytes) =>
    Buffer.from(
      bytes
        .toString('utf8')
        .split(/(\r?\n)/)
        .map((part) => (part.endsWith('\n') ? part : Array.from(part).reverse().join('')))
        .join(''),
    ),
};
