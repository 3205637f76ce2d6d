/**
 * Fernet, checked strictly: https://github.com/fernet/spec/blob/master/Spec.md
 *
 * A Fernet key has 32 bytes, but that does not make it a 256-bit cipher. The first 16 bytes sign (HMAC-SHA256). The
 * last 16 bytes encrypt (AES-128 in CBC mode). The sender encrypts first and then signs, so the receiver checks the
 * signature before it decrypts.
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

/** How many seconds a token's time may be in the future. The spec gives this number. */
const MAX_CLOCK_SKEW = 60;

const IVS_AT_ONCE = 256;

/** The token is damaged, forged, made with another key, too old, or from the future. */
export class InvalidTokenError extends Error {
  override readonly name = 'InvalidTokenError';
  /** @param isForged whether the signature is wrong (and not, say, the age). */
  constructor(
    message: string,
    readonly isForged = false,
  ) {
    super(message);
  }
}

export interface EncryptOptions {
  /** Seconds since the Unix epoch. A fraction is rounded down, so that the token's time is never in the future. */
  readonly now: number;
  /** 16 bytes. Never use the same IV twice with one key. Set it only to reproduce known tokens. */
  readonly iv?: Uint8Array;
}

export interface DecryptOptions {
  /** Seconds since the Unix epoch. */
  readonly now: number;
  /** How many seconds a token stays valid. If absent, it stays valid forever. */
  readonly ttl?: number;
}

/** Encrypts and decrypts with one Fernet key. */
export class Fernet {
  readonly #signing: KeyObject;
  readonly #encryption: KeyObject;

  /** @throws RangeError if the key does not have 32 bytes. */
  constructor(key: Uint8Array) {
    if (key.length !== FERNET_KEY_BYTES) {
      throw new RangeError(`Cannot use the Fernet key: it has ${key.length} bytes instead of ${FERNET_KEY_BYTES}`);
    }
    this.#signing = createSecretKey(key.subarray(0, 16));
    this.#encryption = createSecretKey(key.subarray(16));
  }

  /** Encrypts `plaintext` into a token. @throws RangeError if the IV does not have 16 bytes. */
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
   * Checks `token` and returns its plaintext.
   *
   * @throws InvalidTokenError with the reason. The reason is for the person at this end only; do not send it to the
   * other side.
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
 * One call for random bytes is slow, however few bytes it asks for. So we ask for many IVs at a time, and hand out each
 * one once.
 */
let unusedIvs = Buffer.alloc(0);

function freshIv(): Buffer {
  if (unusedIvs.length === 0) unusedIvs = randomBytes(IVS_AT_ONCE * IV_BYTES);
  const iv = unusedIvs.subarray(0, IV_BYTES);
  unusedIvs = unusedIvs.subarray(IV_BYTES);
  return iv;
}
