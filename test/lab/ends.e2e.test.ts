/** How runs end, and that nothing is left behind: no process, no file, and pages that know what is true. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

import { expect, test } from '@jest/globals';

import type { Numbered } from '../../src/lab/events.js';
import { MAIN, TestProcess, servchat, temporaryDirectory } from '../servchat-process.js';
import { TestLab } from './lab-fixture.js';

/** The processes that `parent` started, with what they were started as. */
function childrenOf(parent: number): readonly { readonly pid: number; readonly command: string }[] {
  const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,state=,args='], { encoding: 'utf8' });
  return listed.split('\n').flatMap((line) => {
    const [, pid, ppid, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return Number(ppid) !== parent || state!.startsWith('Z') ? [] : [{ pid: Number(pid), command: command! }];
  });
}

const chairs = (parent = process.pid): ReturnType<typeof childrenOf> =>
  childrenOf(parent).filter(({ command }) => / (serve|connect) /.test(command));

/** Those of this process: other tests have labs too, at the same time. */
const folders = (): readonly string[] =>
  fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith('servchat-lab-') && name.includes(`-${process.pid}-`));

test('a mode is switched in mid-chat: the old processes end, and a new chat begins', async () => {
  const lab = new TestLab();
  await lab.chatting();
  const before = chairs();
  expect(before).toHaveLength(2);
  await lab.do({ do: 'hold', on: true });
  await lab.do({ do: 'say', side: 'client', text: 'never delivered' });
  await lab.next('came');
  await lab.do({
    do: 'start',
    mode: 'tls',
    integrity: null,
    attack: null,
    insists: false,
    elsewhere: null,
    hold: null,
  });
  expect(await lab.next('run')).toMatchObject({ run: 2, setting: { mode: 'tls' } });
  expect(chairs().filter(({ pid }) => before.some((each) => each.pid === pid))).toEqual([]);
  await lab.do({ do: 'hold', on: false });
  await lab.chatting();
  expect(lab.all('said')).toEqual([]);
});

test('many switches at once end in the last one', async () => {
  const lab = new TestLab();
  const modes = ['tls', 'plaintext', 'encrypted', 'plaintext'] as const;
  await Promise.all(
    modes.map((mode) =>
      lab.do({ do: 'start', mode, integrity: null, attack: null, insists: false, elsewhere: null, hold: null }),
    ),
  );
  await lab.chatting();
  expect(lab.all('run').map(({ setting }) => setting.mode)).toEqual(['plaintext']);
  expect(chairs()).toHaveLength(2);
});

test.each(['client', 'server'] as const)(
  'the process of the %s is killed: its seat says so, and a new chat can begin',
  async (side) => {
    const lab = new TestLab();
    await lab.start({ mode: 'encrypted', integrity: 'hmac-sha256-seq' });
    const word = side === 'client' ? ' connect ' : ' serve ';
    process.kill(chairs().find(({ command }) => command.includes(word))!.pid, 'SIGKILL');
    expect(await lab.next('seat', ({ side: whose }) => whose === side)).toMatchObject({ state: 'gone' });
    await lab.do({ do: 'say', side, text: 'anyone?' });
    expect((await lab.next('declined')).says).toMatch(/Start a new chat/);
    await lab.start({ mode: 'plaintext' });
    await lab.do({ do: 'say', side, text: 'again' });
    await lab.next('shown');
  },
);

test('at the end, no process and no file is left', async () => {
  const before = folders();
  const lab = new TestLab();
  await lab.start({ mode: 'encrypted', integrity: 'sha256' });
  expect(folders().length).toBe(before.length + 1);
  await lab.stage.close();
  expect({ chairs: chairs(), folders: folders() }).toEqual({ chairs: [], folders: before });
});

test('closed while a chat begins', async () => {
  const before = folders();
  const lab = new TestLab();
  void lab.do({
    do: 'start',
    mode: 'encrypted',
    integrity: null,
    attack: null,
    insists: true,
    elsewhere: null,
    hold: null,
  });
  await lab.stage.close();
  expect({ chairs: chairs(), folders: folders() }).toEqual({ chairs: [], folders: before });
});

/** Reads events until one of this type comes. */
async function eventOf(url: string, type: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const request = http.get(`${url}events`, { agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const events = text
          .split('\n')
          .flatMap((line) =>
            line.startsWith('data: ') && line.endsWith('}') ? [JSON.parse(line.slice(6)) as Numbered] : [],
          );
        if (!events.some(({ event }) => event.type === type)) return;
        request.destroy();
        resolve();
      });
      response.on('error', () => undefined);
    });
    request.on('error', reject);
  });
}

async function opened(lab: TestProcess): Promise<string> {
  return lab.shows('http://');
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s ends the command, its processes and its folder',
  async (signal) => {
    const out = temporaryDirectory();
    const home = temporaryDirectory();
    // Its temporary folder is here, so that other tests do not matter.
    const lab = servchat(['lab', '--out', path.join(out, 'lab')], { TMPDIR: home });
    await eventOf(await opened(lab), 'seat');
    expect(fs.readdirSync(home).filter((name) => name.startsWith('servchat-lab-'))).toHaveLength(1);
    lab.kill(signal);
    expect({ status: await lab.ended, errors: lab.errors }).toEqual({ status: 0, errors: '' });
    expect(fs.readdirSync(home).filter((name) => name.startsWith('servchat-lab-'))).toEqual([]);
    // Nothing was saved, so no folder was made.
    expect(fs.readdirSync(out)).toEqual([]);
  },
);

test('when nobody reads its output, it ends and leaves no file either', async () => {
  const home = temporaryDirectory();
  const shell = new TestProcess('bash', ['-c', `"${process.execPath}" "${MAIN}" lab </dev/null | true`], {
    TMPDIR: home,
  });
  await shell.ended;
  expect(fs.readdirSync(home).filter((name) => name.startsWith('servchat-lab-'))).toEqual([]);
});

test('a port that is taken: one line that says what to do', async () => {
  const first = servchat(['lab']);
  const { port } = new URL(await opened(first));
  const second = servchat(['lab', '--port', port]);
  expect(await second.ended).toBe(1);
  expect(second.errors).toMatch(/^servchat: Cannot open the lab on port \d+: [^\n]+--port[^\n]*\n$/);
  expect(second.errors).not.toContain('EADDRINUSE');
});

test('without --port, a second lab takes another port', async () => {
  const ports = [servchat(['lab']), servchat(['lab'])].map(async (lab) => new URL(await opened(lab)).port);
  const [one, other] = await Promise.all(ports);
  expect(one).not.toBe(other);
});
