import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { hanging, mostColumns } from '../src/hanging.js';
import { processorMs } from './processor-time.js';

test.each([
  ['a line that fits', 'client: Hi', 10, ['client: Hi']],
  ['after a space, if there is one', 'client: one two', 13, ['client: one ', '      two']],
  ['inside a word that is longer than a row', 'Hi: abcdefghijklmnop', 12, ['Hi: abcdefgh', '      ijklmn', '      op']],
  ['wide characters', 'client: 日本日本', 12, ['client: ', '      日本日', '      本']],
  ['a letter keeps its marks', 'aaaae\u0301\u0301bc', 5, ['aaaae\u0301\u0301', '  bc']],
  [
    'an emoji stays together, in the most columns that any terminal gives it',
    'abcdefgh 👨‍👩‍👧',
    12,
    ['abcdefgh ', '      👨‍👩‍👧'],
  ],
  ['spaces up to the margin', `wrap${' '.repeat(16)}You: I`, 20, [`wrap${' '.repeat(16)}`, '        You: I']],
  ['nothing', '', 10, ['']],
])('%s', (_, line, width, rows) => {
  expect(hanging(line, width)).toEqual(rows);
});

test('the rows of any line hold all of it and fit, and all rows but the first are indented', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 20, max: 100 }), (line, width) => {
      fc.pre(!/[\p{Cc}\p{Zl}\p{Zp}]/u.test(line));
      const [first, ...more] = hanging(line, width);
      expect([first, ...more.map((row) => row.slice(8))].join('')).toBe(line);
      for (const row of more) expect(row.startsWith(' '.repeat(8))).toBe(true);
      for (const row of [first ?? '', ...more]) expect(mostColumns(row)).toBeLessThanOrEqual(width);
    }),
  );
});

test('a line of a million characters without a space takes little time', () => {
  const line = 'é'.repeat(1_000_000);
  const start = processorMs();
  hanging(line, 80);
  // It takes a tenth of a second. It would take minutes if each row started again at the beginning.
  expect(processorMs() - start).toBeLessThan(5000);
});
