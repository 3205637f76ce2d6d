/**
 * A few words that are in no language that we know, and that become words where each letter is shifted by the same
 * number, exchanged with its mirror image, or written backwards. They are too few to say so: they may be words of
 * another language. But nobody should call them plaintext either.
 */
import { LETTER_OF, usualShare } from './letter-pairs.js';
import { isText } from './text-bytes.js';
import { ALL_WORDS } from './words.js';

/** More bytes show a cipher by themselves. */
const MOST_BYTES = 200;
const LETTERS = 26;
/** Letters in words that come out; and how many words of how many letters, since short ones come out by accident. */
const LEAST = { letters: 7, share: 0.75, words: 2, shortest: 2 } as const;
/** The share of pairs of letters that are usual: in words of all languages it is near 0.8. */
const UNUSUAL = { letters: 10, share: 0.33 } as const;

export function isPerhapsShortCipher(messages: readonly Buffer[]): boolean {
  const bytes = Buffer.concat(messages.flatMap((message) => [message, BLANK]));
  if (bytes.length > MOST_BYTES || !isText(bytes, bytes.length)) return false;
  const text = bytes.toString('utf8').toLowerCase();
  if (NOT_LATIN.test(text)) return false;
  const words = [...new Set(text.match(/[a-z]+/g) ?? [])];
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  // Codes and names of things are no words, and no cipher.
  if (letters < LEAST.letters || DIGITS.test(text) || words.some((word) => word.length > 1 && ALL_WORDS.has(word)))
    return false;
  if (letters >= UNUSUAL.letters && isUnusual(words)) return true;
  return readings(words).some((read) => areWords(read, letters));
}
const BLANK = Buffer.from(' ');
const NOT_LATIN = /[^\p{Script=Latin}\p{Script=Common}]/u;
const DIGITS = /\d/;

function isUnusual(words: readonly string[]): boolean {
  const all = Buffer.from(words.map((word) => word.replace(/(.)\1{2,}/g, '$1')).join(' '));
  return usualShare(all, 0, all.length) <= UNUSUAL.share;
}

function areWords(words: readonly string[], letters: number): boolean {
  const known = words.filter((word) => word.length >= LEAST.shortest && ALL_WORDS.has(word));
  const count = known.reduce((sum, word) => sum + word.length, 0);
  return known.length >= LEAST.words && count >= Math.max(LEAST.letters, LEAST.share * letters);
}

function readings(words: readonly string[]): readonly (readonly string[])[] {
  const shifted = Array.from({ length: LETTERS - 1 }, (_, shift) =>
    words.map((word) => changed(word, (letter) => (letter + shift + 1) % LETTERS)),
  );
  const mirrored = words.map((word) => changed(word, (letter) => LETTERS - 1 - letter));
  const reversed = words.map((word) => Array.from(word).reverse().join(''));
  return [...shifted, mirrored, reversed];
}

/** `to`: for a letter, counted from 0, the one that stands for it. */
function changed(word: string, to: (letter: number) => number): string {
  return Buffer.from(Buffer.from(word).map((byte) => 0x61 + to((LETTER_OF[byte] ?? 1) - 1))).toString();
}
