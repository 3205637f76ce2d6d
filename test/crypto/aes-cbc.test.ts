import { createCipheriv, createDecipheriv } from 'node:crypto';

import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { Aes128Cbc } from '../../src/crypto/aes-cbc.js';

// NIST SP 800-38A, sections F.2.1 and F.2.2.
const KEY = Buffer.from('2b7e151628aed2a6abf7158809cf4f3c', 'hex');
const IV = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
const PLAINTEXT = Buffer.from('6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710', 'hex');
const CIPHERTEXT = '7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b273bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7';

test("the standard's vector, at any place of a long chat", () => {
  const aes = new Aes128Cbc(KEY);
  for (let count = 0; count < 3; count += 1) {
    const ciphertext = aes.encrypt(IV, PLAINTEXT);
    expect(ciphertext.subarray(0, PLAINTEXT.length).toString('hex')).toBe(CIPHERTEXT);
    expect(aes.decrypt(IV, ciphertext)).toEqual(PLAINTEXT);
  }
});

test('what node:crypto makes with a cipher for each text, and opens', () => {
  const aes = new Aes128Cbc(KEY);
  const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
  fc.assert(
    fc.property(bytes(16), fc.uint8Array({ maxLength: 100 }), (iv, plaintext) => {
      const cipher = createCipheriv('aes-128-cbc', KEY, iv);
      const expected = Buffer.concat([cipher.update(plaintext), cipher.final()]);
      expect(aes.encrypt(iv, plaintext)).toEqual(expected);
      expect(aes.decrypt(iv, expected)).toEqual(Buffer.from(plaintext));
    }),
  );
});

test('padding that node:crypto refuses is refused, and the next text is read all the same', () => {
  const aes = new Aes128Cbc(KEY);
  const opened = (ciphertext: Uint8Array): Buffer | null => {
    const decipher = createDecipheriv('aes-128-cbc', KEY, IV);
    try {
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    } catch {
      return null;
    }
  };
  for (let last = 0; last < 256; last += 1) {
    for (const before of [0, 2, last]) {
      const block = Buffer.alloc(16, before);
      block[15] = last;
      const cipher = createCipheriv('aes-128-cbc', KEY, IV).setAutoPadding(false);
      const ciphertext = Buffer.concat([cipher.update(block), cipher.final()]);
      expect(aes.decrypt(IV, ciphertext)).toEqual(opened(ciphertext));
    }
  }
});
