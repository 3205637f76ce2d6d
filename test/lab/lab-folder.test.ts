/** What a lab that was killed leaves behind, and that nothing else is removed. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { expect, test } from '@jest/globals';

import { removeLeftOnes } from '../../src/lab/lab-folder.js';
import { servchat, temporaryDirectory } from '../servchat-process.js';

const HOST = os.hostname().replace(/[^A-Za-z0-9.]/g, '_');
/** The number of a process that has ended. */
const GONE = spawnSync(process.execPath, ['--version']).pid;

test('only folders of ours go, and only if their process is gone', () => {
  const parent = temporaryDirectory();
  const elsewhere = temporaryDirectory();
  fs.writeFileSync(path.join(elsewhere, 'precious'), '');
  const left = `servchat-lab-${HOST}-${GONE}-abc123`;
  const kept = [
    `servchat-lab-${HOST}-${process.pid}-abc123`,
    // Process 1 always runs, and belongs to somebody else.
    `servchat-lab-${HOST}-1-abc123`,
    `servchat-lab-another.machine-${GONE}-abc123`,
    `servchat-lab-${HOST}-${GONE}-abc123-mine`,
    `my-servchat-lab-${HOST}-${GONE}-abc123`,
    'servchat-lab-abc123',
  ];
  for (const name of [left, ...kept]) fs.mkdirSync(path.join(parent, name, 'run-1'), { recursive: true });
  const link = `servchat-lab-${HOST}-${GONE}-link12`;
  fs.symlinkSync(elsewhere, path.join(parent, link));
  fs.writeFileSync(path.join(parent, `servchat-lab-${HOST}-${GONE}-file12`), '');
  removeLeftOnes(parent);
  expect(fs.readdirSync(parent).sort()).toEqual([...kept, link, `servchat-lab-${HOST}-${GONE}-file12`].sort());
  expect(fs.readdirSync(elsewhere)).toEqual(['precious']);
  removeLeftOnes(path.join(parent, 'no-such-folder'));
});

test('a lab that was killed leaves its folder, and the next lab removes it', async () => {
  const home = temporaryDirectory();
  const opened = async (): Promise<ReturnType<typeof servchat>> => {
    const lab = servchat(['lab', '--port', '0'], { TMPDIR: home });
    await lab.shows('http://');
    return lab;
  };
  const killed = await opened();
  const [left] = fs.readdirSync(home);
  killed.kill('SIGKILL');
  await killed.ended;
  expect(fs.readdirSync(home)).toEqual([left]);
  const next = await opened();
  const now = fs.readdirSync(home);
  expect(now).toHaveLength(1);
  expect(now).not.toEqual([left]);
  next.kill('SIGINT');
  await next.ended;
  expect(fs.readdirSync(home)).toEqual([]);
});
