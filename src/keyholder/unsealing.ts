/**
 * Decrypts step by step, for anyone who has a key: a token with the session key, the envelope with the RSA private key.
 * `opening.ts` says whether a message is genuine. This file shows the bytes of each step.
 *
 * It uses node:crypto's basic functions, so that a reader can repeat each step.
 */
import { constants, createDecipheriv, createHash, createHmac, privateDecrypt } from 'node:crypto';

import type { Algorithm, Covers } from '../protocol/integrity.js';
import { parseToken } from '../protocol/token.js';
import type { Side } from '../protocol/side.js';

/** The parts of the session key: bytes 0–15 sign the token, 16–31 encrypt it, 32–63 make the check. */
export interface KeyParts {
  readonly signing: Buffer;
  readonly encryption: Buffer;
  readonly check: Buffer;
}

/** `sessionKey`: 64 bytes. */
export function keyParts(sessionKey: Buffer): KeyParts {
  return {
    signing: sessionKey.subarray(0, 16),
    encryption: sessionKey.subarray(16, 32),
    check: sessionKey.subarray(32, 64),
  };
}

export interface UnsealedToken {
  /** The HMAC in the token, and the one computed over the bytes before it. */
  readonly hmac: Buffer;
  readonly computed: Buffer;
  /** The decrypted blocks, padding included. */
  readonly padded: Buffer;
  readonly text: Buffer;
  readonly padding: Buffer;
}

/** null if the HMAC or the padding is wrong. @throws TokenFormatError if `token` is not a token. */
export function unsealToken(token: string, { signing, encryption }: KeyParts): UnsealedToken | null {
  const { signed, hmac, iv, ciphertext } = parseToken(token);
  const computed = createHmac('sha256', signing).update(signed).digest();
  if (!computed.equals(hmac)) return null;
  const decipher = createDecipheriv('aes-128-cbc', encryption, iv).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  const count = padded.at(-1) ?? 0;
  const padding = padded.subarray(padded.length - count);
  if (count < 1 || count > 16 || !padding.every((byte) => byte === count)) return null;
  return { hmac, computed, padded, text: padded.subarray(0, padded.length - count), padding };
}

/** The bytes that a message's check covers. `count`: the number of messages that its sender sent before it. */
export function checkedText(covers: Covers, side: Side, count: number, token: string): string {
  return COVERED[covers](`${side} ${count}`, token);
}

const COVERED: Readonly<Record<Covers, (place: string, token: string) => string>> = {
  token: (_, token) => token,
  'place and token': (place, token) => `${place} ${token}`,
};

/** The check of these bytes, 32 bytes: a hash, which anyone can compute, or an HMAC, which needs the key. */
export function checkBy(algorithm: Algorithm, covered: string, { check }: KeyParts): Buffer {
  return COMPUTED[algorithm](covered, check);
}

const COMPUTED: Readonly<Record<Algorithm, (covered: string, key: Buffer) => Buffer>> = {
  'SHA-256': hashOf,
  'HMAC-SHA256': (covered, key) => createHmac('sha256', key).update(covered).digest(),
};

export function hashOf(covered: string): Buffer {
  return createHash('sha256').update(covered).digest();
}

/** RSAES-OAEP with SHA-256, undone in the order of RFC 8017, section 7.1.2. */
export interface UnsealedEnvelope {
  /** The result of RSA itself: as many bytes as the modulus has. */
  readonly encoded: Buffer;
  readonly maskedSeed: Buffer;
  readonly maskedBlock: Buffer;
  readonly seed: Buffer;
  readonly block: Buffer;
  /** The block's parts: the hash of the empty label, zeros and a one, the message. */
  readonly labelHash: Buffer;
  readonly zeros: Buffer;
  readonly message: Buffer;
}

const HASH_BYTES = 32;

/** null if it is another key, or if the envelope is damaged. @throws Error if `pem` is not a private key. */
export function unsealEnvelope(envelope: Buffer, pem: string): UnsealedEnvelope | null {
  const encoded = privateDecrypt({ key: pem, padding: constants.RSA_NO_PADDING }, envelope);
  const maskedSeed = encoded.subarray(1, 1 + HASH_BYTES);
  const maskedBlock = encoded.subarray(1 + HASH_BYTES);
  const seed = xor(maskedSeed, maskFrom(maskedBlock, HASH_BYTES));
  const block = xor(maskedBlock, maskFrom(seed, maskedBlock.length));
  const labelHash = block.subarray(0, HASH_BYTES);
  const oneAt = block.indexOf(1, HASH_BYTES);
  if (encoded[0] !== 0 || !labelHash.equals(createHash('sha256').digest()) || oneAt === -1) return null;
  const zeros = block.subarray(HASH_BYTES, oneAt);
  if (zeros.some((byte) => byte !== 0)) return null;
  return { encoded, maskedSeed, maskedBlock, seed, block, labelHash, zeros, message: block.subarray(oneAt + 1) };
}

/** MGF1 with SHA-256 (RFC 8017, appendix B.2.1). */
function maskFrom(seed: Buffer, length: number): Buffer {
  const pieces = Array.from({ length: Math.ceil(length / HASH_BYTES) }, (_, counter) => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return createHash('sha256').update(seed).update(count).digest();
  });
  return Buffer.concat(pieces).subarray(0, length);
}

function xor(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(one.map((byte, at) => byte ^ (other[at] ?? 0)));
}
