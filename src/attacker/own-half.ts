/**
 * Our own half of a key agreement, in the place of somebody else’s: whoever takes it has a secret with us, and not with
 * the person they believe to talk to.
 */
import {
  createECDH,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

import { bitsOf, bytesOfNumber, numberIn, power } from '../bytes/modular.js';
import type { Curve, Group } from './key-agreement.js';

/** Names of OpenSSL. */
const ECDH: Readonly<Partial<Record<Curve, string>>> = {
  'P-256': 'prime256v1',
  'P-384': 'secp384r1',
  'P-521': 'secp521r1',
  secp256k1: 'secp256k1',
};

export interface OwnPoint {
  /** In the form in which the other one is. */
  readonly point: Buffer;
  /** null if theirs is not a point of the curve. */
  readonly secretWith: (theirs: Buffer) => Buffer | null;
}

/** A point of our own, which takes the place of `theirs`. */
export function ownPoint(curve: Curve, theirs: Buffer): OwnPoint {
  const name = ECDH[curve];
  if (name === undefined) return montgomery(curve === 'X448' ? 'X448' : 'X25519');
  const ecdh = createECDH(name);
  ecdh.generateKeys();
  const isWhole = theirs[0] === 4;
  return {
    point: ecdh.getPublicKey(null, isWhole ? 'uncompressed' : 'compressed'),
    secretWith: (point) => quietly(() => ecdh.computeSecret(point)),
  };
}

function montgomery(crv: 'X25519' | 'X448'): OwnPoint {
  const { publicKey, privateKey } = crv === 'X448' ? generateKeyPairSync('x448') : generateKeyPairSync('x25519');
  const keyOf = (point: Buffer): KeyObject =>
    createPublicKey({ key: { kty: 'OKP', crv, x: point.toString('base64url') }, format: 'jwk' });
  return {
    point: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
    secretWith: (point) => quietly(() => diffieHellman({ privateKey, publicKey: keyOf(point) })),
  };
}

export interface OwnNumber {
  readonly number: bigint;
  readonly secretWith: (theirs: bigint) => bigint;
}

/** Our exponent need not be longer: nobody is to find it within the minutes that the chat takes. */
const EXPONENT_BYTES = 32;
const MOST_TRIES = 64;
/** From so many bits on, each try takes milliseconds. */
const SLOW_BITS = 3000;

/**
 * A number of our own for Diffie–Hellman. Where the prime is not known, it is 1: whoever raises 1 to a secret power has
 * 1, so the secret is 1 for everybody.
 *
 * @param fits whether it can be written in the place of theirs. It is tried for, and not promised.
 */
export function ownNumber(group: Group | null, fits: (number: bigint) => boolean): OwnNumber {
  if (group === null) return { number: 1n, secretWith: () => 1n };
  const { p, g } = group;
  let exponent = 1n;
  let number = 1n;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    exponent = (numberIn(randomBytes(EXPONENT_BYTES)) % (p - 3n)) + 2n;
    number = power(g, exponent, p);
    if (number > 1n && number < p - 1n && fits(number)) break;
    // Of a short prime, all powers may be too short.
    if (tries > 8 && bitsOf(p) > SLOW_BITS) break;
  }
  return { number, secretWith: (theirs) => power(theirs, exponent, p) };
}

/** All forms in which programs take a secret number as bytes: as bytes of two lengths, and as text. */
export function formsOfNumber(secret: bigint, group: Group | null): readonly Buffer[] {
  const bytes = bytesOfNumber(secret);
  const padded = group === null ? bytes : bytesOfNumber(secret, bytesOfNumber(group.p).length);
  const hex = secret.toString(16);
  const texts = [secret.toString(), hex, `0x${hex}`, padded.toString('hex'), padded.toString('base64')];
  const all = [...texts.map((text) => Buffer.from(text)), bytes, padded, Buffer.from(bytes).reverse()];
  return [...new Map(all.map((form) => [form.toString('latin1'), form])).values()];
}

/** All forms in which programs take a secret point: its bytes, and as text. */
export function formsOfPoint(secret: Buffer): readonly Buffer[] {
  return [secret, Buffer.from(secret.toString('hex')), Buffer.from(secret.toString('base64'))];
}

function quietly<Result>(action: () => Result): Result | null {
  try {
    return action();
  } catch {
    return null;
  }
}
