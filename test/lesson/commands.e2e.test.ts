/** servchat has every command that a chapter gives to copy, with its options. */
import { describe, expect, test } from '@jest/globals';

import { ownChapters } from '../../src/lesson/write-report.js';
import { run } from '../servchat-process.js';

const COMMANDS = ownChapters().flatMap(({ text }) =>
  Array.from(text.matchAll(/^::command\{run="([^"]*)"\}$/gm), ([, line]) => line!),
);

/**
 * `demo compare` from `demo compare --script mine.txt`: the words before the first option. The test asks for that
 * command's help.
 */
const GROUPS: ReadonlySet<string> = new Set(['demo', 'wireshark']);

function nameOf(command: string): string {
  const words = command.split(' ');
  return words.slice(0, GROUPS.has(words[0]!) ? 2 : 1).join(' ');
}

describe.each([...new Set(COMMANDS.map(nameOf))])('%s', (name) => {
  test('exists, and has the options that the chapters use', async () => {
    const { status, output } = await run([...name.split(' '), '--help']);
    expect(status).toBe(0);
    const known = new Set(Array.from(output.matchAll(/(?<![\w-])--[a-z][a-z-]*/g), ([option]) => option));
    const given = COMMANDS.filter((command) => nameOf(command) === name).flatMap((command) =>
      // What stands between quotes is another command.
      Array.from(command.replace(/'[^']*'/g, '').matchAll(/ (--[a-z][a-z-]*)/g), ([, option]) => option!),
    );
    expect(given.filter((option) => !known.has(option))).toEqual([]);
  });
});

test('there are such commands', () => {
  expect(COMMANDS.length).toBeGreaterThan(10);
});
