/**
 * An RSA key of our own as two numbers, in the place of somebody else’s: for programs that send n and e as numbers, and
 * for keys so small that no library makes them.
 */
import { randomBytes } from 'node:crypto';

import { bitsOf, inverse, isPrime, numberIn, power } from '../bytes/modular.js';
import { StandIn, type Opened } from './stand-in.js';

export interface OwnRsa {
  readonly n: bigint;
  /** Undoes what was raised to the exponent of the true key, modulo our n. */
  readonly lift: (number: bigint) => bigint;
  /** As the true owner would get it: raised to e, modulo the true n. */
  readonly seal: (number: bigint) => bigint;
  /** What was sealed for us with padding. Always null where the key is too small for any. */
  readonly open: (sealed: Buffer) => Opened | null;
}

const MOST_TRIES = 4000;
/** Longer ones are made by OpenSSL, which is faster. */
const MOST_BY_HAND = 512;

/**
 * @param fits whether a number can be written in the place of the true n.
 * @returns null if there is none.
 */
export function ownRsa(n: bigint, e: bigint, fits: (number: bigint) => boolean): OwnRsa | null {
  const seal = (number: bigint): bigint => power(number, e, n);
  if (bitsOf(n) >= MOST_BY_HAND) {
    const standIn = StandIn.for(n, e);
    if (standIn === null) return null;
    return { n: standIn.n, lift: (number) => standIn.lift(number), seal, open: (sealed) => standIn.open(sealed) };
  }
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const bits = bitsOf(n);
    const [p, q] = [primeOf(Math.ceil(bits / 2)), primeOf(Math.floor(bits / 2))];
    const own = p * q;
    const d = inverse(e, (p - 1n) * (q - 1n));
    // A smaller n has no room for what is sealed for the true one.
    if (p === q || d === null || !fits(own) || 2n * own < n) continue;
    return { n: own, lift: (number) => power(number, d, own), seal, open: () => null };
  }
  return null;
}

/** With its first bit set; any prime where there are few. */
function primeOf(bits: number): bigint {
  const size = BigInt(Math.max(2, bits));
  for (;;) {
    const number = (numberIn(randomBytes(Math.ceil(Number(size) / 8))) % (1n << size)) | (1n << (size - 1n)) | 1n;
    if (isPrime(number)) return number;
  }
}
