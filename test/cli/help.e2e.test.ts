import { describe, expect, test } from '@jest/globals';

import { COMMANDS } from '../../src/cli/commands.js';
import { run } from '../servchat-process.js';

const ALL: readonly (readonly string[])[] = [
  [],
  ...COMMANDS.map(({ name }) => [name]),
  ...['plaintext', 'encrypted', 'tls', 'compare'].map((name) => ['demo', name]),
  ...['install', 'uninstall', 'where'].map((name) => ['wireshark', name]),
];

describe('--help at 80 columns', () => {
  test.each(ALL.map((words) => [words.join(' '), words] as const))('%s', async (_, words) => {
    const { status, output } = await run([...words, '--help']);
    expect(status).toBe(0);
    expect(output.split('\n').filter((line) => line.length > 80)).toEqual([]);
    // A switch that is off, and a list that is empty, are no news.
    expect(output).not.toMatch(/default:\s+(false|\[\])/);
  });
});

test('only `demo compare` writes into lessons, and only its help says so', async () => {
  for (const name of ['plaintext', 'encrypted', 'tls']) {
    expect((await run(['demo', name, '--help'])).output).not.toContain('lessons');
  }
  expect((await run(['demo', 'compare', '--help'])).output).toMatch(/captures,\s+and\s+lessons\s+for\s+the\s+report/);
});
