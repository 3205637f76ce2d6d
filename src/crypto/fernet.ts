/**
 * Fernet, strictly: https://github.com/fernet/spec/blob/master/Spec.md
 *
 * A Fernet key is 32 bytes, and no 256-bit cipher follows from that: the first 16 sign (HMAC-SHA256), the last 16
 * encrypt (AES-128 in CBC mode). A token is signed after it is encrypted, so it is checked before anything is
 * decrypted.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';

import {
  IV_BYTES,
  TokenFormatError,
  formatToken,
  parseToken,
  signedPart,
  type SignedToken,
} from '../protocol/token.js';

export const FERNET_KEY_BYTES = 32;

const CIPHER = 'aes-128-cbc';

/** Seconds that a token's clock may be ahead of ours: the spec's own allowance. */
const MAX_CLOCK_SKEW = 60;

const IVS_AT_ONCE = 256;

/** The token is damaged, forged, made with another key, or not of this time. */
export class InvalidTokenError extends Error {
  override readonly name = 'InvalidTokenError';
  /** @param isForged whether it is the signature that does not fit. */
  constructor(
    message: string,
    readonly isForged = false,
  ) {
    super(message);
  }
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

/** A Fernet key, at work. */
export class Fernet {
  readonly #signing: KeyObject;
  readonly #encryption: KeyObject;

  /** @throws RangeError where the key has another length than 32 bytes. */
  constructor(key: Uint8Array) {
    if (key.length !== FERNET_KEY_BYTES) {
      throw new RangeError(`Cannot use the Fernet key: it has ${key.length} bytes instead of ${FERNET_KEY_BYTES}`);
    }
    this.#signing = createSecretKey(key.subarray(0, 16));
    this.#encryption = createSecretKey(key.subarray(16));
  }

  /** A token of `plaintext`. @throws RangeError where the IV has another length than 16 bytes. */
  encrypt(plaintext: Uint8Array, options: EncryptOptions): string {
    const iv = options.iv === undefined ? freshIv() : Buffer.from(options.iv);
    if (iv.length !== IV_BYTES)
      throw new RangeError(`Cannot encrypt: the IV has ${iv.length} bytes instead of ${IV_BYTES}`);
    const cipher = createCipheriv(CIPHER, this.#encryption, iv);
    const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    const signed = signedPart({ timestamp: Math.floor(options.now), iv, ciphertext });
    return formatToken(signed, this.#sign(signed));
  }

  /**
   * What `token` holds.
   *
   * @throws InvalidTokenError with the reason, for the person at this end; the other side is not to be told which it
   * was.
   */
  decrypt(token: string, { now, ttl }: DecryptOptions): Buffer {
    const { timestamp, iv, ciphertext, signed, hmac } = parse(token);
    if (!timingSafeEqual(this.#sign(signed), hmac))
      throw new InvalidTokenError("the token's signature does not fit", true);
    if (timestamp > now + MAX_CLOCK_SKEW) throw new InvalidTokenError('the token comes from the future');
    if (ttl !== undefined && timestamp + ttl < now) throw new InvalidTokenError('the token is too old');
    const decipher = createDecipheriv(CIPHER, this.#encryption, iv);
    try {
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    } catch {
      throw new InvalidTokenError('the padding inside the token is wrong');
    }
  }

  #sign(signed: Uint8Array): Buffer {
    return createHmac('sha256', this.#signing).update(signed).digest();
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

/**
 * Random bytes are dear by the call, not by the byte: they are had for many IVs at once, and each is handed out once.
 */
let unusedIvs = Buffer.alloc(0);

function freshIv(): Buffer {
  if (unusedIvs.length === 0) unusedIvs = randomBytes(IVS_AT_ONCE * IV_BYTES);
  const iv = unusedIvs.subarray(0, IV_BYTES);
  unusedIvs = unusedIvs.subarray(IV_BYTES);
  return iv;
}
