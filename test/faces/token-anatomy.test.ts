import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { tokenFields } from '../../src/faces/token-anatomy.js';
import { formatToken } from '../../src/protocol/token.js';

/** The token of the Fernet spec's generate.json. Its IV counts up from 0, and its text is `hello`. */
const SPEC = 'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';

test('the spec’s token', () => {
  expect(tokenFields(SPEC).map(({ name, offset, bytes }) => [name, offset, bytes.toString('hex')])).toEqual([
    ['version', 0, '80'],
    ['time', 1, '000000001dc09eb0'],
    ['IV', 9, '000102030405060708090a0b0c0d0e0f'],
    ['ciphertext', 25, '2d36d5ca46556299fde13008633804b2'],
    ['HMAC', 41, 'c5ff9095f5d38f9ab86e5543e02686f03b3ec971b9ab47ae23566a54e08c2a0c'],
  ]);
  expect(tokenFields(SPEC)[1]!.meaning).toBe('499162800 s after 1970: 1985-10-26 08:20:00 UTC');
});

test('the fields cover all bytes of the token, in order and without a gap', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(), (blocks, seed) => {
      const bytes = Buffer.from(Array.from({ length: 25 + 16 * blocks }, (_, at) => (at * 37 + seed) % 256));
      bytes.set([0x80, 0, 0, 0, 0]);
      const hmac = Buffer.alloc(32, seed % 256);
      const fields = tokenFields(formatToken(bytes, hmac));
      expect(Buffer.concat(fields.map((field) => field.bytes))).toEqual(Buffer.concat([bytes, hmac]));
      fields.reduce((at, field) => {
        expect(field.offset).toBe(at);
        return at + field.bytes.length;
      }, 0);
    }),
  );
});
