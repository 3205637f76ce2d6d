/**
 * Text that is mixed with a key, which is repeated as often as needed. That is no good cipher: with a wrong key that
 * has small letters too, letters stay letters. So the proof is another one than in `evidence.ts`. Each byte of the key
 * is changed into each other that it could be, and the texts that come out are put in order by how much they are like
 * text. The evidence is how often the byte that crossed comes first:
 *
 *     key that crossed      t   u   l   i   p   …
 *     its place among 32    1   1   2   1   1   …     each first place is one of 32: 3.5
 */
import { isWhollyText } from '../../eavesdropper/chat/sealed-units.js';

/** So much evidence makes a key certain: an accident in 10^8 trials, and only some ten words are tried. */
export const ENOUGH_OF_XOR = 20;
/** A shorter key cannot come to that. */
const LEAST_KEY = 6;
/** So many bytes for each byte of the key are compared at most. */
const MOST_COMPARED = 64;

const LETTERS = ' etaoinsrhldcumfpgwybvkxjqz';
const SCORES = new Float64Array(256).fill(-6, 0, 0x20).fill(-1, 0x20, 0x7f).fill(-6, 0x7f, 0x80).fill(-3, 0x80);
for (const byte of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ.,!?\n')) SCORES[byte] = 0.5;
for (const [index, byte] of Buffer.from(LETTERS).entries()) SCORES[byte] = 3.5 - index / 10;

export function xored(key: Buffer, bytes: Buffer): Buffer {
  const mixed = Buffer.allocUnsafe(bytes.length);
  for (let at = 0; at < bytes.length; at += 1) mixed[at] = (bytes[at] ?? 0) ^ (key[at % key.length] ?? 0);
  return mixed;
}

/** Whether there are messages, and each of them comes out as text. */
export function comesOutAsText(key: Buffer, messages: readonly Buffer[]): boolean {
  return (
    key.length >= LEAST_KEY && messages.length > 0 && messages.every((message) => isWhollyText(xored(key, message)))
  );
}

/** How sure it is that `key` was mixed with these messages, which come out as text. */
export function evidenceOfXor(key: Buffer, messages: readonly Buffer[]): number {
  const longest = Math.max(0, ...messages.map(({ length }) => length));
  // A key of random bytes that is not repeated: with a wrong one, few messages would be text.
  if (key.length >= longest && isRandom(key)) return NATS_PER_BYTE * longest;
  const others = key.every((byte) => byte < 0x80) ? 32 : 256;
  const different = [...new Map(messages.map((message) => [message.toString('latin1'), message])).values()];
  let [evidence, firsts] = [0, 0];
  for (let place = 0; place < key.length; place += 1) {
    const mixed = bytesAt(place, key.length, different);
    const own = scoreOf(mixed, key[place] ?? 0);
    let asGood = 0;
    for (let change = 0; change < others; change += 1)
      if (scoreOf(mixed, (key[place] ?? 0) ^ change) >= own) asGood += 1;
    evidence += Math.log(others / asGood);
    if (asGood === 1) firsts += 1;
  }
  // A key that is nearly the right one makes nearly a text, but is nowhere the best.
  return 2 * firsts >= key.length ? evidence : 0;
}

/** Two bytes in five are printed characters. */
const NATS_PER_BYTE = 0.9;
const LEAST_RANDOM = 0.25;

/** Half of random bytes are above ASCII. */
function isRandom(key: Buffer): boolean {
  return key.filter((byte) => byte >= 0x80).length >= LEAST_RANDOM * key.length;
}

/** What was mixed with the byte of the key at `place`. */
function bytesAt(place: number, length: number, messages: readonly Buffer[]): readonly number[] {
  const found: number[] = [];
  for (const message of messages)
    for (let at = place; at < message.length && found.length < MOST_COMPARED; at += length)
      found.push(message[at] ?? 0);
  return found;
}

function scoreOf(mixed: readonly number[], byte: number): number {
  return mixed.reduce((sum, each) => sum + (SCORES[each ^ byte] ?? 0), 0);
}
