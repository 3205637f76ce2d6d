import { expect, test } from '@jest/globals';

import { formatKeyLogLine, parseKeyLog } from '../../src/protocol/keylog.js';

const FINGERPRINT = 'ab'.repeat(32);
const KEY = Buffer.alloc(64, 0x5a);
const LINE = `SERVCHAT_SESSION_KEY ${'ab'.repeat(32)} ${'5a'.repeat(64)}\n`;

test('a line is written as the protocol says', () => {
  expect(formatKeyLogLine(FINGERPRINT, KEY)).toBe(LINE);
});

test('reading skips comments, blank lines and the lines of TLS', () => {
  const file = `# mine\n\nCLIENT_RANDOM ${'00'.repeat(32)} ${'00'.repeat(48)}\r\n${LINE.trimEnd()}\r\n`;
  expect(parseKeyLog(file)).toEqual(new Map([[FINGERPRINT, KEY]]));
});

test.each([
  ['cut short', LINE.slice(0, -3)],
  ['not hex', LINE.replace('5a', 'zz')],
  ['only one field', `SERVCHAT_SESSION_KEY ${FINGERPRINT}\n`],
])('a damaged line is named by its number: %s', (_, line) => {
  expect(() => parseKeyLog(`\n${line}`)).toThrow('line 2 of the key log is damaged');
});
