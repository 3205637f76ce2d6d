/**
 * Whether letters can stand in one text: they are of one script, as people write. Numbers that are taken for characters
 * come from all over Unicode.
 */
import { usualCharacters } from './usual-characters.js';

/** Scripts that are in use, besides those in which a character is a word or a syllable. */
const ALPHABETS: readonly RegExp[] = [
  /\p{Script=Latin}/u,
  /[\u0400-\u04ff]/u,
  /\p{Script=Greek}/u,
  /\p{Script=Arabic}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Thai}/u,
  /\p{Script=Devanagari}/u,
  /\p{Script=Bengali}/u,
  /\p{Script=Gurmukhi}/u,
  /\p{Script=Gujarati}/u,
  /\p{Script=Tamil}/u,
  /\p{Script=Telugu}/u,
  /\p{Script=Kannada}/u,
  /\p{Script=Malayalam}/u,
  /\p{Script=Sinhala}/u,
  /\p{Script=Georgian}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Ethiopic}/u,
  /\p{Script=Khmer}/u,
  /\p{Script=Lao}/u,
  /\p{Script=Myanmar}/u,
  /\p{Script=Mongolian}/u,
];
/** Chinese, Japanese and Korean have so many characters that random numbers are often one; but seldom a usual one. */
const EAST_ASIAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u30fc]/u;
const LEAST_USUAL = 1 / 3;

/** How many letters of a text do not fit: they are neither ASCII nor of the script of most others. */
export function lettersOfOtherScripts(text: string): number {
  const letters = text.match(/[^\P{L}\p{ASCII}]/gu) ?? [];
  const asian = letters.filter((letter) => EAST_ASIAN.test(letter));
  if (2 * asian.length > letters.length) {
    const isOdd = asian.filter(isUsual).length < LEAST_USUAL * asian.length;
    return isOdd ? letters.length : letters.length - asian.length;
  }
  const counts = ALPHABETS.map((alphabet) => letters.filter((letter) => alphabet.test(letter)).length);
  return letters.length - Math.max(...counts);
}

function isUsual(letter: string): boolean {
  const { traditional, japanese, korean } = usualCharacters();
  return traditional.has(letter) || japanese.has(letter) || korean.has(letter);
}
