/** What must be true for the table of modes, whatever rows it has. */
import { expect, test } from '@jest/globals';

import { modeSaidBy } from '../../src/protocol/first-bytes.js';
import { MODES, MODE_FACTS, SEALED_MODES, isLineMode } from '../../src/protocol/modes.js';

test.each(MODES)('a server in %s mode that refuses a client says which mode it is in', (mode) => {
  expect(modeSaidBy(MODE_FACTS[mode].turnsAwayWith)).toBe(mode);
});

test('no two modes have the same title', () => {
  expect(new Set(MODES.map((mode) => MODE_FACTS[mode].title)).size).toBe(MODES.length);
});

test('a mode without encryption has no key, and a mode with encryption has one', () => {
  expect(MODES.filter((mode) => MODE_FACTS[mode].keyOwner !== null)).toEqual(SEALED_MODES);
});

test('a listener sees lines, unless the lines are inside TLS records', () => {
  expect(MODES.filter((mode) => !isLineMode(mode))).toEqual(['tls']);
});
