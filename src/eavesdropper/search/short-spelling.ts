/**
 * Tells a short text in base64 or hex from ordinary words. `Z` in base64 is `W` and one of 16 letters, and `q` in hex
 * is 71: words and numbers that people type contain such pairs by accident. So a short hit among words counts only if
 * the whole word around it decodes to text that contains what is searched for.
 */
import type { Pattern, Shape } from '../disguises/disguises.js';
import { byByte } from '../disguises/respelling.js';
import { isText } from '../disguises/text-bytes.js';

interface Alphabet {
  /** By byte: 1 for a letter of this alphabet. */
  readonly isLetter: Uint8Array;
  /** Patterns of this many letters or more are too rare among words to be there by accident. */
  readonly enough: number;
  /** null if `word` is not a whole spelling. `padding`: how many `=` come after it. */
  decoded(word: string, padding: number): Buffer | null;
}

/** A shorter word, without padding, decodes to one letter or another too often. */
const LEAST_FOR_ONE_LETTER = 8;
/** A shorter word has to be the only spelling of what it decodes to, to its last bit. */
const LEAST_INEXACT = 8;
/** Longer runs of letters are not words. */
const MOST_WORD = 4096;
const EQUALS = 0x3d;

const ALPHABETS: Readonly<Partial<Record<Shape, Alphabet>>> = {
  base64: { isLetter: lettersOf(/[A-Za-z0-9+/_-]/), enough: 5, decoded: decodedBase64 },
  hex: {
    isLetter: lettersOf(/[0-9A-Fa-f]/),
    enough: 6,
    decoded: (word) => (word.length % 2 === 0 ? Buffer.from(word, 'hex') : null),
  },
};

/** null for a pattern that is long enough to speak for itself. `typed`: the searched text in UTF-8. */
export function shortSpelling({ shape, bytes }: Pattern, typed: Buffer, source: Buffer): ShortSpelling | null {
  const alphabet = ALPHABETS[shape];
  return alphabet === undefined || bytes.length >= alphabet.enough ? null : new ShortSpelling(alphabet, typed, source);
}

export class ShortSpelling {
  readonly #alphabet: Alphabet;
  readonly #typed: Buffer;
  readonly #source: Buffer;
  /** The last word that was looked at. Hits come in order, and often many are in one word. */
  #word = { start: 0, end: 0, isMeant: false };

  constructor(alphabet: Alphabet, typed: Buffer, source: Buffer) {
    this.#alphabet = alphabet;
    this.#typed = typed;
    this.#source = source;
  }

  /** Whether somebody wrote the word around the hit at `offset` in this alphabet, as far as one can tell. */
  isMeant(offset: number): boolean {
    if (offset < this.#word.start || offset >= this.#word.end) this.#word = this.#wordAt(offset);
    return this.#word.isMeant;
  }

  #wordAt(offset: number): { start: number; end: number; isMeant: boolean } {
    let [start, end] = [offset, offset];
    while (start > 0 && offset - start < MOST_WORD && this.#isLetterAt(start - 1)) start -= 1;
    while (end - offset < MOST_WORD && this.#isLetterAt(end)) end += 1;
    return { start, end: Math.max(end, offset + 1), isMeant: this.#isSpelling(start, end) };
  }

  #isLetterAt(offset: number): boolean {
    return this.#alphabet.isLetter[this.#source[offset] ?? 0] === 1;
  }

  #isSpelling(start: number, end: number): boolean {
    let padding = 0;
    while (padding < 2 && this.#source[end + padding] === EQUALS) padding += 1;
    if (this.#typed.length === 1 && padding === 0 && end - start < LEAST_FOR_ONE_LETTER) return false;
    const decoded = this.#alphabet.decoded(this.#source.toString('latin1', start, end), padding);
    return decoded !== null && isText(decoded, decoded.length) && decoded.includes(this.#typed);
  }
}

function lettersOf(letters: RegExp): Uint8Array {
  return byByte((byte) => Number(letters.test(String.fromCharCode(byte))));
}

/** RFC 4648, section 3.5: the last letter of a group that is not full has bits that must be zero. */
function decodedBase64(word: string, padding: number): Buffer | null {
  if (word.length < 3 && padding === 0) return null;
  const decoded = Buffer.from(word, 'base64');
  if (word.length >= LEAST_INEXACT) return decoded;
  const spelled = decoded.toString(/[-_]/.test(word) ? 'base64url' : 'base64').replace(/=+$/, '');
  const isPadded = padding === 0 || (word.length + padding) % 4 === 0;
  return spelled === word && isPadded ? decoded : null;
}
