/** The command `check`, as somebody uses it at a terminal. */
import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { freePort } from '../../src/clinic/way-in.js';
import { processesWith, until } from '../clinic/processes-left.js';
import { MAIN, run, temporaryDirectory, TestProcess } from '../servchat-process.js';

test('--only with a question that does not exist says which there are, and runs nothing', async () => {
  const { status, errors } = await run(['check', '--server', 'false', '--client', 'false', '--only', 'change,replays']);
  expect(status).toBe(2);
  expect(errors).toContain('There is no question “replays”; there are: works, ends, ');
  expect(errors).not.toContain('This runs');
});

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('Ctrl-C in the middle of a class', () => {
  const NODE = JSON.stringify(process.execPath);

  test('keeps what is done, and leaves no process', async () => {
    const folder = temporaryDirectory();
    const port = await freePort();
    const chat = `
      require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => socket.write(line + '\\n'));
      require('node:readline').createInterface({ input: socket }).on('line', (line) => console.log('Other: ' + line));`;
    const write = (name: string, server: string): void => {
      fs.mkdirSync(path.join(folder, 'class', name), { recursive: true });
      fs.writeFileSync(path.join(folder, 'class', name, 'server.cjs'), server);
      fs.writeFileSync(
        path.join(folder, 'class', name, 'client.cjs'),
        `const socket = require('node:net').connect(${port}, '127.0.0.1');${chat}`,
      );
    };
    write('1', `require('node:net').createServer((socket) => {${chat}}).listen(${port}, '127.0.0.1');`);
    // It never listens, and a child of it would stay.
    write(
      '2',
      `require('node:child_process').spawn('sleep', ['600'], { detached: true }); setInterval(() => {}, 1000);`,
    );
    const word = path.basename(folder);
    const commands = ['--server', `WORD=${word} ${NODE} server.cjs`, '--client', `WORD=${word} ${NODE} client.cjs`];
    const out = path.join(folder, 'checks.csv');
    const captures = path.join(folder, 'captures');
    const check = new TestProcess(
      process.execPath,
      [
        MAIN,
        'check',
        '--class',
        path.join(folder, 'class'),
        ...commands,
        '--port',
        String(port),
        '--only',
        'readable',
      ].concat('--out', out, '--captures', captures),
      { TMPDIR: folder },
      { ownGroup: true },
    );
    await check.complains('2 of 2: 2');
    await until(() => processesWith(`WORD=${word}`).length >= 2);
    check.interrupt();
    expect(await check.ended).toBe(1);
    await until(() => processesWith(`WORD=${word}`).length === 0);
    const rows = fs.readFileSync(out, 'utf8').trim().split(/\r?\n/);
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatch(/^1,1,0,/);
    expect(fs.readdirSync(path.join(captures, '1')).length).toBeGreaterThan(0);
    expect(check.raw).toContain('1 of 2 submissions');
    // Our own temporary folder goes too.
    await until(() => !fs.readdirSync(folder).some((name) => name.startsWith('servchat-check')));
  });
});
