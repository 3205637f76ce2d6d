import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { TypingRow } from '../../../src/endpoints/terminal/typing-row.js';
import { mostColumns } from '../../../src/hanging.js';
import { anyText } from '../../any-text.js';

/** The finished row on the screen, and the part of it before the cursor. */
function drawn(before: string, after: string, width: number): { row: string; left: string } {
  const all = new TypingRow().draw(before, after, width);
  // eslint-disable-next-line no-control-regex -- escape sequences stand around the row
  const [, row, left] = /^\x1b\[\?7l\r(.*)\x1b\[J\r(.*)\x1b\[\?7h$/su.exec(all) ?? [];
  if (row === undefined || left === undefined) throw new Error('not one row');
  return { row, left };
}

test('a short line is shown whole', () => {
  expect(drawn('Hel', 'lo', 20)).toEqual({ row: 'You: Hello', left: 'You: Hel' });
});

test('of a long line, the part around the cursor is shown', () => {
  expect(drawn('abcdefghijklmnop', '', 16).row).toBe('You: …ijklmnop');
  expect(drawn('', 'abcdefghijklmnop', 16).row).toBe('You: abcdefgh…');
});

test('for any typed text, the row fits, has no control character, and its left part is its start', () => {
  fc.assert(
    fc.property(
      anyText(),
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: 8, max: 100 }),
      (before, after, width) => {
        const { row, left } = drawn(before, after, width);
        expect(mostColumns(row)).toBeLessThan(width);
        expect(row).not.toMatch(/\p{Cc}/u);
        expect(row.startsWith(left)).toBe(true);
      },
    ),
  );
});

test('in a window that became narrower, the cursor shows whether the terminal broke the row or cut it off', () => {
  const row = new TypingRow();
  row.draw('x'.repeat(50), '', 80);
  expect(row.mayBeBroken).toBe(true);
  // The cursor was in column 55. If the row is broken at 40, it is in column 15 of the second row; at 20, of the third.
  expect([row.rowsAbove(40, 15), row.rowsAbove(20, 15)]).toEqual([1, 2]);
  // If the row is cut off, the cursor is in the last column. Some terminals do not answer, or answer something else.
  expect([row.rowsAbove(40, 39), row.rowsAbove(40, null), row.rowsAbove(40, 3)]).toEqual([0, 0, 0]);
  row.draw('short', '', 80);
  expect(row.mayBeBroken).toBe(false);
  // 5 columns of prompt, then characters of two columns. At 24 and at 30 columns, the last column of the first row
  // stays empty.
  row.draw('\u65e5'.repeat(20), '', 80);
  expect([row.rowsAbove(24, 45 - 23), row.rowsAbove(30, 45 - 29), row.rowsAbove(24, 9)]).toEqual([1, 1, 0]);
});

test('a cursor in the last column may be that of a row that was cut off, until the terminal has broken one', () => {
  const row = new TypingRow();
  // 55 columns at 28 columns: 28 and 27.
  row.draw('x'.repeat(50), '', 80);
  expect(row.rowsAbove(28, 26)).toBe(0);
  expect(row.rowsAbove(28, 27)).toBe(0);
  expect(row.rowsAbove(40, 15)).toBe(1);
  expect(row.rowsAbove(28, 27)).toBe(1);
  // 54 columns at 27 columns: the last row is full, and the cursor is in its last column.
  row.draw('x'.repeat(49), '', 80);
  expect(row.rowsAbove(27, 26)).toBe(1);
});

// Terminals differ in what they take for it: a family is one picture or three, a flag is a picture or two letters.
test.each([
  ['👨‍👩‍👧', [2, 6]],
  ['👍🏽', [2, 4]],
  ['🇩🇪', [2, 4]],
  ['❤️', [1, 2]],
] as const)('with %s in the row, it is found where it begins', (emoji, widths) => {
  for (const width of widths) {
    const row = new TypingRow();
    row.draw(`${emoji}${'x'.repeat(45)}`, '', 80);
    const total = 'You: '.length + width + 45;
    expect([row.rowsAbove(80, total), row.rowsAbove(40, total - 40), row.rowsAbove(23, total - 46)]).toEqual([0, 1, 2]);
  }
});

test('what is added at the end is written alone; anything else needs the whole row', () => {
  const row = new TypingRow();
  row.draw('Hel', '', 20);
  expect(row.grow('Hello', '', 20)).toBe('lo');
  expect(row.grow('Hello', '', 20)).toBe('');
  expect(row.grow('Hello!\x1b', '', 20)).toBe('!\\x1b');
  // Too long, shorter, or not at the end.
  expect([row.grow('Hello!\x1b much more', '', 20), row.grow('Hel', '', 20), row.grow('Hello!', 'l', 20)]).toEqual([
    null,
    null,
    null,
  ]);
  row.draw('Hel', 'o', 20);
  expect(row.grow('Hell', 'o', 20)).toBeNull();
});

test.each([2, 3, 4])('a full row counts as broken when the window has 1/%d of the width', (part) => {
  const row = new TypingRow();
  const width = 120;
  row.draw('x'.repeat(500), '', width);
  const narrow = width / part;
  // The row reaches into the last of its pieces. A terminal that breaks rows has the cursor there.
  const column = mostColumns(drawn('x'.repeat(500), '', width).left) % narrow;
  expect(row.rowsAbove(narrow, column)).toBe(part - 1);
});
