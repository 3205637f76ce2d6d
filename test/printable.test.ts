import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { printable, printableBytes } from '../src/printable.js';

test.each([
  ['plain text', 'Nice to Meet you', 'Nice to Meet you'],
  ['other scripts and emoji', 'Привет 你好 👩‍💻', 'Привет 你好 👩‍💻'],
  ['an escape sequence', '\x1b[2Jgone', '\\x1b[2Jgone'],
  ['the one-byte form of it', '\u009b2J', '\\x9b2J'],
  ['a line break, a tab, a bell', 'a\r\n\tb\x07', 'a\\x0d\\x0a\\x09b\\x07'],
  ['text that would be shown backwards', 'a\u202ecba', 'a\\u{202e}cba'],
  ['a lone surrogate', 'a\ud800b', 'a\\u{d800}b'],
  ['a backslash', 'C:\\x1b', 'C:\\x1b'],
])('%s', (_, text, shown) => {
  expect(printable(text)).toBe(shown);
});

test.each([
  ['UTF-8', 'c3a9', 'é'],
  ['a byte that begins nothing', '61ff62', 'a\\xffb'],
  ['a sequence that is cut off', '61e282', 'a\\xe2\\x82'],
  ['an overlong form of /', 'c0af', '\\xc0\\xaf'],
  ['good text around bad bytes', 'e282acfee282ac', '€\\xfe€'],
])('bytes: %s', (_, hex, shown) => {
  expect(printableBytes(Buffer.from(hex, 'hex'))).toBe(shown);
});

test('whatever the bytes, no control character is left', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(printableBytes(bytes)).not.toMatch(/\p{Cc}/u);
    }),
  );
});
