/** The processes that a demo or an attack starts end with it, however it ends. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, test } from '@jest/globals';

import { COMMANDS } from '../../src/cli/commands.js';
import { PATIENCE_MS } from '../patience.js';
import { MAIN, TestProcess, temporaryDirectory } from '../servchat-process.js';

interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Zombies do not count: they have ended, and perhaps no parent is left that could read their status. */
function processes(): readonly Running[] {
  const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,state=,args='], { encoding: 'utf8' });
  return listed.split('\n').flatMap((line) => {
    const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return command === undefined || state?.startsWith('Z') === true
      ? []
      : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

/** The chairs that `pid` started: its children and their children. */
function chairsBelow(pid: number): readonly number[] {
  const all = processes();
  const below = all.filter(({ parent }) => parent === pid);
  const chairs = below.filter(({ command }) => / (serve|connect) /.test(command)).map((each) => each.pid);
  return [...chairs, ...below.flatMap((each) => chairsBelow(each.pid))];
}

/** Calls `look` until it returns something other than null, or patience ends. */
async function eventually<Found>(look: () => Found | null): Promise<Found | null> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const found = look();
    if (found !== null) return found;
    await sleep(50);
  }
  return null;
}

async function chairsOf(shell: TestProcess): Promise<readonly number[]> {
  const pid = Number(await shell.shows(''));
  const chairs = await eventually(() => {
    const found = chairsBelow(pid);
    return found.length >= 2 ? found : null;
  });
  expect(chairs).not.toBeNull();
  return chairs ?? [];
}

const allGone = (chairs: readonly number[]): true | null =>
  processes().some(({ pid }) => chairs.includes(pid)) ? null : true;

/** A script that takes longer than one look at the list of processes. A shorter run could end unseen. */
function longScript(): string {
  const file = path.join(temporaryDirectory(), 'long.txt');
  fs.writeFileSync(file, 'client: still here\n'.repeat(20_000));
  return file;
}

const RUNS = [
  ['demo plaintext', ['demo', 'plaintext', '--capture-with', 'tap', '--script', longScript()]],
  // A single attack can be over before the list of processes was read.
  ['attack --all', ['attack', '--all']],
] as const;

describe.each(RUNS)('%s', (_, command) => {
  test.each(['SIGTERM', 'SIGKILL', 'SIGHUP'])('ended by %s', async (signal) => {
    // The shell prints its process number and then becomes the command.
    const shell = new TestProcess('sh', [
      '-c',
      'echo $$; exec "$@"',
      'sh',
      process.execPath,
      MAIN,
      ...command,
      '--out',
      temporaryDirectory(),
    ]);
    const chairs = await chairsOf(shell);
    shell.kill(signal as NodeJS.Signals);
    await shell.ended;
    expect(await eventually(() => allGone(chairs))).toBe(true);
  });
});

/** Like head -1, but it stays until it is told to go. By then the test has seen both chairs. */
const FIRST_LINE = 'exec 3<&0; echo $$; "$@" </dev/null | { read -r line; echo "$line"; read -r <&3; }; exec sleep 60';

test('demo compare, when the reader takes only the first line', async () => {
  const command = [
    process.execPath,
    MAIN,
    'demo',
    'compare',
    '--capture-with',
    'tap',
    '--script',
    longScript(),
    '--out',
    temporaryDirectory(),
  ];
  const shell = new TestProcess('bash', ['-c', FIRST_LINE, 'bash', ...command]);
  const chairs = await chairsOf(shell);
  await shell.shows('Playing');
  shell.say('go');
  // The demo notices at its next line that nobody reads. That may take until the conversation is over.
  expect(await eventually(() => allGone(chairs))).toBe(true);
  shell.kill('SIGKILL');
});

describe('a command whose output nobody reads ends without a message', () => {
  const plaintext = path.resolve('captures/samples/plaintext.pcap');
  const encrypted = path.resolve('captures/samples/encrypted.pcap');
  const keyLog = path.resolve('captures/samples/encrypted.keylog');
  const out = temporaryDirectory();
  const roster = path.join(out, 'roster.csv');
  fs.writeFileSync(roster, 'name\nAda\n');
  const CALLS: readonly (readonly [string, ...string[]])[] = [
    ['serve', '--port', '0'],
    ['connect', '127.0.0.1:1'],
    ['demo', 'plaintext', '--capture-with', 'tap', '--out', out],
    ['inspect', plaintext],
    ['inspect', plaintext, '--format', 'ndjson'],
    ['compare', plaintext, encrypted],
    ['lesson', '--capture', plaintext, '--out', path.join(out, 'report.html')],
    ['lesson', '--class', roster, '--out', path.join(out, 'class')],
    ['annotate', plaintext, path.join(out, 'annotated.pcapng')],
    ['decrypt', encrypted, '--keys', keyLog, path.join(out, 'decrypted.pcap')],
    ['wireshark', 'where'],
    ['attack', '--list'],
    ['attack', 'modify', '--mode', 'plaintext', '--out', out],
    ['lab', '--out', out],
    ['check', '--server', 'node --version', '--client', 'node --version', '--port', '4'],
  ];

  test('every command is tested', () => {
    expect([...new Set(CALLS.map(([name]) => name))].sort()).toEqual(COMMANDS.map(({ name }) => name).sort());
  });

  test.each(
    CALLS.map(
      (call) =>
        [
          call
            .slice(0, 2)
            .map((word) => path.basename(word))
            .join(' '),
          call,
        ] as const,
    ),
  )('%s', async (_, call) => {
    const shell = new TestProcess('bash', [
      '-c',
      '"$@" </dev/null | true; echo "status ${PIPESTATUS[0]}"',
      'bash',
      process.execPath,
      MAIN,
      ...call,
    ]);
    await shell.ended;
    const refused = call[0] === 'connect';
    expect(shell.output).toEqual([`status ${refused ? 1 : 0}`]);
    // check says on standard error what it is doing.
    if (call[0] !== 'check')
      expect(shell.errors.split('\n').filter((line) => line !== '').length).toBe(refused ? 1 : 0);
    expect(shell.errors).not.toMatch(/EPIPE|^ {4}at /m);
  });
});
