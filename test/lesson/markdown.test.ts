import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { block, code } from '../../src/lesson/markdown.js';
import { visibleText } from '../../src/faces/phrases.js';
import { printable } from '../../src/printable.js';
import { HOSTILE, hostileText } from './hostile.js';

test.each([
  ['Nice to Meet you', '`Nice to Meet you`'],
  ['Hello 😀 漢字', '`Hello 😀 漢字`'],
  ['', '`(empty)`'],
  ['a|b', '<code>a&#124;b</code>'],
  ['a\\|b', '<code>a&#92;&#124;b</code>'],
  ['`x`', '<code>&#96;x&#96;</code>'],
  [' x', '<code> x</code>'],
  ['<script>', '<code>&#60;script&#62;</code>'],
  ['](', '<code>&#93;&#40;</code>'],
  ['&lt;', '<code>&#38;lt&#59;</code>'],
  ['\x1b[2J', '<code>&#92;x1b&#91;2J</code>'],
])('%j becomes %s', (text, markdown) => {
  expect(code(text)).toBe(markdown);
});

describe('no captured text becomes markup', () => {
  const each = (check: (text: string) => void) => {
    HOSTILE.forEach(check);
    fc.assert(fc.property(hostileText, check));
  };

  test('code: a span without a character that could end it, and a browser shows the same text', () => {
    each((text) => {
      const [, span, element] =
        /^(?:`([^`|\\<>&[\]*{}$~\n]+)`|<code>((?:[^!-/:-@[-`{-~\n]|&#\d+;)*)<\/code>)$/u.exec(code(text)) ?? [];
      const shown = span ?? element?.replace(/&#(\d+);/g, (_, number: string) => String.fromCodePoint(Number(number)));
      expect(shown).toBe(printable(visibleText(text)));
    });
  });

  test('a block ends only at its own fence', () => {
    each((text) => {
      const lines = block([text, 'last']).split('\n');
      const fence = /^~+/.exec(lines[0]!)![0];
      expect(lines).toHaveLength(4);
      expect(lines.slice(1, -1).some((line) => line.includes(fence))).toBe(false);
      expect(lines.at(-1)).toBe(fence);
    });
  });
});
