/**
 * The fields of a Fernet token. Anyone can read them without a key.
 *
 *      offset   0        1              9              25              length-32       length
 *               | 0x80   | timestamp    | IV           | ciphertext     | HMAC         |
 *               | 1 byte | 8 bytes, BE  | 16 bytes     | 16 bytes × n   | 32 bytes     |
 *               |<------------------- signed by the HMAC -------------->|
 *
 * A token is written as base64url with padding. Encrypting and decrypting need the key; `crypto/` does that.
 */
import { formatBase64, parseBase64 } from '../bytes/base64.js';

export const TOKEN_VERSION = 0x80;
export const IV_BYTES = 16;
export const BLOCK_BYTES = 16;
const HMAC_BYTES = 32;

const TIMESTAMP_AT = 1;
const IV_AT = 9;
const CIPHERTEXT_AT = 25;
const BYTES_AROUND = CIPHERTEXT_AT + HMAC_BYTES;

export interface Token {
  /** Seconds since the Unix epoch. */
  readonly timestamp: number;
  /** 16 bytes. */
  readonly iv: Buffer;
  /** One or more blocks of 16 bytes. */
  readonly ciphertext: Buffer;
}

export interface SignedToken extends Token {
  /** The bytes that the HMAC covers: everything before the HMAC. */
  readonly signed: Buffer;
  /** 32 bytes. */
  readonly hmac: Buffer;
}

/** The text is not a Fernet token under any key. */
export class TokenFormatError extends Error {
  override readonly name = 'TokenFormatError';
}

/** @throws TokenFormatError if the text is not strict base64url or its fields have the wrong lengths. */
export function parseToken(text: string): SignedToken {
  const bytes = parseBase64(text, 'base64url');
  if (bytes === null) throw new TokenFormatError('the token is not strict base64url');
  if (bytes[0] !== TOKEN_VERSION) throw new TokenFormatError('the token does not begin with the version byte 0x80');
  const ciphertextBytes = bytes.length - BYTES_AROUND;
  if (ciphertextBytes < 0) throw new TokenFormatError('the token is too short');
  if (ciphertextBytes === 0 || ciphertextBytes % BLOCK_BYTES !== 0) {
    throw new TokenFormatError('the ciphertext is not made of whole 16-byte blocks');
  }
  const timestamp = bytes.readBigUInt64BE(TIMESTAMP_AT);
  if (timestamp > BigInt(Number.MAX_SAFE_INTEGER)) throw new TokenFormatError('the timestamp is out of range');
  const hmacAt = bytes.length - HMAC_BYTES;
  return {
    timestamp: Number(timestamp),
    iv: bytes.subarray(IV_AT, CIPHERTEXT_AT),
    ciphertext: bytes.subarray(CIPHERTEXT_AT, hmacAt),
    signed: bytes.subarray(0, hmacAt),
    hmac: bytes.subarray(hmacAt),
  };
}

/** The bytes that the HMAC must cover. */
export function signedPart({ timestamp, iv, ciphertext }: Token): Buffer {
  const head = Buffer.alloc(IV_AT);
  head[0] = TOKEN_VERSION;
  head.writeBigUInt64BE(BigInt(timestamp), TIMESTAMP_AT);
  return Buffer.concat([head, iv, ciphertext]);
}

/** The token's text, from the signed bytes and their HMAC. */
export function formatToken(signed: Uint8Array, hmac: Uint8Array): string {
  return formatBase64(Buffer.concat([signed, hmac]), 'base64url');
}

/**
 * The shortest and longest text, in bytes, that `ciphertextBytes` can hold. PKCS#7 (RFC 5652, section 6.3) adds 1 to 16
 * bytes to fill the last block, so a listener knows the length up to a step of 16.
 */
export function textBytesWithin(ciphertextBytes: number): { readonly least: number; readonly most: number } {
  return { least: ciphertextBytes - BLOCK_BYTES, most: ciphertextBytes - 1 };
}
