/**
 * Real programs on the stage: what they are led to, and that nothing of them is left. Each is a few lines of Python or
 * Node that this file writes.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { Budget } from '../../src/clinic/budget.js';
import { discover } from '../../src/clinic/manner.js';
import { describedPair } from '../../src/clinic/pair.js';
import { Stage, StartFailed } from '../../src/clinic/stage.js';
import { freePort } from '../../src/clinic/way-in.js';
import { processesWith, until } from './processes-left.js';

const NODE = JSON.stringify(process.execPath);

let folder: string;
let port: number;
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'servchat-stage-'));
  port = await freePort();
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

/** A server and a client in Node, with the port in their source, that pass on lines. */
function writeLineChat(): void {
  const chat = `
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => socket.write(line + '\\n'));
    require('node:readline').createInterface({ input: socket }).on('line', (line) => console.log('Other: ' + line));`;
  fs.writeFileSync(
    path.join(folder, 'server.cjs'),
    `require('node:net').createServer((socket) => {${chat}}).listen(${port}, '127.0.0.1');`,
  );
  fs.writeFileSync(path.join(folder, 'client.cjs'), `const socket = require('node:net').connect(${port});${chat}`);
}

function stageOf(server: string, client: string): Stage {
  const pair = describedPair({ server: { command: server }, client: { command: client }, port }, folder);
  return new Stage(pair, new Budget(50_000));
}

test('leads a client to the relay though its source names the port of the server, and sees that both may speak', async () => {
  writeLineChat();
  const stage = stageOf(`${NODE} server.cjs`, `${NODE} client.cjs`);
  try {
    const talk = await stage.open();
    const { manner } = await discover(talk);
    expect(manner?.kind).toBe('free');
    expect(talk.wire.came.map(({ from, bytes }) => [from, bytes.toString()]).slice(0, 2)).toEqual([
      ['client', 'Otter swims in the river\n'],
      ['server', 'Heron sleeps under a tree\n'],
    ]);
    expect(stage.languageOf('client')).toBe('node');
    await talk.close();
  } finally {
    await stage.close();
  }
});

test('a config file is put into a copy of the folder, a menu is answered before each message, and the folder stays as it is', async () => {
  const ask = `
    const lines = require('node:readline').createInterface({ input: process.stdin });
    let wanted = 'choice';
    const prompt = () => process.stdout.write(wanted === 'choice' ? '1) say 2) leave\\nChoice: ' : 'Text: ');
    lines.on('line', (line) => {
      if (wanted === 'choice' && line !== '1') process.exit();
      if (wanted === 'text') socket.write(line + '\\n');
      wanted = wanted === 'choice' ? 'text' : 'choice';
      prompt();
    });
    require('node:readline').createInterface({ input: socket }).on('line', (line) => console.log('Other: ' + line));
    prompt();`;
  const read = `const port = Number(require('node:fs').readFileSync('conf/port.txt', 'utf8'));`;
  fs.writeFileSync(
    path.join(folder, 'server.cjs'),
    `${read} require('node:net').createServer((socket) => {${ask}}).listen(port, '127.0.0.1');`,
  );
  fs.writeFileSync(path.join(folder, 'client.cjs'), `${read} const socket = require('node:net').connect(port);${ask}`);
  const pair = describedPair(
    {
      server: { command: `${NODE} server.cjs`, message: ['1', { wait: 'Text:', type: '{text}' }] },
      client: { command: `${NODE} client.cjs`, message: ['1', { wait: 'Text:', type: '{text}' }] },
      files: { 'conf/port.txt': '{port}' },
    },
    folder,
  );
  const stage = new Stage(pair, new Budget(50_000));
  try {
    const talk = await stage.open();
    const { manner } = await discover(talk);
    expect(manner?.kind).toBe('free');
    expect(stage.facts.way).toBe('arguments');
    const said = await talk.say('client', undefined, ['server']);
    expect(said.shown.server).toBe('whole');
    await talk.close();
  } finally {
    await stage.close();
  }
  expect(fs.readdirSync(folder).sort()).toEqual(['client.cjs', 'server.cjs']);
});

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('nothing is left', () => {
  /** It ignores signals, and forks children with sessions of their own whose parents end. */
  const stubborn = (): string => `
    const { spawn } = require('node:child_process');
    for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => {});
    if (process.argv[2] !== 'child') {
      const middle = 'require("node:child_process").spawn(process.execPath, [' + JSON.stringify(__filename) + ', "child"], { detached: true, stdio: "ignore" }).unref()';
      spawn(process.execPath, ['-e', middle], { detached: true, stdio: 'ignore' });
      setTimeout(() => require('node:net').createServer().listen(${port}, '127.0.0.1'), 300);
    }
    setInterval(() => {}, 1000);`;

  test('of a program that ignores signals, whose children have left it', async () => {
    fs.writeFileSync(path.join(folder, 'server.cjs'), stubborn());
    const word = path.basename(folder);
    const stage = stageOf(`WORD=${word} ${NODE} server.cjs`, 'true');
    try {
      await expect(stage.open()).rejects.toThrow(StartFailed);
    } finally {
      await stage.close();
    }
    expect(processesWith(word)).toEqual([]);
  });

  test('when the check itself is killed', async () => {
    fs.writeFileSync(path.join(folder, 'server.cjs'), stubborn());
    fs.writeFileSync(path.join(folder, 'client.cjs'), `setInterval(() => {}, 1000)`);
    const word = path.basename(folder);
    const server = `WORD=${word} ${process.execPath} server.cjs`;
    const client = `WORD=${word} ${process.execPath} client.cjs`;
    const check: ChildProcess = spawn(
      process.execPath,
      [path.resolve('dist/cli/main.js'), 'check', '--server', server, '--client', client, '--port', String(port)],
      { cwd: folder, stdio: 'ignore', env: { ...process.env, TMPDIR: folder } },
    );
    const over = new Promise((resolve) => check.once('close', resolve));
    await until(() => processesWith(word).length >= 3);
    check.kill('SIGKILL');
    await over;
    const folders = (): readonly string[] => fs.readdirSync(folder).filter((name) => name.startsWith('servchat-check'));
    expect(folders()).toHaveLength(1);
    await until(() => processesWith(word).length === 0 && folders().length === 0);
  });
});

test('a server that floods is stopped, and the failure says so', async () => {
  fs.writeFileSync(path.join(folder, 'server.cjs'), `for (;;) require('node:fs').writeSync(1, 'x'.repeat(65536));`);
  const stage = stageOf(`${NODE} server.cjs`, 'true');
  try {
    await expect(stage.open()).rejects.toThrow('the server showed without end, and was ended');
  } finally {
    await stage.close();
  }
});
