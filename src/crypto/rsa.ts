/**
 * RSA: a key pair for each chat, and OAEP (RFC 8017, section 7.1) with SHA-256 for the hash and for MGF1, and an empty
 * label. Node's default hash for OAEP is SHA-1, so this file always names the hash.
 */
import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair as generateKeyPairCallback,
  privateDecrypt,
  publicEncrypt,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';

import { RSA_BITS } from '../protocol/frames.js';

const PUBLIC_EXPONENT = 65_537n;
/** NIST SP 800-89, section 5.3.3: a modulus must not share a factor with the product of the primes below 752. */
const SMALL_PRIMES = primesBelow(752);
const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' } as const;

export interface RsaKeyPair {
  /** SPKI DER (RFC 5280, section 4.1.2.7), as sent on the wire. */
  readonly spki: Buffer;
  readonly privateKey: KeyObject;
}

/** This program does not encrypt to the public key that it received. */
export class WeakKeyError extends Error {
  override readonly name = 'WeakKeyError';
}

/** Makes a new key pair. This takes a fraction of a second at 2048 bits and can take many seconds at 8192. */
export async function generateKeyPair(bits: number): Promise<RsaKeyPair> {
  const { publicKey, privateKey } = await promisify(generateKeyPairCallback)('rsa', {
    modulusLength: bits,
    publicExponent: Number(PUBLIC_EXPONENT),
  });
  return { spki: publicKey.export({ type: 'spki', format: 'der' }), privateKey };
}

/** The pair's private key as PEM, PKCS #8. */
export function formatPrivateKey({ privateKey }: RsaKeyPair): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/**
 * Reads the pair that {@link formatPrivateKey} wrote. @throws WeakKeyError if it is not an RSA key that a server would
 * accept.
 */
export function parsePrivateKey(pem: string): RsaKeyPair {
  const privateKey = importPrivateKey(pem);
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  importPublicKey(spki);
  return { spki, privateKey };
}

/**
 * Reads the key in `spki`. It must be RSA, have 2048 to 8192 bits, exponent 65537 and a modulus without small factors,
 * and be encoded in the one canonical way.
 *
 * We do not check more than that. The key belongs to the client, and a client that wants others to read the chat could
 * give them the messages anyway.
 *
 * @throws WeakKeyError whose message says what is wrong with the key.
 */
export function importPublicKey(spki: Buffer): KeyObject {
  const key = parseSpki(spki);
  if (key.asymmetricKeyType !== 'rsa')
    throw new WeakKeyError(`the public key is not an RSA key (${key.asymmetricKeyType ?? '?'})`);
  const { modulusLength = 0, publicExponent } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < RSA_BITS.least || modulusLength > RSA_BITS.most) {
    throw new WeakKeyError(
      `the public key has ${modulusLength} bits, and ${RSA_BITS.least} to ${RSA_BITS.most} are allowed`,
    );
  }
  if (publicExponent !== PUBLIC_EXPONENT) throw new WeakKeyError('the exponent of the public key is not 65537');
  if (!key.export({ type: 'spki', format: 'der' }).equals(spki)) {
    throw new WeakKeyError('the public key is not written as canonical SPKI DER');
  }
  const factor = smallFactor(modulusOf(key));
  if (factor !== null) {
    throw new WeakKeyError(
      `the public key's modulus can be divided by ${factor}, so it is not the product of two large primes`,
    );
  }
  return key;
}

/**
 * Encrypts `secret` so that only the private key can decrypt it. The result is called the envelope.
 *
 * @throws WeakKeyError if OpenSSL cannot compute with this key. The key came over the wire, so the fault is the
 * sender's.
 */
export function wrap(publicKey: KeyObject, secret: Uint8Array): Buffer {
  try {
    return publicEncrypt({ key: publicKey, ...OAEP }, secret);
  } catch {
    throw new WeakKeyError('nothing can be encrypted with the public key');
  }
}

/** Decrypts the envelope. Returns null if it was not made for this key, or is not as long as it (RFC 8017, 7.1.2). */
export function unwrap(privateKey: KeyObject, envelope: Uint8Array): Buffer | null {
  // OpenSSL would also take an envelope without its leading zero bytes, which one in 256 has.
  const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (envelope.length !== Math.ceil(bits / 8)) return null;
  try {
    return privateDecrypt({ key: privateKey, ...OAEP }, envelope);
  } catch {
    return null;
  }
}

/** SHA-256 of the SPKI DER, 64 hex digits. Two people can compare it to check that they mean the same key. */
export function fingerprint(spki: Uint8Array): string {
  return createHash('sha256').update(spki).digest('hex');
}

function importPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new WeakKeyError('the private key is not PEM, or is locked with a passphrase');
  }
}

function parseSpki(spki: Buffer): KeyObject {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch {
    throw new WeakKeyError('the public key is not SPKI DER');
  }
}

function modulusOf(key: KeyObject): bigint {
  const { n = '' } = key.export({ format: 'jwk' });
  return BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`);
}

function smallFactor(modulus: bigint): bigint | null {
  return SMALL_PRIMES.find((prime) => modulus % prime === 0n) ?? null;
}

function primesBelow(limit: number): readonly bigint[] {
  const primes: number[] = [];
  for (let candidate = 2; candidate < limit; candidate += 1) {
    if (!primes.some((prime) => candidate % prime === 0)) primes.push(candidate);
  }
  return primes.map(BigInt);
}
