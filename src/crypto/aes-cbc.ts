/**
 * AES-128 in CBC mode (NIST SP 800-38A, section 6.2) with PKCS #7 padding (RFC 5652, section 6.3), for many texts under one
 * key.
 *
 * To make a cipher of node:crypto takes several times as long as to encrypt a message with it. So one is kept for each way,
 * and as it always goes on from the block before, the chain is begun anew by hand:
 *
 *     encrypting   the cipher adds its last ciphertext block to the first block; adding the same again takes it out
 *     decrypting   the IV goes ahead as a ciphertext block of its own, and what becomes of it is thrown away
 */
import { createCipheriv, createDecipheriv, type Cipher, type Decipher } from 'node:crypto';

import { BLOCK_BYTES } from '../protocol/token.js';

const ALGORITHM = 'aes-128-cbc';

export class Aes128Cbc {
  readonly #cipher: Cipher;
  readonly #decipher: Decipher;
  /** What the cipher will add to the next block. */
  #last = Buffer.alloc(BLOCK_BYTES);

  /** @param key 16 bytes. */
  constructor(key: Uint8Array) {
    this.#cipher = createCipheriv(ALGORITHM, key, this.#last).setAutoPadding(false);
    this.#decipher = createDecipheriv(ALGORITHM, key, this.#last).setAutoPadding(false);
  }

  /** @param iv 16 bytes, never twice the same under one key. */
  encrypt(iv: Uint8Array, plaintext: Uint8Array): Buffer {
    const padding = BLOCK_BYTES - (plaintext.length % BLOCK_BYTES);
    const blocks = Buffer.alloc(plaintext.length + padding, padding);
    blocks.set(plaintext);
    add(blocks, iv);
    add(blocks, this.#last);
    const ciphertext = this.#cipher.update(blocks);
    this.#last = Buffer.from(ciphertext.subarray(-BLOCK_BYTES));
    return ciphertext;
  }

  /**
   * The plaintext, or null where its padding is wrong. Tells by its time where, so only what is known to be genuine may come
   * here.
   *
   * @param ciphertext one or more whole blocks.
   */
  decrypt(iv: Uint8Array, ciphertext: Uint8Array): Buffer | null {
    const blocks = this.#decipher.update(Buffer.concat([iv, ciphertext])).subarray(BLOCK_BYTES);
    const padding = blocks.at(-1) ?? 0;
    if (padding === 0 || padding > BLOCK_BYTES) return null;
    return blocks.subarray(-padding).every((byte) => byte === padding) ? blocks.subarray(0, -padding) : null;
  }
}

/** Bit by bit and without carry, into the first bytes of `block`. */
function add(block: Buffer, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += 1) block[at] = (block[at] ?? 0) ^ (bytes[at] ?? 0);
}
