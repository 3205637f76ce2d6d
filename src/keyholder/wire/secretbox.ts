/**
 * The secretbox of NaCl and libsodium: XSalsa20 and Poly1305 (D. J. Bernstein, “Extending the Salsa20 nonce”, and “The
 * Poly1305-AES message-authentication code”). OpenSSL has no XSalsa20.
 *
 *     nonce, 24 bytes | tag, 16 bytes | ciphertext
 *
 * The first 16 bytes of the nonce and the key make another key, by HSalsa20; the last 8 are the nonce of Salsa20.
 */
import { timingSafeEqual } from 'node:crypto';
import { uint32LittleEndian } from '../../bytes/integers.js';

const NONCE = 24;
const TAG = 16;
const BLOCK = 64;
/** The first bytes of the stream are the key of Poly1305, and the message is mixed with those behind it. */
const POLY_KEY = 32;

/** The text of `nonce + tag + ciphertext`; null if the tag is not of this key. `key`: 32 bytes. */
export function openedSecretbox(key: Buffer, sealed: Buffer): Buffer | null {
  if (sealed.length <= NONCE + TAG) return null;
  const nonce = sealed.subarray(0, NONCE);
  const ciphertext = sealed.subarray(NONCE + TAG);
  const subkey = hsalsa20(key, nonce.subarray(0, 16));
  const first = salsa20Block(subkey, nonce.subarray(16), 0);
  const tag = poly1305(first.subarray(0, POLY_KEY), ciphertext);
  if (!timingSafeEqual(tag, sealed.subarray(NONCE, NONCE + TAG))) return null;
  const text = Buffer.alloc(ciphertext.length);
  let stream = first;
  for (let at = 0; at < text.length; at += 1) {
    const place = at + POLY_KEY;
    if (place % BLOCK === 0) stream = salsa20Block(subkey, nonce.subarray(16), place / BLOCK);
    text[at] = (ciphertext[at] ?? 0) ^ (stream[place % BLOCK] ?? 0);
  }
  return text;
}

/** “expand 32-byte k”, as four words. */
const CONSTANTS = [0, 4, 8, 12].map((at) => uint32LittleEndian(Buffer.from('expand 32-byte k'), at));

/** The 16 words at the beginning: constants on the diagonal, the key around it, 16 bytes of input in the middle. */
function stateOf(key: Buffer, input: Buffer): Uint32Array {
  const word = (bytes: Buffer, index: number): number => uint32LittleEndian(bytes, 4 * index);
  const [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = CONSTANTS;
  const [k, n] = [(index: number): number => word(key, index), (index: number): number => word(input, index)];
  return Uint32Array.of(c0, k(0), k(1), k(2), k(3), c1, n(0), n(1), n(2), n(3), c2, k(4), k(5), k(6), k(7), c3);
}

/** Each quarter round: the word that changes, the two that are added, and the bits of the turn. */
const COLUMNS = [
  [0, 4, 8, 12],
  [5, 9, 13, 1],
  [10, 14, 2, 6],
  [15, 3, 7, 11],
] as const;
const ROWS = [
  [0, 1, 2, 3],
  [5, 6, 7, 4],
  [10, 11, 8, 9],
  [15, 12, 13, 14],
] as const;
const ROUNDS = 20;

function rounds(state: Uint32Array): Uint32Array {
  const words = Uint32Array.from(state);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const quarter of round % 2 === 0 ? COLUMNS : ROWS) quarterRound(words, quarter);
  return words;
}

function quarterRound(words: Uint32Array, [a, b, c, d]: readonly [number, number, number, number]): void {
  words[b] = (words[b] ?? 0) ^ turned((words[a] ?? 0) + (words[d] ?? 0), 7);
  words[c] = (words[c] ?? 0) ^ turned((words[b] ?? 0) + (words[a] ?? 0), 9);
  words[d] = (words[d] ?? 0) ^ turned((words[c] ?? 0) + (words[b] ?? 0), 13);
  words[a] = (words[a] ?? 0) ^ turned((words[d] ?? 0) + (words[c] ?? 0), 18);
}

function turned(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function bytesOf(words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * words.length);
  for (const [index, word] of words.entries()) bytes.writeUInt32LE(word >>> 0, 4 * index);
  return bytes;
}

function hsalsa20(key: Buffer, input: Buffer): Buffer {
  const words = rounds(stateOf(key, input));
  return bytesOf([0, 5, 10, 15, 6, 7, 8, 9].map((index) => words[index] ?? 0));
}

function salsa20Block(key: Buffer, nonce: Buffer, count: number): Buffer {
  const counter = Buffer.alloc(8);
  counter.writeUInt32LE(count);
  const state = stateOf(key, Buffer.concat([nonce, counter]));
  const words = rounds(state);
  return bytesOf(Array.from(words, (word, index) => word + (state[index] ?? 0)));
}

const PRIME = (1n << 130n) - 5n;
/** Bits of the key that are always zero. */
const CLAMP = 0x0ffffffc_0ffffffc_0ffffffc_0fffffffn;

function poly1305(key: Buffer, message: Buffer): Buffer {
  const factor = numberOf(key.subarray(0, 16)) & CLAMP;
  let sum = 0n;
  for (let at = 0; at < message.length; at += 16) {
    const block = message.subarray(at, at + 16);
    sum = ((sum + numberOf(block) + (1n << BigInt(8 * block.length))) * factor) % PRIME;
  }
  const tag = (sum + numberOf(key.subarray(16, 32))) & ((1n << 128n) - 1n);
  return Buffer.from(tag.toString(16).padStart(32, '0'), 'hex').reverse();
}

/** Little endian. */
function numberOf(bytes: Buffer): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}
