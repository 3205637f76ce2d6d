/** A capture tool that fails at the end. The lesson must not be lost. */
import fs from 'node:fs';
import path from 'node:path';

import { expect, test } from '@jest/globals';

import { run, temporaryDirectory } from '../servchat-process.js';

/** A folder with our own tcpdump, which says that it captures, writes nothing and ends by itself. */
function folderWithBrokenTcpdump(): string {
  const folder = temporaryDirectory();
  fs.writeFileSync(
    path.join(folder, 'tcpdump'),
    '#!/bin/sh\necho "tcpdump: listening on lo" >&2\ntrap "echo tcpdump: the disk is full >&2; exit 1" USR1 INT\nwhile :; do sleep 0.05; done\n',
    { mode: 0o755 },
  );
  return folder;
}

test('auto: the tap, which ran too, replaces it, and the terminal and the report say so', async () => {
  const out = temporaryDirectory();
  const env = { PATH: `${folderWithBrokenTcpdump()}${path.delimiter}${process.env['PATH'] ?? ''}` };
  const { status, output, errors } = await run(['demo', 'compare', '--out', out, '--no-attacks'], env);
  expect([status, errors]).toEqual([0, '']);
  expect(output).toMatch(/a tap on the client's socket.*Not live: Cannot complete the live capture: tcpdump/);
  expect(output).toContain('9 of 9 messages readable in plaintext, 0 of 9 encrypted');
  expect(fs.readdirSync(out).filter((name) => name.endsWith('.tap'))).toEqual([]);
});

test('live: the user asked for this tool only, so the demo fails with one line', async () => {
  const out = temporaryDirectory();
  const env = { PATH: `${folderWithBrokenTcpdump()}${path.delimiter}${process.env['PATH'] ?? ''}` };
  const { status, errors } = await run(['demo', 'plaintext', '--out', out, '--capture-with', 'live'], env);
  expect(status).toBe(1);
  expect(errors).toMatch(/^servchat: Cannot complete the live capture: tcpdump .*\n$/);
});
