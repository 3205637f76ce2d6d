/**
 * Toy ciphers: each letter stands for another by a rule (`alphabets.ts`), the same number is added to each byte, XOR
 * with a small byte, and text written backwards. They hide nothing: with so few keys, all can be tried. What tells that
 * one of them is right is that words come out. In a few letters words come out by accident, so nothing is said.
 */
import type { Disguise, DisguisedRun, Recognition } from './disguise.js';
import { likeliestAlphabets, type Alphabet, type AlphabetName } from './alphabets.js';
import { LETTER_OF } from './letter-pairs.js';
import { oddLook, type Look } from './odd-look.js';
import { wordsIn } from './words.js';
import type { XorName } from './substituted.js';

export type ShiftedBytesName = `each byte plus ${number}`;
export type ToyName =
  | 'Caesar'
  | 'affine cipher'
  | 'keyboard shift'
  | AlphabetName
  | 'each byte plus a number'
  | ShiftedBytesName
  | 'reversed text'
  | XorName;

const TOYS_RECOGNISED: Recognition<ToyName> = { within: 'plain', of: toyOf };

/** They are searched for in what comes out of them. */
type Row = 'Caesar' | 'Atbash' | 'affine cipher' | 'keyboard shift' | 'each byte plus a number' | 'reversed text';
export const TOYS: readonly Disguise<Row, ToyName>[] = (
  ['Caesar', 'Atbash', 'affine cipher', 'keyboard shift', 'each byte plus a number', 'reversed text'] as const
).map((name) => ({
  name,
  recognised: TOYS_RECOGNISED,
  toyNames: [name === 'each byte plus a number' ? 'each byte plus' : name],
  patterns: () => [],
}));

/** Bytes that are looked at to see what it is, and those of them that are looked at first. */
const LOOKED_AT = 512;
const SAMPLED = 96;
/** What the pairs of letters of a text in a language count on average, at least. */
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

interface Toy {
  readonly as: ToyName;
  readonly read: (bytes: Buffer) => Buffer;
}

function likeliestToys(head: Buffer, { letters, pairs }: Look): readonly Toy[] {
  const counts = new Uint32Array(256);
  for (const byte of head) counts[byte] = (counts[byte] ?? 0) + 1;
  const changed = likeliestAlphabets(counts, head).map(withAlphabet);
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
  const all = [...added, ...xored, ...changed];
  return pairs < MOST_PER_PAIR * letters ? [...all, REVERSED] : all;
}

/** What the pairs of letters of a text count on average that is written backwards, at most. */
const MOST_PER_PAIR = 0.05;
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

function withAlphabet({ as, letters }: Alphabet): Toy {
  const read = (bytes: Buffer): Buffer =>
    Buffer.from(
      bytes.map((byte) => {
        const letter = LETTER_OF[byte] ?? 0;
        return letter === 0 ? byte : byte - letter + (letters[letter] ?? 0);
      }),
    );
  return { as, read };
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
