/**
 * How the relay gets in between, with a pair for each way. All programs have the port in their source. What is said has
 * to cross the relay, and the folder of the programs has to stay as it was.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { Budget } from '../../src/clinic/budget.js';
import type { Facts } from '../../src/clinic/facts.js';
import { firstLook } from '../../src/clinic/first-look.js';
import { describedPair } from '../../src/clinic/pair.js';
import { Stage, StartFailed } from '../../src/clinic/stage.js';
import { freePort, wayWords, type WayIn } from '../../src/clinic/way-in.js';
import { testUnless } from '../tools.js';

let folder: string;
let port: number;
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'servchat-ways-'));
  port = await freePort();
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

const NODE = JSON.stringify(process.execPath);
const LINES = `
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => socket.write(line + '\\n'));
  require('node:readline').createInterface({ input: socket }).on('line', (line) => console.log('Other: ' + line));`;

function write(name: string, text: string): void {
  fs.writeFileSync(path.join(folder, name), text);
}

function nodeServer(): string {
  write('server.cjs', `require('node:net').createServer((socket) => {${LINES}}).listen(${port}, '127.0.0.1');`);
  return `${NODE} server.cjs`;
}

function nodeClient(): string {
  write('client.cjs', `const socket = require('node:net').connect(${port}, 'localhost');${LINES}`);
  return `${NODE} client.cjs`;
}

/** The socket does not wait in connect(), as in Go and in asyncio. It shows what comes, and says what is typed. */
function cClient(...options: readonly string[]): string {
  return compiled('write(at == 0 ? sock : 1, text, count);', ...options);
}

/** Each line goes in three writes. */
function cClientInThree(...options: readonly string[]): string {
  const pieces = `if (at == 0) { write(sock, text, 2); write(sock, text + 2, 3); write(sock, text + 5, count - 5); }
    else write(1, text, count);`;
  return compiled(pieces, ...options);
}

function compiled(says: string, ...options: readonly string[]): string {
  write(
    'client.c',
    `#include <arpa/inet.h>
     #include <poll.h>
     #include <stdio.h>
     #include <unistd.h>
     #include <sys/socket.h>
     int main(void) {
       char text[1024];
       int sock = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
       struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(${port})};
       inet_pton(AF_INET, "192.0.2.7", &to.sin_addr);
       connect(sock, (struct sockaddr *)&to, sizeof to);
       struct pollfd open = {.fd = sock, .events = POLLOUT};
       poll(&open, 1, -1);
       for (;;) {
         struct pollfd both[] = {{.fd = 0, .events = POLLIN}, {.fd = sock, .events = POLLIN}};
         poll(both, 2, -1);
         for (int at = 0; at < 2; at += 1) {
           if (both[at].revents == 0) continue;
           ssize_t count = read(both[at].fd, text, sizeof text);
           if (count <= 0) return 0;
           ${says}
         }
       }
     }`,
  );
  const { status } = spawnSync('cc', ['-o', 'client', ...options, 'client.c'], { cwd: folder, stdio: 'ignore' });
  expect(status).toBe(0);
  return './client';
}

/** Every file, with what is in it. */
function contents(): ReadonlyMap<string, string> {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => fs.statSync(path.join(folder, name)).isFile());
  return new Map(files.map((name) => [name, fs.readFileSync(path.join(folder, name), 'base64')]));
}

interface Outcome {
  readonly facts: Facts;
  readonly languages: readonly string[];
  /** What crossed the relay, from both sides. */
  readonly came: readonly string[];
  readonly notes: readonly string[];
}

/** Starts the pair by this way alone, and says a sentence on each side. */
async function outcomeOf(way: WayIn, server: string, client: string): Promise<Outcome> {
  const pair = describedPair({ server: { command: server }, client: { command: client }, port }, folder);
  const stage = new Stage(pair, new Budget(60_000));
  const before = contents();
  try {
    stage.use(way);
    const talk = await stage.open();
    const there = await talk.say('client', 'Otter swims', ['server']);
    const back = await talk.say('server', 'Heron sleeps', ['client']);
    expect([there.shown.server, back.shown.client]).toEqual(['whole', 'whole']);
    const notes = talk.noted('client').map((one) => (one.what === 'hook' ? one.language : one.what));
    await talk.close();
    return {
      facts: { ...stage.facts },
      languages: [stage.languageOf('server'), stage.languageOf('client')],
      came: talk.wire.came.map(({ bytes }) => bytes.toString().trim()),
      notes,
    };
  } finally {
    await stage.close();
    expect(contents()).toEqual(before);
  }
}

const CROSSED = ['Otter swims', 'Heron sleeps'];

const isLinux = process.platform === 'linux';
const hasCompiler = isLinux && spawnSync('cc', ['--version'], { stdio: 'ignore' }).status === 0;
const noCompiler = hasCompiler ? null : 'no cc, or no Linux';

