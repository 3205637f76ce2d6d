/** Which writes were returned by one read. */
import { expect, test } from '@jest/globals';

import type { Noted } from '../../src/clinic/hook-log.js';
import { firstTogether } from '../../src/clinic/writes.js';

const sends = (...sizes: readonly number[]): readonly Noted[] =>
  sizes.map((bytes) => ({ what: 'send', pid: 1, bytes }));
const reads = (...sizes: readonly number[]): readonly Noted[] =>
  sizes.map((bytes) => ({ what: 'recv', pid: 2, bytes }));

test.each([
  ['each read is one write', [16, 32, 32], [16, 32, 32], null],
  ['three came together', [256, 16, 32, 32], [256, 80], { writes: [16, 32, 32], read: 80 }],
  ['the last two came together', [16, 32, 32], [16, 64], { writes: [32, 32], read: 64 }],
  ['a write in several reads, and none over its end', [100, 20], [60, 40, 20], null],
  ['the end of one and the beginning of the next', [100, 20], [60, 60], { writes: [100, 20], read: 60 }],
  ['nothing was read', [16, 32], [], null],
  ['no notes at all', [], [5], null],
  ['the end of the stream is no read', [16, 32], [16, 0, 32], null],
])('%s', (_, written, read, together) => {
  expect(firstTogether(sends(...written), reads(...read))).toEqual(together);
});
