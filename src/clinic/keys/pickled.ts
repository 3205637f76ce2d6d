/**
 * The numbers, bytes and texts in a pickle, the form in which Python writes its values (PEP 307 and 3154). Nothing of
 * it is carried out: only the usual signs are known, and with any other it counts as no pickle.
 */
import { numberIn } from '../../bytes/modular.js';

export type Pickled = { readonly start: number; readonly length: number } & (
  | {
      readonly kind: 'number';
      readonly number: bigint;
      /** Another number in its place. null if it takes more room. */
      readonly write: (number: bigint) => Buffer | null;
    }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
);

const PROTOCOL = 0x80;
/** By their sign: how many bytes follow that say nothing to us. */
const SKIPPED: ReadonlyMap<number, number> = new Map([
  ...Array.from('(.NRatlu}]e)sbo', (sign) => [sign.charCodeAt(0), 0] as const),
  ...[0x85, 0x86, 0x87, 0x88, 0x89, 0x8f, 0x90, 0x93, 0x94].map((sign) => [sign, 0] as const),
  ...Array.from('qh', (sign) => [sign.charCodeAt(0), 1] as const),
  ...Array.from('rj', (sign) => [sign.charCodeAt(0), 4] as const),
  [0x95, 8],
]);
/** By their sign: the bytes of a number that is not negative, least significant first. */
const NUMBERS: ReadonlyMap<number, number> = new Map([
  ['K'.charCodeAt(0), 1],
  ['M'.charCodeAt(0), 2],
  ['J'.charCodeAt(0), 4],
]);
const LONG = 0x8a;
/** By their sign: how many bytes say how many bytes of content follow. */
const CONTENTS: ReadonlyMap<number, number> = new Map([
  [0x8c, 1],
  ['C'.charCodeAt(0), 1],
  ['U'.charCodeAt(0), 1],
  ['X'.charCodeAt(0), 4],
  ['B'.charCodeAt(0), 4],
  ['T'.charCodeAt(0), 4],
]);

/** null if it is no pickle that we can read. */
export function pickledIn(piece: Buffer): readonly Pickled[] | null {
  if (piece[0] !== PROTOCOL || (piece[1] ?? 0xff) > 5) return null;
  const found: Pickled[] = [];
  for (let at = 2; at < piece.length;) {
    const sign = piece[at] ?? 0;
    at += 1;
    const skipped = SKIPPED.get(sign);
    if (skipped !== undefined) {
      at += skipped;
      continue;
    }
    const sizes = CONTENTS.get(sign);
    const size = NUMBERS.get(sign) ?? (sign === LONG ? (piece[at] ?? 0) : null);
    if (sizes !== undefined && at + sizes <= piece.length) {
      const length = piece.readUIntLE(at, sizes);
      const start = at + sizes;
      found.push({ kind: 'bytes', start, length, bytes: piece.subarray(start, start + length) });
      at = start + length;
    } else if (size !== null) {
      const start = sign === LONG ? at + 1 : at;
      if (start + size > piece.length) return null;
      // One- and two-byte numbers have no sign; the others do.
      found.push(numberAt(piece, start, size, size <= 2 && sign !== LONG));
      at = start + size;
    } else return null;
    if (at > piece.length) return null;
  }
  return found;
}

function numberAt(piece: Buffer, start: number, length: number, isUnsigned: boolean): Pickled {
  const bytes = Buffer.from(piece.subarray(start, start + length)).reverse();
  const number = numberIn(bytes);
  const limit = 1n << BigInt(Math.max(0, 8 * length - (isUnsigned ? 0 : 1)));
  const write = (other: bigint): Buffer | null =>
    other >= limit ? null : Buffer.from(other.toString(16).padStart(2 * length, '0'), 'hex').reverse();
  return { kind: 'number', start, length, number, write };
}
