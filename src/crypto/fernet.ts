/**
 * Fernet, strictly: https://github.com/fernet/spec/blob/master/Spec.md
 *
 * A Fernet key is 32 bytes, and no 256-bit cipher follows from that: the first 16 sign (HMAC-SHA256), the last 16 encrypt
 * (AES-128 in CBC mode). A token is signed after it is encrypted, so it is checked before anything is decrypted.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import { IV_BYTES, TokenFormatError, formatToken, parseToken, signedPart, type SignedToken } from '../protocol/token.js';

export const FERNET_KEY_BYTES = 32;

/** Seconds that a token's clock may be ahead of ours: the spec's own allowance. */
export const MAX_CLOCK_SKEW = 60;

/** The token is damaged, forged, made with another key, or not of this time. */
export class InvalidTokenError extends Error {
  override readonly name = 'InvalidTokenError';
}

export interface EncryptOptions {
  /** Seconds since the Unix epoch; a fraction is cut off, so that no token is from the future. */
  readonly now: number;
  /** 16 bytes, never twice the same under one key. Given only to reproduce known tokens. */
  readonly iv?: Uint8Array;
}

export interface DecryptOptions {
  /** Seconds since the Unix epoch. */
  readonly now: number;
  /** Seconds for which a token is good; without it, for ever. */
  readonly ttl?: number;
}

/** A token of `plaintext` under the 32-byte `key`. @throws RangeError where the key or the IV has another length. */
export function encrypt(key: Uint8Array, plaintext: Uint8Array, options: EncryptOptions): string {
  const { signing, encryption } = splitKey(key);
  const iv = Buffer.from(options.iv ?? randomBytes(IV_BYTES));
  if (iv.length !== IV_BYTES) throw new RangeError(`Cannot encrypt: the IV has ${iv.length} bytes instead of ${IV_BYTES}`);
  const cipher = createCipheriv('aes-128-cbc', encryption, iv);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const signed = signedPart({ timestamp: Math.floor(options.now), iv, ciphertext });
  return formatToken(signed, sign(signing, signed));
}

/**
 * What `token` holds.
 *
 * @throws InvalidTokenError with the reason, for the person at this end; the other side is not to be told which it was.
 * @throws RangeError where the key has another length than 32 bytes.
 */
export function decrypt(key: Uint8Array, token: string, { now, ttl }: DecryptOptions): Buffer {
  const { signing, encryption } = splitKey(key);
  const { timestamp, iv, ciphertext, signed, hmac } = parse(token);
  if (!timingSafeEqual(sign(signing, signed), hmac)) throw new InvalidTokenError("the token's signature does not fit");
  if (timestamp > now + MAX_CLOCK_SKEW) throw new InvalidTokenError('the token comes from the future');
  if (ttl !== undefined && timestamp + ttl < now) throw new InvalidTokenError('the token is too old');
  const decipher = createDecipheriv('aes-128-cbc', encryption, iv);
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch {
    throw new InvalidTokenError('the padding inside the token is wrong');
  }
}

function parse(token: string): SignedToken {
  try {
    return parseToken(token);
  } catch (error) {
    if (error instanceof TokenFormatError) throw new InvalidTokenError(error.message);
    throw error;
  }
}

function splitKey(key: Uint8Array): { signing: Uint8Array; encryption: Uint8Array } {
  if (key.length !== FERNET_KEY_BYTES) {
    throw new RangeError(`Cannot use the Fernet key: it has ${key.length} bytes instead of ${FERNET_KEY_BYTES}`);
  }
  return { signing: key.subarray(0, 16), encryption: key.subarray(16) };
}

function sign(signingKey: Uint8Array, signed: Uint8Array): Buffer {
  return createHmac('sha256', signingKey).update(signed).digest();
}