describe('a hook in the client', () => {
  testUnless(noCompiler, 'a library leads a program in C, and notes what it writes and reads', async () => {
    const { facts, languages, came, notes } = await outcomeOf('hook', nodeServer(), cClient());
    expect(facts.guide).toBe('library');
    expect(languages).toEqual(['node', 'c']);
    expect(came).toEqual(CROSSED);
    expect(notes).toEqual(['native', 'connect', 'send', 'recv']);
  });

  testUnless(noCompiler, 'the answer to its system call leads a program that loads no library', async () => {
    const { facts, languages, came } = await outcomeOf('hook', nodeServer(), cClient('-static'));
    expect(facts.guide).toBe('system call');
    expect(languages).toEqual(['node', 'c']);
    expect(came).toEqual(CROSSED);
  });

  for (const [how, option] of [
    ['a library', '-O1'],
    ['system calls', '-static'],
  ] as const)
    testUnless(noCompiler, `with ${how}, there is a pause after each write, so that each arrives alone`, async () => {
      const pair = { server: { command: nodeServer() }, client: { command: cClientInThree(option) }, port };
      const stage = new Stage(describedPair(pair, folder), new Budget(60_000));
      try {
        const talk = await stage.open({ pauseMs: 40 });
        const { shown } = await talk.say('client', 'Otter swims', ['server']);
        expect(shown.server).toBe('whole');
        const sizes = talk.noted('client').flatMap((one) => (one.what === 'send' ? [one.bytes] : []));
        expect(sizes).toEqual([2, 3, 7]);
        expect(talk.wire.came.map(({ bytes }) => bytes.toString())).toEqual(['Ot', 'ter', ' swims\n']);
      } finally {
        await stage.close();
      }
    });

  testUnless(
    isLinux ? null : 'no Linux',
    'the server gets another port where its own is used by another program',
    async () => {
      const other = net.createServer();
      await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
      const { facts, came } = await outcomeOf('hook', nodeServer(), nodeClient());
      await new Promise((resolve) => other.close(resolve));
      expect(came).toEqual(CROSSED);
      expect(facts).toMatchObject({ guide: 'language', isMoved: true });
      expect(wayWords(facts.way, facts.guide, facts.isMoved)).toContain('used by another program');
    },
  );
});

test('a server is moved to another port, and the relay takes its place', async () => {
  const { facts, came } = await outcomeOf('moved server', nodeServer(), nodeClient());
  expect(came).toEqual(CROSSED);
  expect(facts.ports.relay).toBe(port);
  expect(facts.ports.server).not.toBe(port);
});

test('a server cannot be moved where the relay cannot take its place: the failure names the port', async () => {
  const other = net.createServer();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  const failure = await outcomeOf('moved server', nodeServer(), nodeClient()).catch((error: unknown) => error);
  await new Promise((resolve) => other.close(resolve));
  expect(failure).toBeInstanceOf(StartFailed);
  expect((failure as Error).message).toBe(`port ${port} is used by another program; end it, or give another port`);
});

test('a client runs from a copy in which the port is another number', async () => {
  fs.mkdirSync(path.join(folder, 'lib'));
  write('lib/where.cjs', `exports.port = ${port}; exports.other = ${port}1;`);
  write('client.cjs', `const socket = require('node:net').connect(require('./lib/where.cjs').port);${LINES}`);
  const { facts, came } = await outcomeOf('copy', nodeServer(), `${NODE} client.cjs`);
  expect(came).toEqual(CROSSED);
  expect(facts.ports.server).toBe(port);
  expect(facts.ports.relay).not.toBe(port);
});

test('what the programs write stays in a copy of their folder, beside which lies what lies beside it', async () => {
  for (const name of ['server', 'client', 'common']) fs.mkdirSync(path.join(folder, name));
  write('common/words.txt', 'Ada');
  const writes = `
    const fs = require('node:fs');
    fs.appendFileSync('chat.log', 'a line');
    fs.writeFileSync('../common/words.txt', 'Bob');
    console.log(fs.readFileSync('../common/words.txt', 'utf8') + ' in ' + __dirname);`;
  write(
    'server/server.cjs',
    `${writes} require('node:net').createServer((socket) => {${LINES}}).listen(${port}, '127.0.0.1');`,
  );
  write('client/client.cjs', `${writes} const socket = require('node:net').connect(${port}, 'localhost');${LINES}`);
  const description = {
    server: { command: `${NODE} server.cjs`, folder: 'server' },
    client: { command: `${NODE} client.cjs`, folder: 'client' },
    port,
  };
  const stage = new Stage(describedPair(description, folder), new Budget(60_000));
  const before = contents();
  try {
    const talk = await stage.open();
    expect((await talk.say('client', 'Otter swims', ['server'])).shown.server).toBe('whole');
    // The copy is called what the user calls the folder.
    expect(talk.program('server').screen.since(0)).toContain(`Bob in ${path.join(folder, 'server')}`);
    expect(contents()).toEqual(before);
  } finally {
    await stage.close();
  }
  expect(contents()).toEqual(before);
});

test('programs that do not start in a copy run where they are', async () => {
  write('chat.cjs', nodeChatThatStandsIn(folder));
  const command = `${NODE} chat.cjs`;
  const pair = describedPair({ server: { command: `${command} server` }, client: { command }, port }, folder);
  const stage = new Stage(pair, new Budget(60_000));
  try {
    expect((await firstLook(stage, 0)).manner?.kind).toBe('free');
    expect(stage.facts.inPlace).toBe('in a copy of their folder they did not start');
  } finally {
    await stage.close();
  }
});

function nodeChatThatStandsIn(where: string): string {
  return `
    if (process.cwd() !== require('node:fs').realpathSync(${JSON.stringify(where)})) throw new Error('where am I?');
    const net = require('node:net');
    const chat = (socket) => {${LINES}};
    if (process.argv[2] === 'server') net.createServer(chat).listen(${port}, '127.0.0.1');
    else chat(net.connect(${port}, 'localhost'));`;
}
