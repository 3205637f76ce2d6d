import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { expect, test } from '@jest/globals';

import { isAsMade, noteOn, rememberMade } from '../../src/files/made.js';
import { OwnFolder } from '../../src/files/own-folder.js';
import { temporaryDirectory } from '../servchat-process.js';

const silent = (): void => undefined;

async function fill(folder: string, files: Readonly<Record<string, string>>): Promise<OwnFolder['kept']> {
  const own = await OwnFolder.open(folder, 0, silent);
  try {
    for (const [name, text] of Object.entries(files)) {
      fs.writeFileSync(path.join(own.workplace, name), text);
      own.publish(name);
    }
    return own.kept;
  } finally {
    own.close();
  }
}

test('our own file is replaced; a file that someone changed or put there is kept under another name', async () => {
  const folder = path.join(temporaryDirectory(), 'new');
  expect(await fill(folder, { a: '1', b: '1', c: '1' })).toBeNull();
  fs.appendFileSync(path.join(folder, 'b'), ' and a note of mine');
  fs.rmSync(path.join(folder, 'c'));
  fs.writeFileSync(path.join(folder, 'd'), 'mine');
  expect(await fill(folder, { a: '2', b: '2', c: '2', d: '2' })).toEqual({
    folder: path.join(folder, 'kept-1'),
    names: ['b', 'd'],
  });
  expect(['a', 'b', 'c', 'd'].map((name) => fs.readFileSync(path.join(folder, name), 'utf8'))).toEqual([
    '2',
    '2',
    '2',
    '2',
  ]);
  expect(fs.readFileSync(path.join(folder, 'kept-1', 'b'), 'utf8')).toBe('1 and a note of mine');
  expect(fs.readFileSync(path.join(folder, 'kept-1', 'd'), 'utf8')).toBe('mine');
  expect(await fill(folder, { a: '3', b: '3' })).toBeNull();
  fs.writeFileSync(path.join(folder, 'a'), 'mine again');
  expect(await fill(folder, { a: '4' })).toEqual({ folder: path.join(folder, 'kept-2'), names: ['a'] });
});

test('a run that fails or is killed before it puts files in place changes nothing', async () => {
  const folder = temporaryDirectory();
  await fill(folder, { a: '1' });
  const own = await OwnFolder.open(folder, 0, silent);
  fs.writeFileSync(path.join(own.workplace, 'a'), 'half of');
  const { workplace } = own;
  own.close();
  expect(fs.existsSync(workplace)).toBe(false);
  expect(fs.readFileSync(path.join(folder, 'a'), 'utf8')).toBe('1');
});

test('the second of two runs waits and says why; after a time limit it says what to do', async () => {
  const folder = temporaryDirectory();
  const first = await OwnFolder.open(folder, 0, silent);
  const told: string[] = [];
  await expect(OwnFolder.open(folder, 100, (why) => told.push(why))).rejects.toThrow(
    `choose another folder with --out, or, if no servchat runs, delete ${path.join(folder, '.servchat', 'lock')}`,
  );
  expect(told).toEqual([
    `Another servchat (process ${process.pid}) is writing to the folder ${folder}; waiting until it is done`,
  ]);
  const second = OwnFolder.open(folder, 10_000, silent);
  first.close();
  (await second).close();
});

test('a killed run does not block the next one, and leaves no half-made file', async () => {
  const folder = temporaryDirectory();
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  fs.mkdirSync(path.join(folder, '.servchat', 'run-abc'), { recursive: true });
  for (const left of [JSON.stringify({ pid: gone, host: os.hostname() }), '', '{"pid":']) {
    fs.writeFileSync(path.join(folder, '.servchat', 'lock'), left);
    const own = await OwnFolder.open(folder, 0, silent);
    expect(fs.readdirSync(path.join(folder, '.servchat'))).toEqual(['lock']);
    own.close();
  }
  const alive = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  try {
    fs.writeFileSync(path.join(folder, '.servchat', 'lock'), JSON.stringify({ pid: alive.pid, host: os.hostname() }));
    await expect(OwnFolder.open(folder, 0, silent)).rejects.toThrow(`process ${alive.pid}`);
  } finally {
    alive.kill();
  }
});

test('a folder that cannot be made is reported in words', async () => {
  const file = path.join(temporaryDirectory(), 'file');
  fs.writeFileSync(file, '');
  await expect(OwnFolder.open(file, 0, silent)).rejects.toThrow(
    `Cannot write to the folder ${file}: a part of the path is not a folder; check the path`,
  );
});

test('a note is valid only while the file is unchanged', () => {
  const file = path.join(temporaryDirectory(), 'a.pcap');
  expect([isAsMade(file), noteOn(file)]).toEqual([false, null]);
  fs.writeFileSync(file, 'one');
  expect(isAsMade(file)).toBe(false);
  rememberMade(file, { way: 'tap' });
  expect([isAsMade(file), noteOn(file)]).toEqual([true, { way: 'tap' }]);
  fs.writeFileSync(file, 'two');
  expect([isAsMade(file), noteOn(file)]).toEqual([false, null]);
  fs.writeFileSync(file, 'one');
  expect(isAsMade(file)).toBe(true);
  for (const text of ['', 'null', '[]', '{"sha256":1,"note":2}']) {
    fs.writeFileSync(path.join(path.dirname(file), '.servchat', 'a.pcap.json'), text);
    expect(isAsMade(file)).toBe(false);
  }
});
