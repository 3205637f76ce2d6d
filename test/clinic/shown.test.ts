/** What counts as shown, and what is not taken for it. */
import { describe, expect, test } from '@jest/globals';

import { howShown, lettersIn, shownFrom, timesShown } from '../../src/clinic/shown.js';
import { sentence } from '../../src/clinic/sentences.js';

const SAID = 'Otter swims in the river';

describe('shown whole', () => {
  test.each([
    SAID,
    `Client: ${SAID}\nYou: `,
    `[12:30:01] <alice> ${SAID.toUpperCase()}`,
    `b'${SAID}'`,
    'Otter swims in\n the river',
    `Otter   swims in the river         \0\0\0`,
  ])('%j', (screen) => {
    expect(howShown(SAID, screen)).toBe('whole');
  });
});

test('a message that was cut off at a fixed length is shown as its beginning', () => {
  expect(howShown(SAID, 'Client: Otter swims in t')).toBe('beginning');
});

describe('not shown', () => {
  test.each(['', 'Client: ', 'Otter', 'Heron swims in the river', 'b"gAAAAABm0pQ"'])('%j', (screen) => {
    expect(howShown(SAID, screen)).toBe('not');
  });
});

test('says how much was shown from the beginning', () => {
  expect(shownFrom(SAID, 'Client: otter swims')).toBe('otterswims'.length);
  expect(shownFrom(SAID, 'nothing')).toBe(0);
  expect(shownFrom(SAID, SAID)).toBe(lettersIn(SAID));
});

test('counts how often', () => {
  expect(timesShown(SAID, `a: ${SAID}\nb: ${SAID.toLowerCase()}`)).toBe(2);
  expect(timesShown('Heron', SAID)).toBe(0);
});

test('no sentence is taken for another one, as a whole or as its beginning', () => {
  const all = Array.from({ length: 120 }, (_, number) => sentence(number));
  for (const [index, one] of all.entries())
    for (const other of all.slice(index + 1)) {
      expect({ one, other, shown: howShown(one, other) }).toEqual({ one, other, shown: 'not' });
      expect(howShown(other, one)).toBe('not');
    }
});
