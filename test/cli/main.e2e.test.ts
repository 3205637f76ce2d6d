import fs from 'node:fs';

import { describe, expect, test } from '@jest/globals';

import { run } from '../servchat-process.js';

test('--version is that of package.json', async () => {
  const { version } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as { version: string };
  expect(await run(['--version'])).toEqual({ status: 0, output: `${version}\n`, errors: '' });
});

describe('help', () => {
  test('names every command, and each command has its own help with examples', async () => {
    const { status, output } = await run(['--help']);
    expect(status).toBe(0);
    const commands = [...output.matchAll(/^ {2}([a-z]+)(?: \[| <| {2})/gm)]
      .map(([, name]) => name!)
      .filter((name) => name !== 'help');
    expect(commands).toEqual(expect.arrayContaining(['serve', 'connect', 'demo', 'inspect', 'compare']));
    for (const command of commands) {
      const help = await run([command, '--help']);
      expect({ command, status: help.status }).toEqual({ command, status: 0 });
      expect(help.output).toContain('Examples:');
      expect(help.output).toContain(`$ servchat ${command}`);
    }
  });

  test('a command without its required arguments is wrong usage', async () => {
    for (const command of ['demo', 'inspect', 'compare']) expect((await run([command])).status).toBe(2);
  });
});
