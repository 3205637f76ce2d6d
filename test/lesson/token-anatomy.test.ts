import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hexRows, tokenFields } from '../../src/lesson/token-anatomy.js';
import { formatToken } from '../../src/protocol/token.js';

/** The token of the Fernet spec's generate.json, whose IV counts from 0 and whose text is `hello`. */
const SPEC = 'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';

test('the spec’s token, row by row', () => {
  expect(hexRows(tokenFields(SPEC))).toEqual([
    '     0  80                                               version',
    '     1  00 00 00 00 1d c0 9e b0                          time',
    '     9  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f  IV',
    '    25  2d 36 d5 ca 46 55 62 99 fd e1 30 08 63 38 04 b2  ciphertext',
    '    41  c5 ff 90 95 f5 d3 8f 9a b8 6e 55 43 e0 26 86 f0  HMAC',
    '    57  3b 3e c9 71 b9 ab 47 ae 23 56 6a 54 e0 8c 2a 0c',
  ]);
  expect(tokenFields(SPEC)[1]!.meaning).toBe('499162800 s after 1970: 1985-10-26 08:20:00 UTC');
});

test('the fields are all of the token’s bytes, in their order, without a gap', () => {
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
