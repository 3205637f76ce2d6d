/**
 * Whether letters that came out of a code read as words of some language. Numbers and signs that stand for letters
 * bring letters in any case: ages, marks and dates do too. Only words tell that somebody wrote them.
 */
import { LETTER_OF, isUsualPair } from './letter-pairs.js';
import { wordsIn } from './words.js';

/**
 * What a pair of letters counts, as a natural logarithm. In words of all languages some eight of ten pairs are usual;
 * of all pairs that there are, a third is. Both count for a little less here, since short texts differ more.
 */
const USUAL = Math.log(0.74 / 0.36);
const UNUSUAL = Math.log(0.26 / 0.64);
/** So many different letters: rows of a few small numbers bring fewer. */
const LEAST_DIFFERENT = 5;
/** The share of the letters that stands in words that are known, where those alone are the evidence. */
const LEAST_IN_WORDS = 0.4;
/** Without known words, more is needed: marks from 1 to 15 bring letters that often follow each other. */
const MORE_OF_PAIRS = 5;
/** The share of the letters that stands in rows of so many. */
const LEAST_WORD = 3;
const LEAST_LONG = 0.6;
/** Letters stand beside digits in names and codes, and seldom in words. */
const LETTERS_PER_DIGIT = 8;
/** Letters that are looked at. */
const LOOKED_AT = 2048;

/** `least`: how much evidence is needed, as a natural logarithm of the odds against accident. */
export function readsAsWords(text: string, least: number): boolean {
  return evidenceOfWords(text) >= least;
}

/** As a natural logarithm of the odds against accident. */
export function evidenceOfWords(text: string): number {
  const head = text.slice(0, LOOKED_AT).toLowerCase();
  const { nats, different, share } = wordsIn(head);
  const ofKnown = different >= 2 && share >= LEAST_IN_WORDS ? nats : -Infinity;
  // What is said again says no more than once.
  const words = [...new Set(head.match(/[a-z]+/g) ?? [])];
  // Among numbers and signs, letters stand in rows that are too short to be words.
  const long = words.filter((word) => word.length >= LEAST_WORD);
  if (lengthOf(long) < LEAST_LONG * lengthOf(words)) return ofKnown;
  const besideDigits = head.match(/[a-z]\d|\d[a-z]/g)?.length ?? 0;
  if (LETTERS_PER_DIGIT * besideDigits > head.length) return ofKnown;
  const ofPairs = new Set(words.join('')).size >= LEAST_DIFFERENT ? pairNats(words) - MORE_OF_PAIRS : -Infinity;
  return Math.max(ofKnown, ofPairs);
}

function lengthOf(words: readonly string[]): number {
  return words.reduce((sum, word) => sum + word.length, 0);
}

function pairNats(words: readonly string[]): number {
  let nats = 0;
  for (const word of words) {
    let before = 0;
    for (const byte of Buffer.from(word, 'latin1')) {
      const letter = LETTER_OF[byte] ?? 0;
      nats += isUsualPair(before, letter) ? USUAL : UNUSUAL;
      before = letter;
    }
  }
  return nats;
}
