/**
 * Decrypts one TLS record: RFC 8446, section 5.2 (TLS 1.3), and RFC 5246, section 6.2.3.3, with RFC 5288, 6655 and 7905
 * (TLS 1.2).
 */
import { createDecipheriv, type CipherGCMTypes } from 'node:crypto';

import type { AeadCipher, Sealing } from '../../eavesdropper/tls/cipher-suites.js';
import type { WriteKey } from './key-schedule.js';

/** What was inside a record. */
export interface Inner {
  /** The kind of content: a content type of TLS. */
  readonly type: number;
  readonly content: Buffer;
  /** Zeros that hide the length. TLS 1.3 allows them. */
  readonly padding: number;
}

export type Aead = Extract<Sealing, { kind: 'aead' }>;

const HEADER_BYTES = 5;
const EXPLICIT_NONCE_BYTES = 8;

/**
 * Decrypts `record`, which includes its header, as number `sequence` under this key. null if its tag does not match.
 *
 * @param version the version of TLS that the record follows.
 */
export function openRecord(
  version: 'TLS 1.2' | 'TLS 1.3',
  aead: Aead,
  key: WriteKey,
  sequence: number,
  record: Buffer,
): Inner | null {
  return version === 'TLS 1.3' ? openNew(aead, key, sequence, record) : openOld(aead, key, sequence, record);
}

function openNew(aead: Aead, { key, iv }: WriteKey, sequence: number, record: Buffer): Inner | null {
  const header = record.subarray(0, HEADER_BYTES);
  const plain = decrypt(aead, key, mixed(iv, sequence), header, record.subarray(HEADER_BYTES));
  if (plain === null) return null;
  let end = plain.length;
  while (end > 0 && plain[end - 1] === 0) end -= 1;
  // A record that contains only zeros has no type. Its receiver refuses it.
  if (end === 0) return null;
  return { type: plain[end - 1] ?? 0, content: plain.subarray(0, end - 1), padding: plain.length - end };
}

function openOld(aead: Aead, { key, iv }: WriteKey, sequence: number, record: Buffer): Inner | null {
  const isExplicit = aead.cipher !== 'chacha20-poly1305';
  const start = HEADER_BYTES + (isExplicit ? EXPLICIT_NONCE_BYTES : 0);
  const length = record.length - start - aead.tagBytes;
  if (length < 0) return null;
  const nonce = isExplicit ? Buffer.concat([iv, record.subarray(HEADER_BYTES, start)]) : mixed(iv, sequence);
  const additional = Buffer.alloc(8 + HEADER_BYTES);
  additional.writeBigUInt64BE(BigInt(sequence));
  record.copy(additional, 8, 0, HEADER_BYTES);
  additional.writeUInt16BE(length, 8 + 3);
  const content = decrypt(aead, key, nonce, additional, record.subarray(start));
  return content === null ? null : { type: record[0] ?? 0, content, padding: 0 };
}

/** The record's number, padded with zeros in front, XORed with the side's IV. */
function mixed(iv: Buffer, sequence: number): Buffer {
  const nonce = Buffer.from(iv);
  const at = nonce.length - 8;
  nonce.writeBigUInt64BE(nonce.readBigUInt64BE(at) ^ BigInt(sequence), at);
  return nonce;
}

function decrypt(aead: Aead, key: Buffer, nonce: Buffer, additional: Buffer, sealed: Buffer): Buffer | null {
  const end = sealed.length - aead.tagBytes;
  if (end < 0) return null;
  const decipher = createDecipheriv(nodeName(aead.cipher), key, nonce, { authTagLength: aead.tagBytes });
  try {
    decipher.setAuthTag(sealed.subarray(end));
    // CCM needs the length before it starts.
    decipher.setAAD(additional, { plaintextLength: end });
    const plain = decipher.update(sealed.subarray(0, end));
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return null;
  }
}

/** All these ciphers are used in the same way. The types of node:crypto describe only that of GCM. */
function nodeName(cipher: AeadCipher): CipherGCMTypes {
  return cipher as CipherGCMTypes;
}
