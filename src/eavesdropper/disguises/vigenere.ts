/**
 * Vigenère's cipher: each letter is shifted by a letter of the key, and the key is used again and again. Where letters
 * are no words of any language, the key is looked for: once as if only letters used up the key, and once as if blanks
 * and signs did too, as in many programs.
 */
import type { Disguise, SearchedRun } from './disguise.js';
import { LETTER_OF } from './letter-pairs.js';
import { againWith, repeatedKeyOf, type RepeatedCipher, type RepeatedKey } from './repeated-key.js';

export type VigenereName = `Vigenère, key of ${number} letters`;

const LETTERS = 26;

const OF_LETTERS: RepeatedCipher = {
  keys: LETTERS,
  least: { perByte: 1.55, words: 0, ahead: 6, inColumn: 10 },
  takes: (byte) => LETTER_OF[byte] !== 0,
  undo(byte, key) {
    const letter = (LETTER_OF[byte] ?? 0) - 1;
    return letter === -1 ? byte : byte - letter + ((letter - key + LETTERS) % LETTERS);
  },
};
const OF_ALL: RepeatedCipher = { ...OF_LETTERS, takes: () => true };

export const VIGENERE: Disguise<'Vigenère', VigenereName> = {
  name: 'Vigenère',
  recognised: { within: 'searched', among: 'letters', of: vigenereIn },
  toyNames: ['Vigenère'],
  patterns: () => [],
};

/** Messages that were changed with the same key, each from its beginning. */
export function vigenereMessages(messages: readonly Buffer[]): { as: VigenereName; texts: readonly Buffer[] } | null {
  const { found } = keyOf(messages);
  return found === null ? null : { as: nameOf(found), texts: found.texts };
}

function keyOf(messages: readonly Buffer[]): Found {
  const found = repeatedKeyOf(messages, OF_LETTERS);
  return found === null ? { found: repeatedKeyOf(messages, OF_ALL), cipher: OF_ALL } : { found, cipher: OF_LETTERS };
}

interface Found {
  readonly found: RepeatedKey | null;
  readonly cipher: RepeatedCipher;
}

function nameOf({ key }: RepeatedKey): VigenereName {
  return `Vigenère, key of ${key.length} letters`;
}

/** The key begins again in each line, or it does not. */
function vigenereIn(bytes: Buffer, start: number, end: number): SearchedRun<VigenereName> | null {
  const whole = bytes.subarray(start, end);
  const lines = linesOf(whole);
  const byLines = asRun(keyOf(lines), linesOf, start, end);
  return byLines !== null || lines.length === 1 ? byLines : asRun(keyOf([whole]), (all) => [all], start, end);
}

function asRun(
  { found, cipher }: Found,
  divided: (bytes: Buffer) => readonly Buffer[],
  start: number,
  end: number,
): SearchedRun<VigenereName> | null {
  if (found === null) return null;
  const text = Buffer.concat(found.texts);
  return {
    as: nameOf(found),
    start,
    end,
    decoded: (most) => text.subarray(0, most),
    again: (bytes, from, to) => {
      const next = againWith(found, divided(bytes.subarray(from, to)), cipher);
      return asRun({ found: next, cipher }, divided, from, to);
    },
  };
}

/** Each with its line end. */
function linesOf(bytes: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const next = bytes.indexOf(LF, at) + 1 || bytes.length;
    lines.push(bytes.subarray(at, next));
    at = next;
  }
  return lines;
}
const LF = 0x0a;
