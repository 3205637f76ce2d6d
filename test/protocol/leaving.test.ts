import { expect, test } from '@jest/globals';

import { isLeaving } from '../../src/protocol/leaving.js';

test.each(['EXIT', 'END', 'exit', 'Exit', ' end ', 'eNd\t', '\u00a0EXIT'])('%j leaves', (text) => {
  expect(isLeaving(text)).toBe(true);
});

test.each(['', 'EXITS', 'THE END', 'EXIT now', 'E XIT', 'EXIT END', 'ëxit'])('%j does not', (text) => {
  expect(isLeaving(text)).toBe(false);
});
