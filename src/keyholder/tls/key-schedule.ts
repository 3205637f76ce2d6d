/**
 * Computes the keys of the records from a secret of the key log: TLS 1.3 (RFC 8446, sections 7.1 to 7.3) and TLS 1.2
 * (RFC 5246, sections 5 and 6.3). It uses only node:crypto's HMAC, so that a reader can repeat each step.
 */
import { createHmac } from 'node:crypto';

import type { AeadCipher } from '../../eavesdropper/tls/cipher-suites.js';

export type Hash = 'sha256' | 'sha384';

export const HASH_BYTES: Readonly<Record<Hash, number>> = { sha256: 32, sha384: 48 };

const KEY_BYTES: Readonly<Record<AeadCipher, number>> = {
  'aes-128-gcm': 16,
  'aes-256-gcm': 32,
  'aes-128-ccm': 16,
  'aes-256-ccm': 32,
  'chacha20-poly1305': 32,
};
/** The length of the nonce, the same for all these ciphers. */
const NONCE_BYTES = 12;
/** GCM and CCM in TLS 1.2: 4 bytes of the nonce are secret, and 8 are in the record (RFC 5288, section 3). */
const IMPLICIT_NONCE_BYTES = 4;

/** The key and IV with which one side encrypts its records. `iv`: 12 bytes, or the 4 that are secret. */
export interface WriteKey {
  readonly key: Buffer;
  readonly iv: Buffer;
}

/** HKDF-Expand-Label (section 7.1), without a context. */
function expandLabel(hash: Hash, secret: Buffer, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.of(length >> 8, length & 0xff, name.length), name, Buffer.of(0)]);
  const pieces: Buffer[] = [];
  let last = Buffer.alloc(0);
  for (let count = 1, made = 0; made < length; count += 1, made += last.length) {
    last = createHmac(hash, secret).update(last).update(info).update(Buffer.of(count)).digest();
    pieces.push(last);
  }
  return Buffer.concat(pieces).subarray(0, length);
}

/** Section 7.3. */
export function trafficKey(hash: Hash, cipher: AeadCipher, secret: Buffer): WriteKey {
  return {
    key: expandLabel(hash, secret, 'key', KEY_BYTES[cipher]),
    iv: expandLabel(hash, secret, 'iv', NONCE_BYTES),
  };
}

/** Section 7.2: the side's secret after a KeyUpdate. */
export function nextSecret(hash: Hash, secret: Buffer): Buffer {
  return expandLabel(hash, secret, 'traffic upd', HASH_BYTES[hash]);
}

/** TLS 1.2: the keys of both sides. `master`: the master secret, 48 bytes. The randoms are those of the hellos. */
export function keyBlock(
  hash: Hash,
  cipher: AeadCipher,
  master: Buffer,
  randoms: { readonly client: Buffer; readonly server: Buffer },
): { readonly client: WriteKey; readonly server: WriteKey } {
  const keyBytes = KEY_BYTES[cipher];
  const ivBytes = cipher === 'chacha20-poly1305' ? NONCE_BYTES : IMPLICIT_NONCE_BYTES;
  const seed = Buffer.concat([Buffer.from('key expansion'), randoms.server, randoms.client]);
  const block = pseudoRandom(hash, master, seed, 2 * (keyBytes + ivBytes));
  const ivs = 2 * keyBytes;
  return {
    client: { key: block.subarray(0, keyBytes), iv: block.subarray(ivs, ivs + ivBytes) },
    server: { key: block.subarray(keyBytes, ivs), iv: block.subarray(ivs + ivBytes) },
  };
}

/** P_hash (RFC 5246, section 5). */
function pseudoRandom(hash: Hash, secret: Buffer, seed: Buffer, length: number): Buffer {
  const pieces: Buffer[] = [];
  let a = seed;
  for (let made = 0; made < length; made += HASH_BYTES[hash]) {
    a = createHmac(hash, secret).update(a).digest();
    pieces.push(createHmac(hash, secret).update(a).update(seed).digest());
  }
  return Buffer.concat(pieces).subarray(0, length);
}
