/** An option or argument with an empty value, as a script gives it whose variable is not set. */
import { expect, test } from '@jest/globals';

import { run } from '../servchat-process.js';

test.each([
  ['--capture', ['serve', '--capture', '']],
  ['--host', ['serve', '--host', '']],
  ['--keylog', ['connect', '--keylog', '']],
  ['--script', ['demo', 'plaintext', '--script', '']],
  ['--chapters', ['lesson', '--chapters', '']],
  ['--capture', ['lesson', '--capture', 'a.pcap', '']],
  ['--out', ['attack', 'modify', '--out', '']],
  ['<file>', ['inspect', '']],
])('%s', async (name, args) => {
  const { status, output, errors } = await run(args);
  expect({ status, output }).toEqual({ status: 2, output: '' });
  expect(errors.replace(/\s+/g, ' ')).toContain(`error: the value of ${name} is empty; give one`);
});
