/** base45 (RFC 9285): two bytes as three characters, as in QR codes of certificates. */
import type { Disguise } from './disguise.js';
import { ofWholeLines } from './whole-lines.js';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const VALUE = new Int8Array(256).fill(-1);
for (const [value, byte] of Buffer.from(ALPHABET).entries()) VALUE[byte] = value;

export const BASE45: Disguise<'base45'> = {
  name: 'base45',
  recognised: { within: 'plain', of: ofWholeLines('base45', VALUE, decoded) },
  patterns: () => [],
  madeOf: { only: [Buffer.from(ALPHABET)] },
  ofMessage: (message) => decoded(message),
};

/** null if its length is not one that base45 has, or a group is too large. */
function decoded(bytes: Buffer): Buffer | null {
  const { length } = bytes;
  if (length % 3 === 1) return null;
  const target: number[] = [];
  for (let at = 0; at < length; at += 3) {
    const [first, second] = [VALUE[bytes[at] ?? 0] ?? -1, VALUE[bytes[at + 1] ?? 0] ?? -1];
    const isWhole = at + 2 < length;
    const third = isWhole ? (VALUE[bytes[at + 2] ?? 0] ?? -1) : 0;
    const value = first + 45 * second + 2025 * third;
    if (first < 0 || second < 0 || third < 0 || value > (isWhole ? 0xffff : 0xff)) return null;
    if (isWhole) target.push(value >> 8);
    target.push(value & 0xff);
  }
  return Buffer.from(target);
}
