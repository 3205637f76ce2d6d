/**
 * Whether an answer is right. The report, the lab and the grading of a class all ask here, so no two of them can
 * disagree. The report holds this file, compiled, in its own script: so it imports nothing but types.
 */
import type { Key, Kind, Question } from './question.js';

/** The longest answer that counts, in UTF-16 units. A longer one is not compared, and not right. */
export const LONGEST_ANSWER = 2000;

/** Forgives everything that has to do with how an answer is written: case, spaces, quotes, units, `0x`. */
export function isRight({ kind, key }: Pick<Question, 'kind'> & { readonly key: Key }, answer: string): boolean {
  if (answer.length > LONGEST_ANSWER) return false;
  return key.accepts.some((accepted) => isSame(kind, accepted, answer));
}

/** Why this answer to a choice is wrong; null if nobody wrote a reason for it, or if it is right. */
export function reasonAgainst({ choices, key }: Question, answer: string): string | null {
  const at = choices.findIndex((choice) => plain(choice) === plain(answer));
  const reason = key?.reasons[at] ?? '';
  return reason === '' ? null : reason;
}

function isSame(kind: Kind, accepted: string, answer: string): boolean {
  if (kind === 'choice' || kind === 'text') return plain(answer) === plain(accepted);
  const wanted = readingsOf(accepted);
  return readingsOf(answer).some((one) => wanted.some((other) => isSameList(one, other)));
}

function isSameList(one: readonly number[], other: readonly number[]): boolean {
  return one.length > 0 && one.length === other.length && one.every((number, at) => number === other[at]);
}

/** The numbers in an answer, where `1,024` is one number. */
export function numbersOf(answer: string): readonly number[] {
  return readingsOf(answer)[0] ?? [];
}

/** Whether there is a number in it at all. */
export function holdsNumber(answer: string): boolean {
  return answer.length <= LONGEST_ANSWER && readingsOf(answer).some((numbers) => numbers.length > 0);
}

/**
 * The numbers in a text, in its order: `32–47 bytes` is 32 and 47. A text can be read in two ways, because `1,024` is
 * one number to some people and two to others. A number that comes twice in a row counts once: `16 bytes (0x10)`.
 */
function readingsOf(text: string): readonly (readonly number[])[] {
  const written = asciiDigits(text.normalize('NFKC')).toLowerCase();
  if (!/\d/.test(written)) return /^\W*(?:no|none|nothing|zero)\b/.test(written) ? [[0]] : [];
  const joined = written.replace(THOUSANDS, (number) => number.replace(/\D/g, ''));
  return [numbersIn(joined), numbersIn(written)];
}

/** `65,536`, `65 536`, `65.536` and `65'536`. */
const THOUSANDS = /(?<![\da-z.,])\d{1,3}(?:[ ,.'’_]\d{3})+(?!\d)/g;

function numbersIn(text: string): readonly number[] {
  const found = Array.from(text.matchAll(/0x([0-9a-f]+)|(\d+)/g), ([, hex, decimal]) =>
    hex === undefined ? Number(decimal) : Number.parseInt(hex, 16),
  );
  return found.filter((number, at) => number !== found[at - 1]);
}

/** Digits of other scripts, such as ٣ and ३, as 0 to 9. Unicode has each ten of them in order (chapter 4.6). */
function asciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    let value = 0;
    const code = digit.codePointAt(0) ?? 0;
    while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1)) && code > 0x39) value += 1;
    return code <= 0x39 ? digit : String(value);
  });
}

/** A text without what nobody means by it: case, runs of spaces, quotes around it, and a full stop at its end. */
function plain(text: string): string {
  const spaced = text.normalize('NFKC').toLowerCase().normalize('NFC').replace(/\s+/g, ' ').trim();
  const alike = spaced.replace(/[‘’‚‛`´]/g, "'").replace(/[“”„‟«»]/g, '"');
  const bare = alike.replace(/^["' ]+|["' .!?…]+$/g, '');
  return bare === '' ? alike : bare;
}
