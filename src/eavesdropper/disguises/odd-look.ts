/** A quick look at letters: whether they are as frequent, and follow each other in the order, that most texts have. */
import { LETTER_NATS } from './alphabets.js';
import { LETTER_OF } from './letter-pairs.js';
import { ALL_WORDS } from './words.js';

const PAIRS = 27;
/** For two neighbours: how much likelier they are in this order than in the other. */
const PAIR_NATS = pairsOf(ALL_WORDS);

function pairsOf(words: Iterable<string>): Float64Array {
  const counts = new Float64Array(PAIRS * PAIRS).fill(0.5);
  for (const word of words) {
    const letters = [0, ...Buffer.from(word, 'latin1'), 0].map((byte) => LETTER_OF[byte] ?? 0);
    for (let at = 1; at < letters.length; at += 1) {
      const pair = PAIRS * (letters[at - 1] ?? 0) + (letters[at] ?? 0);
      counts[pair] = (counts[pair] ?? 0) + 1;
    }
  }
  return counts.map((count, pair) =>
    Math.log(count / (counts[PAIRS * (pair % PAIRS) + Math.floor(pair / PAIRS)] ?? 1)),
  );
}

const LEAST_LETTERS = 10;
/** What the letters of a text in a language count on average, at least. */
export const LEAST_PER_LETTER = 0.12;

/** How usual the letters of a text are, and their order. */
export interface Look {
  readonly letters: number;
  readonly nats: number;
  readonly pairs: number;
}

/** A quick look: null for most texts, which have the usual letters in the usual order, and for too few letters. */
export function oddLook(bytes: Buffer, start: number, end: number, leastPerPair: number): Look | null {
  let [letters, nats, pairs] = [0, 0, 0];
  let before = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    const letter = LETTER_OF[byte] ?? 0;
    if (letter !== 0) letters += 1;
    nats += LETTER_NATS[byte] ?? 0;
    pairs += PAIR_NATS[PAIRS * before + letter] ?? 0;
    before = letter;
  }
  if (letters < LEAST_LETTERS || (nats >= LEAST_PER_LETTER * letters && pairs >= leastPerPair * letters)) return null;
  return { letters, nats, pairs };
}
