import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { expect, test } from '@jest/globals';

import { readInput } from '../../src/files/input-file.js';
import { temporaryDirectory } from '../servchat-process.js';

const folder = temporaryDirectory();
const MOST = 2 ** 20;
const onUnix = process.platform === 'win32' ? test.skip : test;

test('a file, up to the first byte over the limit', () => {
  const file = path.join(folder, 'file');
  for (const size of [0, 1, MOST]) {
    fs.writeFileSync(file, Buffer.alloc(size, 'x'));
    expect(readInput(file, MOST)).toHaveLength(size);
  }
  fs.writeFileSync(file, Buffer.alloc(MOST + 1));
  expect(() => readInput(file, MOST)).toThrow('it is larger than 1 MiB; is it the right file?');
});

onUnix('a device that never ends', () => {
  expect(() => readInput('/dev/zero', MOST)).toThrow('it is larger than 1 MiB');
});

onUnix('a folder', () => {
  expect(() => readInput(folder, MOST)).toThrow(/EISDIR/);
});

onUnix('a pipe that nobody writes to: given up after a while', () => {
  const pipe = path.join(folder, 'silent');
  execFileSync('mkfifo', [pipe]);
  expect(() => readInput(pipe, MOST)).toThrow('nothing came from it within 5 s; give a file');
});

onUnix('a pipe with a slow writer, as in --keys <(program)', () => {
  const pipe = path.join(folder, 'slow');
  execFileSync('mkfifo', [pipe]);
  const writer = spawn('sh', ['-c', 'sleep 0.3; exec >"$0"; sleep 0.3; printf first; sleep 0.5; printf second', pipe], {
    stdio: 'ignore',
  });
  try {
    expect(readInput(pipe, MOST).toString()).toBe('firstsecond');
  } finally {
    writer.kill();
  }
});
