import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { displayWidth, shortened, wrapped } from '../../src/faces/columns.js';
import { printable } from '../../src/printable.js';
import { hostileText } from '../lesson/hostile.js';
import { processorMs } from '../processor-time.js';
import { longTestEach } from '../tools.js';

describe('displayWidth', () => {
  test.each([
    ['', 0],
    ['Hello', 5],
    ['漢字', 4],
    ['e\u0301', 1],
    ['😀', 2],
    ['👨‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['한국', 4],
    ['“–”', 3],
  ])('%j takes %i columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  test('a long run of Hangul initials is not one letter', () => {
    expect(displayWidth('\u1100'.repeat(100))).toBe(200);
  });
});

describe('wrapped', () => {
  test.each<[string, number, string[]]>([
    ['', 10, ['']],
    ['Nice to Meet you', 16, ['Nice to Meet you']],
    ['Nice to Meet you', 10, ['Nice to', 'Meet you']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['to abcdefghij', 4, ['to', 'abcd', 'efgh', 'ij']],
    ['漢字漢', 5, ['漢字', '漢']],
    ['😀😀😀', 4, ['😀😀', '😀']],
    ['a\x1bb', 20, ['a\\x1bb']],
  ])('%j in %i columns', (text, width, lines) => {
    expect(wrapped(text, width)).toEqual(lines);
  });

  test('no line is too wide, and only spaces are lost', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 2, max: 40 }), (text, width) => {
        const lines = wrapped(text, width);
        expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(printable(text).replaceAll(' ', ''));
      }),
    );
  });
});

describe('shortened', () => {
  test.each([
    ['Hello', 5, 'Hello'],
    ['Hello!', 5, 'Hello… (1 more character)'],
    ['Hello!!', 5, 'Hello… (2 more characters)'],
    ['😀😀😀', 3, '😀😀😀'],
  ])('%j to %i', (text, count, shown) => {
    expect(shortened(text, count)).toBe(shown);
  });

  const MILLIONS: readonly (readonly [of: string, unit: string])[] = [
    ['one letter', 'x'],
    ['emoji of several characters', '👨‍👩‍👧'],
    ['a long run of marks', '\u0301'],
    ['letters that join', '\u1100'],
    ['an emoji', '😀'],
  ];
  longTestEach(MILLIONS, 'of %s, two million of them: at once, and not cut in the middle of a character', (_, unit) => {
    const text = unit.repeat(2_000_000);
    const started = processorMs();
    const short = shortened(text, 400);
    // Splitting the whole text took minutes.
    expect(processorMs() - started).toBeLessThan(20_000);
    const [, shown = '', left = ''] = /^(.*)… \((\d+) more characters\)$/su.exec(short) ?? [];
    expect(shown.length).toBeLessThanOrEqual(3200);
    expect(text.startsWith(shown)).toBe(true);
    expect(Buffer.from(shown).toString()).toBe(shown);
    expect(Number(left)).toBe(Array.from(text.slice(shown.length)).length);
  });
});
