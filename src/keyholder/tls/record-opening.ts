/**
 * One sealed record of TLS, opened: RFC 8446, section 5.2 (TLS 1.3), and RFC 5246, section 6.2.3.3, with RFC 5288,
 * 6655 and 7905 (TLS 1.2).
 */
import { createDecipheriv, type CipherGCMTypes } from 'node:crypto';

import type { AeadCipher, Sealing } from '../../eavesdropper/tls/cipher-suites.js';
import type { WriteKey } from './key-schedule.js';

/** What was inside a record. */
export interface Inner {
  /** Of what kind the content is: a content type of TLS. */
  readonly type: number;
  readonly content: Buffer;
  /** Zeros that hide the length, which TLS 1.3 allows. */
  readonly padding: number;
}

export type Aead = Extract<Sealing, { kind: 'aead' }>;

const HEADER_BYTES = 5;
const EXPLICIT_NONCE_BYTES = 8;

/**
 * Opens `record`, header and all, as the one with number `sequence` under this key; null where its tag does not fit.
 *
 * @param version whose way of sealing it is.
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
  // A record of nothing but zeros has no type: its receiver refuses it.
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

/** The record's number, with zeros before it, laid over the side's own bytes. */
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
    // CCM has to know the length before it begins.
    decipher.setAAD(additional, { plaintextLength: end });
    const plain = decipher.update(sealed.subarray(0, end));
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return null;
  }
}

/** All of them are opened in the same way; the types of node:crypto know that of GCM alone. */
function nodeName(cipher: AeadCipher): CipherGCMTypes {
  return cipher as CipherGCMTypes;
}
