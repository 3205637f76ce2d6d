/**
 * A short key that comes again and again: the bytes of a message are mixed with it by XOR, or its letters are moved on
 * by the letters of a word (Vigenère). Nobody needs the key for that: each part of it is used so often that counting
 * finds it. Here we know what was typed, so the key comes out at once, and its repetition proves it.
 */
import { formsOf, type Message } from '../keys/recording.js';

export interface ShortKey {
  readonly kind: 'bytes' | 'letters';
  /** For a person: the word, or the bytes in hex. */
  readonly key: string;
  readonly length: number;
}

/** A longer key hides each of its parts better than these few sentences can show. */
const LONGEST_KEY = 16;
/** So often at least the whole key must come again. */
const LEAST_ROUNDS = 3;
const LETTERS = 26;

/** null where there is none. */
export function shortKeyOf({ text, bytes }: Pick<Message, 'text' | 'bytes'>): ShortKey | null {
  const plain = Buffer.from(text);
  for (const form of formsOf(bytes))
    for (let start = 0; start + plain.length <= form.length; start += 1) {
      const found = keyBetween(plain, form.subarray(start, start + plain.length));
      if (found !== null) return found;
    }
  return null;
}

function keyBetween(plain: Buffer, sealed: Buffer): ShortKey | null {
  const mixed = Array.from(plain, (byte, at) => byte ^ (sealed[at] ?? 0));
  const key = repeated(mixed);
  if (key !== null)
    return {
      kind: 'bytes',
      key: Buffer.from(key)
        .toString('hex')
        .replace(/..(?=.)/g, '$& '),
      length: key.length,
    };
  const moved = lettersMoved(plain, sealed);
  const word = moved === null ? null : repeated(moved);
  return word === null
    ? null
    : { kind: 'letters', key: String.fromCharCode(...word.map((by) => 65 + by)), length: word.length };
}

/** The shortest part of which all is a repetition. null where there is none, or where nothing is changed at all. */
function repeated(values: readonly number[]): readonly number[] | null {
  for (let length = 1; length <= Math.min(LONGEST_KEY, values.length / LEAST_ROUNDS); length += 1)
    if (values.every((value, at) => value === values[at % length]))
      return values.every((value) => value === 0) ? null : values.slice(0, length);
  return null;
}

/** By how much each letter is moved on in the alphabet. null where it is not only letters that differ. */
function lettersMoved(plain: Buffer, sealed: Buffer): readonly number[] | null {
  const moved: number[] = [];
  for (const [at, byte] of plain.entries()) {
    const [from, to] = [placeOf(byte), placeOf(sealed[at] ?? 0)];
    if (from === null && to === null && byte === sealed[at]) continue;
    if (from === null || to === null) return null;
    moved.push((to - from + LETTERS) % LETTERS);
  }
  return moved;
}

function placeOf(byte: number): number | null {
  const place = (byte | 0x20) - 0x61;
  return place >= 0 && place < LETTERS ? place : null;
}
