/**
 * Whether letters can be words of a language, whichever it is. In all languages that are written in Latin letters,
 * vowels and consonants take turns in much the same way: of 676 pairs of letters, some 230 are usual, and in a text
 * eight of ten pairs are of them. In letters that a cipher has changed, four of ten are. That is how a Vigenère cipher
 * can be told from Finnish, without a list of the words of either.
 */

/**
 * By letter: the letters that follow it in 2 of 100 cases or more, on the average of 72 languages. Counted in the texts
 * that programs show, as Debian 12 has them in /usr/share/locale; letters with marks count as those without.
 */
const FOLLOWING: Readonly<Record<string, string>> = {
  a: 'cdiklmnrst',
  b: 'aeijloru',
  c: 'aehikortu',
  d: 'aeioru',
  e: 'acdiklmnprst',
  f: 'aefilortu',
  g: 'aeilnoru',
  h: 'aeiotuy',
  i: 'acdegklmnorst',
  j: 'aeiopu',
  k: 'aehilorstu',
  l: 'aeilotu',
  m: 'abehiopu',
  n: 'adeginostuy',
  o: 'bcdgklmnprstv',
  p: 'aehilopru',
  q: 'aeitu',
  r: 'aeimostu',
  s: 'acehiklopstu',
  t: 'aehiorsu',
  u: 'abdegiklmnprst',
  v: 'aeiou',
  w: 'aeilors',
  x: 'abeimopt',
  y: 'aeilmnoprstu',
  z: 'aeiou',
};
/** And those with which as many words begin. */
const FIRST = 'abcdefgiklmnoprstuv';

const LETTERS = 26;
const SIDE = LETTERS + 1;
/** By pair, 27 times the first letter and the second, each 1 to 26, or 0 for what is no letter. */
const IS_USUAL = usualPairs();

function usualPairs(): Uint8Array {
  const usual = new Uint8Array(SIDE * SIDE);
  for (const [letter, following] of Object.entries(FOLLOWING))
    for (const next of following) usual[SIDE * ordinalOf(letter) + ordinalOf(next)] = 1;
  for (const letter of FIRST) usual[ordinalOf(letter)] = 1;
  return usual;
}

function ordinalOf(letter: string): number {
  return letter.charCodeAt(0) - 0x60;
}

/** 1 to 26 for a letter of ASCII in either case; 0 for every other byte. */
export const LETTER_OF = Uint8Array.from({ length: 256 }, (_, byte) => {
  const small = byte | 0x20;
  return byte >= 0x41 && small >= 0x61 && small <= 0x7a && byte < 0x80 ? small - 0x60 : 0;
});

/** Whether the second letter often follows the first; 0 for the first stands for the beginning of a word. */
export function isUsualPair(letter: number, next: number): boolean {
  return IS_USUAL[SIDE * letter + next] === 1;
}

/** Bytes that are looked at first, and at all. */
const SAMPLED = 96;
const LOOKED_AT = 2048;
/** Of fewer letters, less must be usual (see {@link FEW}). Fewer different words prove nothing. */
const LEAST_LETTERS = 60;
const LEAST_WORDS = 6;
/**
 * The share of usual pairs. Of 30,000 texts of 60 to 400 letters in 75 languages, one had less, in Welsh. Where the
 * table was counted without 26 of the languages, 8 of 83,200 texts in these had less; all were Welsh. Of English in a
 * Vigenère cipher, 98 to 100 of 100 texts have less, by the length of the key, and of other substitutions 94 to 97.
 */
const LEAST_USUAL = 0.58;
/**
 * In fewer letters, the share differs more. Of 96,000 texts of 24 to 60 letters in the 75 languages, one had less; of
 * English in a Vigenère cipher, three of four have less.
 */
const FEW = { letters: 36, usual: 0.49 } as const;
const LEAST_IN_WORDS = 0.8;

/**
 * Whether these are letters that are perhaps no words of any language. Keys that somebody hit at random are none
 * either.
 */
export function isPerhapsNoLanguage(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < FEW.letters || beginsAsUsual(bytes, start, end)) return false;
  const text = bytes.toString('latin1', start, Math.min(end, start + LOOKED_AT));
  const parts = text.split(/\s+/);
  const words = parts.filter((part) => WORD.test(part)).map((part) => part.toLowerCase());
  const length = lengthOf(words);
  // Where more than some signs stand in no words, it is a format or a language of computers.
  if (length < FEW.letters || length < LEAST_IN_WORDS * lengthOf(parts)) return false;
  // A word that is said again and again says no more than once, and so do the letters of "xxxxxx" and "hahaha".
  const all = new Set(words.flatMap((word) => word.replace(REPEATED, '$1$1').match(/[a-z]+/g) ?? []));
  if (all.size < LEAST_WORDS) return false;
  const different = Buffer.from([...all].join(' '));
  if (different.length < FEW.letters) return false;
  return usualShare(different, 0, different.length) < (different.length < LEAST_LETTERS ? FEW.usual : LEAST_USUAL);
}

const REPEATED = /([a-z]{1,3}?)\1{2,}/g;
/** Letters, with the signs that people write beside them. */
const WORD = /^[-'"(]*[A-Za-z][A-Za-z.,!?'":;()-]*$/;

function lengthOf(parts: readonly string[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
/** A quick look: whether the first letters follow each other as in words. Most texts do. */
export function beginsAsUsual(bytes: Buffer, start: number, end: number): boolean {
  return usualShare(bytes, start, Math.min(end, start + SAMPLED)) >= MOST_IN_SAMPLE;
}
/** Of fewer letters the share differs more. */
const MOST_IN_SAMPLE = 0.75;

/** The share of the pairs in words, their borders included, that is usual. 1 if there are none. */
export function usualShare(bytes: Buffer, start: number, end: number): number {
  let [pairs, usual] = [0, 0];
  let before = 0;
  for (let at = start; at < end; at += 1) {
    const letter = LETTER_OF[bytes[at] ?? 0] ?? 0;
    if (letter !== 0) {
      pairs += 1;
      usual += IS_USUAL[SIDE * before + letter] ?? 0;
    }
    before = letter;
  }
  return pairs === 0 ? 1 : usual / pairs;
}
