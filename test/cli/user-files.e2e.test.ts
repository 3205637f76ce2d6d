/** The user's files belong to the user. No command changes an existing file unless the user said so. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, test } from '@jest/globals';

import { run, servchat, server, temporaryDirectory, type TestProcess } from '../servchat-process.js';

const SAMPLES = path.resolve('captures/samples');
const onUnix = process.platform === 'win32' ? test.skip : test;

function mine(name: string): string {
  const file = path.join(temporaryDirectory(), name);
  fs.writeFileSync(file, 'mine');
  return file;
}

async function chatWith(
  chair: TestProcess,
  port: number,
  args: readonly string[] = ['--mode', 'plaintext'],
): Promise<TestProcess> {
  const client = servchat(['connect', `127.0.0.1:${port}`, ...args]);
  await client.shows('Connected');
  client.say('Hello');
  await chair.shows('client: Hello');
  return client;
}

async function end(...chairs: readonly TestProcess[]): Promise<unknown[]> {
  chairs[0]?.say('exit');
  return Promise.all(chairs.map((chair) => chair.ended));
}

describe('every option and argument that names a file to write', () => {
  const encrypted = path.join(SAMPLES, 'encrypted.pcap');
  const keys = path.join(SAMPLES, 'encrypted.keylog');
  test.each<[string, string, (file: string) => readonly string[]]>([
    ['serve --capture', 'a.pcap', (file) => ['serve', '--port', '0', '--mode', 'plaintext', '--capture', file]],
    [
      'serve --capture, pcapng',
      'a.pcapng',
      (file) => ['serve', '--port', '0', '--mode', 'plaintext', '--capture', file],
    ],
    [
      'serve --save-private-key',
      'key.pem',
      (file) => ['serve', '--port', '0', '--mode', 'tls', '--save-private-key', file],
    ],
    ['connect --capture', 'a.pcap', (file) => ['connect', '127.0.0.1:1', '--mode', 'plaintext', '--capture', file]],
    ['connect --save-private-key', 'key.pem', (file) => ['connect', '127.0.0.1:1', '--save-private-key', file]],
    ['annotate', 'a.pcapng', (file) => ['annotate', encrypted, file]],
    ['decrypt', 'a.pcap', (file) => ['decrypt', encrypted, file, '--keys', keys]],
    ['lesson --out', 'notes.html', (file) => ['lesson', '--capture', encrypted, '--out', file]],
    [
      'lesson --out, beside it',
      'notes.md',
      (file) => ['lesson', '--capture', encrypted, '--out', file.replace('.md', '.html')],
    ],
  ])('%s', async (_, name, args) => {
    const file = mine(name);
    const { status, output, errors } = await run(args(file));
    expect({ status, output, errors }).toEqual({ status: 1, output: '', errors: expect.stringContaining(file) });
    expect(errors).toMatch(
      /^servchat: Cannot [^\n]*: there is already a file with that name; give another name, or --force to replace it\n$/,
    );
    expect(fs.readFileSync(file, 'utf8')).toBe('mine');
    expect(fs.readdirSync(path.dirname(file))).toEqual([name]);
  });

  test.each<[string, readonly string[], (file: string) => readonly string[]]>([
    ['annotate', ['a.pcapng'], (file) => ['annotate', encrypted, file, '--force']],
    ['decrypt', ['a.pcap'], (file) => ['decrypt', encrypted, file, '--keys', keys, '--force']],
    [
      'lesson --out',
      ['notes.html', 'notes.md'],
      (file) => ['lesson', '--capture', encrypted, '--out', file, '--force'],
    ],
  ])('%s --force', async (_, names, args) => {
    const file = mine(names[0]!);
    expect(await run(args(file))).toMatchObject({ status: 0, errors: '' });
    expect(fs.readFileSync(file, 'utf8')).not.toBe('mine');
    expect(fs.readdirSync(path.dirname(file)).sort()).toEqual(names);
  });
});

describe('a capture of a chat', () => {
  test('replaces an older one only with --force, and only when the chat begins', async () => {
    const file = mine('a.pcap');
    const nobody = await run(['connect', '127.0.0.1:1', '--mode', 'plaintext', '--capture', file, '--force']);
    expect(nobody.errors).toContain('nobody listens there');
    expect(fs.readFileSync(file, 'utf8')).toBe('mine');
    const { chair, port } = await server(['--mode', 'plaintext', '--capture', file, '--force']);
    const client = await chatWith(chair, port);
    expect(await end(client, chair)).toEqual([0, 0]);
    expect((await run(['inspect', file])).output).toContain('Hello');
  });

  test('nobody listens: no capture, key log, key or folder is made', async () => {
    const folder = path.join(temporaryDirectory(), 'new');
    const files = [
      '--capture',
      path.join(folder, 'a.pcap'),
      '--keylog',
      path.join(folder, 'k'),
      '--save-private-key',
      path.join(folder, 'p'),
    ];
    expect((await run(['connect', '127.0.0.1:1', ...files])).status).toBe(1);
    expect(fs.existsSync(folder)).toBe(false);
  });

  test('a server without a client leaves no empty capture; with a client, it makes the folders', async () => {
    const file = path.join(temporaryDirectory(), 'a', 'b.pcap');
    const { chair } = await server(['--mode', 'plaintext', '--capture', file]);
    await delay(200);
    chair.kill('SIGINT');
    expect(await chair.ended).toBe(0);
    expect(fs.existsSync(file)).toBe(false);
    const second = await server(['--mode', 'plaintext', '--capture', file]);
    const client = await chatWith(second.chair, second.port);
    expect(await end(client, second.chair)).toEqual([0, 0]);
    expect((await run(['inspect', file])).output).toContain('Hello');
  });

  test.each(['a.pcap', 'a.pcapng'])(
    '%s: a second server does not touch the capture of a running chat',
    async (name) => {
      const file = path.join(temporaryDirectory(), name);
      const { chair, port } = await server(['--mode', 'plaintext', '--capture', file]);
      const client = await chatWith(chair, port);
      for (const force of [[], ['--force']]) {
        if (name === 'a.pcap' && force.length > 0) continue;
        const second = await run(['serve', '--port', String(port), '--mode', 'plaintext', '--capture', file, ...force]);
        expect(second).toMatchObject({
          status: 1,
          output: '',
          errors: expect.stringMatching(/there is already a file with that name|is there already/),
        });
      }
      // With --force and the same port: the server cannot listen, so it does not need the file.
      expect(
        (await run(['serve', '--port', String(port), '--mode', 'plaintext', '--capture', `${file}.other`, '--force']))
          .status,
      ).toBe(1);
      expect(await end(client, chair)).toEqual([0, 0]);
      expect((await run(['inspect', file])).output).toContain('Hello');
      expect(fs.readdirSync(path.dirname(file))).toEqual(['.servchat', name]);
    },
  );

  test('the pcapng that a killed server left is kept and reported', async () => {
    const file = path.join(temporaryDirectory(), 'a.pcapng');
    const { chair, port } = await server(['--mode', 'plaintext', '--capture', file]);
    const client = await chatWith(chair, port);
    chair.kill('SIGKILL');
    await Promise.all([chair.ended, client.ended]);
    const left = `${file}.recording.pcap`;
    const before = fs.readFileSync(left);
    const { status, errors } = await run(['serve', '--port', '0', '--mode', 'plaintext', '--capture', file]);
    expect({ status, errors }).toEqual({ status: 1, errors: expect.stringContaining(`${left} is there already`) });
    expect(fs.readFileSync(left)).toEqual(before);
  });
});

describe('someone takes away a file of the chat during the chat', () => {
  const GONE = 'someone removed it, moved it or put another file in its place';
  const takes: readonly [string, (file: string) => void][] = [
    ['removed', fs.rmSync],
    [
      'moved',
      (file) => {
        fs.renameSync(file, `${file}.moved`);
      },
    ],
    [
      'replaced',
      (file) => {
        fs.rmSync(file);
        fs.writeFileSync(file, 'mine');
      },
    ],
  ];

  onUnix.each(takes)('a capture, %s: nobody says that the chat is captured', async (_, take) => {
    const file = path.join(temporaryDirectory(), 'a.pcap');
    const { chair, port } = await server(['--mode', 'plaintext', '--capture', file]);
    const client = await chatWith(chair, port);
    take(file);
    expect(await end(client, chair)).toEqual([0, 1]);
    expect(chair.errors).toBe(`servchat: Cannot write the capture ${file}: while we wrote it, ${GONE}\n`);
    expect(chair.output.join('\n')).not.toContain('captured');
    expect(fs.existsSync(path.join(path.dirname(file), '.servchat'))).toBe(false);
  });

  onUnix.each(takes)('a key log, %s: nobody says that it opens the capture', async (_, take) => {
    const folder = temporaryDirectory();
    const [capture, keys] = [path.join(folder, 'a.pcap'), path.join(folder, 'keys.txt')];
    const { chair, port } = await server(['--capture', capture, '--keylog', keys]);
    const client = await chatWith(chair, port, []);
    take(keys);
    expect(await end(client, chair)).toEqual([0, 1]);
    expect(chair.errors).toBe(`servchat: The keys are not in the key log ${keys}: during the chat, ${GONE}\n`);
    const output = chair.output.join('\n');
    expect(output).toContain(`captured in ${capture}`);
    expect(output).not.toContain('--keys');
  });
});

onUnix('a capture into a pipe or a device: no note is made beside it, and the chat ends', async () => {
  const folder = temporaryDirectory();
  const pipe = path.join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const kept = fs.openSync(path.join(folder, 'kept.pcap'), 'w');
  const reader = spawn('cat', [pipe], { stdio: ['ignore', kept, 'ignore'] });
  // Opening a pipe waits for the other end, so `cat` has the pipe open when we do.
  await delay(300);
  const { chair, port } = await server(['--mode', 'plaintext', '--capture', pipe]);
  const client = await chatWith(chair, port);
  expect(await end(client, chair)).toEqual([0, 0]);
  if (reader.exitCode === null) await once(reader, 'exit');
  expect(fs.readdirSync(folder).sort()).toEqual(['kept.pcap', 'pipe']);
  expect((await run(['inspect', path.join(folder, 'kept.pcap')])).output).toContain('Hello');
});

onUnix('a pcapng into a pipe that nobody reads is refused before the chat', async () => {
  const folder = temporaryDirectory();
  const pipe = path.join(folder, 'a.pcapng');
  execFileSync('mkfifo', [pipe]);
  expect(await run(['serve', '--port', '0', '--mode', 'plaintext', '--capture', pipe])).toEqual({
    status: 1,
    output: '',
    errors: `servchat: Cannot write the capture ${pipe}: nobody reads from this pipe; start the program that reads it first\n`,
  });
  expect(fs.readdirSync(folder)).toEqual(['a.pcapng']);
});

onUnix('a pcapng into a pipe: its reader waits for the end of the chat, and gets all of it', async () => {
  const folder = temporaryDirectory();
  const pipe = path.join(folder, 'a.pcapng');
  execFileSync('mkfifo', [pipe]);
  const kept = fs.openSync(path.join(folder, 'kept'), 'w');
  const reader = spawn('cat', [pipe], { stdio: ['ignore', kept, 'ignore'] });
  await delay(300);
  const { chair, port } = await server(['--mode', 'plaintext', '--capture', pipe]);
  const client = await chatWith(chair, port);
  // More than a pipe holds.
  for (let n = 0; n < 8; n += 1) client.say('x'.repeat(30_000));
  expect(await end(client, chair)).toEqual([0, 0]);
  if (reader.exitCode === null) await once(reader, 'exit');
  expect(chair.errors).toBe('');
  expect(fs.readdirSync(folder).sort()).toEqual(['a.pcapng', 'kept']);
  const { status, output } = await run(['inspect', path.join(folder, 'kept'), '--follow', '0']);
  expect(status).toBe(0);
  expect(output.match(/x/g)?.length).toBeGreaterThanOrEqual(240_000);
});

describe('a key log', () => {
  test('saved as UTF-16, as Windows PowerShell does: named as such', async () => {
    const file = path.join(temporaryDirectory(), 'keys.txt');
    const text = fs.readFileSync(path.join(SAMPLES, 'encrypted.keylog'), 'utf8');
    fs.writeFileSync(file, Buffer.from(`\ufeff${text}`, 'utf16le'));
    expect(await run(['inspect', path.join(SAMPLES, 'encrypted.pcap'), '--keys', file])).toEqual({
      status: 1,
      output: '',
      errors: `servchat: Cannot use the key log ${file}: it is UTF-16, not UTF-8; save it as UTF-8\n`,
    });
  });

  onUnix('on a full disk: one line, the chat goes on, and the end tells that something went wrong', async () => {
    for (const mode of ['encrypted', 'tls']) {
      const { chair, port } = await server(['--mode', mode, '--keylog', '/dev/full']);
      const client = await chatWith(chair, port, ['--mode', mode]);
      client.say('Still here');
      await chair.shows('client: Still here');
      expect(await end(client, chair)).toEqual([0, 1]);
      expect(chair.errors).toBe(
        'servchat: Cannot write the key log /dev/full: the disk is full; make room or choose another place. The chat goes on, but its key is not saved\n',
      );
    }
  });

  onUnix('that is there is appended to, and becomes its owner’s alone, which is said', async () => {
    const file = mine('keys.txt');
    fs.writeFileSync(file, 'mine\n');
    fs.chmodSync(file, 0o644);
    const { chair, port } = await server(['--keylog', file]);
    const client = await chatWith(chair, port, []);
    expect(await end(client, chair)).toEqual([0, 0]);
    expect(fs.readFileSync(file, 'utf8')).toMatch(/^mine\nSERVCHAT_SESSION_KEY|^mine\n\S/);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(chair.errors).toBe(
      `servchat: The key log ${file} could be used by others on this machine; now only you can use it\n`,
    );
  });
});

onUnix('a pcapng with secrets is its owner’s alone', async () => {
  const file = path.join(temporaryDirectory(), 'open.pcapng');
  const done = await run([
    'annotate',
    path.join(SAMPLES, 'tls.pcap'),
    file,
    '--with-secrets',
    path.join(SAMPLES, 'tls.keylog'),
  ]);
  expect(done).toMatchObject({ status: 0, output: expect.stringContaining('IT HOLDS ITS KEYS') });
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
});

describe('a capture that is read more than once', () => {
  onUnix.each<[string, (file: string) => readonly string[]]>([
    ['annotate', (file) => ['annotate', file, '/nowhere/x.pcapng']],
    ['decrypt', (file) => ['decrypt', file, '/nowhere/x.pcap', '--keys', path.join(SAMPLES, 'encrypted.keylog')]],
    ['lesson', (file) => ['lesson', '--capture', file, '--out', path.join(temporaryDirectory(), 'r.html')]],
  ])('%s does not wait for a pipe, which gives its bytes only once', async (_, args) => {
    const pipe = path.join(temporaryDirectory(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(await run(args(pipe))).toEqual({
      status: 1,
      output: '',
      errors: `servchat: Cannot use ${pipe} here: it is a pipe, and the capture is read more than once; save it in a file first\n`,
    });
  });
});

describe('an input file that never ends, is a folder, or does not exist', () => {
  const capture = path.join(SAMPLES, 'encrypted.pcap');
  const plain = path.join(SAMPLES, 'plaintext.pcap');
  onUnix.each<[string, (file: string) => readonly string[]]>([
    ['--keys', (file) => ['inspect', capture, '--keys', file]],
    ['decrypt --private-key', (file) => ['decrypt', capture, '/nowhere/x.pcap', '--private-key', file]],
    ['connect --private-key', (file) => ['connect', '--private-key', file]],
    ['--script', (file) => ['demo', 'plaintext', '--script', file]],
    ['compare --script', (file) => ['compare', plain, capture, '--script', file]],
    ['--class', (file) => ['lesson', '--class', file, '--out', '/nowhere/class']],
    ['--attacks', (file) => ['lesson', '--capture', plain, '--attacks', file, '--out', '/nowhere/r.html']],
    [
      '--with-secrets',
      (file) => ['annotate', path.join(SAMPLES, 'tls.pcap'), '/nowhere/x.pcapng', '--with-secrets', file],
    ],
  ])('%s', async (_, args) => {
    for (const [file, why] of [
      ['/dev/zero', /it is larger than \d+ MiB/],
      [temporaryDirectory(), /this is a folder/],
      ['/nowhere', /there is no such file/],
    ] as const) {
      const { status, errors } = await run(args(file));
      expect({ status, errors }).toEqual({ status: 1, errors: expect.stringMatching(why) });
      expect(errors).toMatch(/^servchat: [^\n]*\n$/);
    }
  });
});

describe('a folder that a command fills', () => {
  const demo = (out: string): readonly string[] => ['demo', 'plaintext', '--capture-with', 'tap', '--out', out];

  test('three demos at once: each one is played, and a demo that waits says why', async () => {
    const out = path.join(temporaryDirectory(), 'new');
    const all = await Promise.all([run(demo(out)), run(demo(out)), run(demo(out))]);
    for (const { status, output, errors } of all) {
      expect({ status, errors }).toEqual({
        status: 0,
        errors: expect.stringMatching(
          /^(servchat: Another servchat \(process \d+\) is writing to the folder [^\n]*; waiting until it is done\n)?$/,
        ),
      });
      expect(output).toContain('Nice to Meet you');
    }
    expect(all.filter(({ errors }) => errors === '')).toHaveLength(1);
  });

  test('a foreign capture, and a demo’s capture that was changed, are kept and reported', async () => {
    const out = path.dirname(mine('plaintext.pcap'));
    const first = await run(demo(out));
    expect(first).toMatchObject({
      status: 0,
      errors: '',
      output: expect.stringContaining(
        `Kept in ${path.join(out, 'kept-1')}: the file plaintext.pcap that was here before`,
      ),
    });
    expect(fs.readFileSync(path.join(out, 'kept-1', 'plaintext.pcap'), 'utf8')).toBe('mine');
    expect((await run(demo(out))).output).not.toContain('Kept in');
    fs.appendFileSync(path.join(out, 'plaintext.pcap'), 'x');
    expect((await run(demo(out))).output).toContain('Kept in');
  });

  test('a class is written only to new folders: sheets that were handed out, and students’ work, stay', async () => {
    const folder = temporaryDirectory();
    const roster = path.join(folder, 'two.csv');
    fs.writeFileSync(roster, 'Ada\nBea\n');
    const out = path.join(folder, 'class');
    expect(await run(['lesson', '--class', roster, '--out', out])).toMatchObject({ status: 0, errors: '' });
    const sheet = path.join(out, '01-ada', 'questions.md');
    fs.appendFileSync(sheet, 'My answer\n');
    const read = (): string[] =>
      fs
        .readdirSync(out, { recursive: true, encoding: 'utf8' })
        .map((file) => path.join(out, file))
        .filter((file) => fs.statSync(file).isFile())
        .map((file) => `${file} ${fs.readFileSync(file, 'latin1')}`);
    const before = read();
    const again = await run(['lesson', '--class', roster, '--out', out]);
    expect(again).toEqual({
      status: 1,
      output: '',
      errors: expect.stringMatching(
        /^servchat: Cannot make the folder [^\n]*: it is already there, and students may have the tasks that belong to it; choose another folder with --out\n$/,
      ),
    });
    expect(read()).toEqual(before);
  });
});

describe('one file under two names', () => {
  const encrypted = path.join(SAMPLES, 'encrypted.pcap');
  const keys = path.join(SAMPLES, 'encrypted.keylog');

  test.each<[string, (file: string) => readonly string[]]>([
    ['serve', (file) => ['serve', '--port', '0', '--force', '--capture', file, '--keylog', file]],
    ['connect', (file) => ['connect', '127.0.0.1:1', '--force', '--capture', file, '--private-key', file]],
    ['decrypt', (file) => ['decrypt', encrypted, file, '--force', '--keys', file]],
    ['annotate', (file) => ['annotate', encrypted, file, '--force', '--keys', file]],
  ])('%s refuses it, and the file stays as it was', async (_, args) => {
    const file = path.join(temporaryDirectory(), 'keys.txt');
    fs.copyFileSync(keys, file);
    const { status, errors } = await run(args(file));
    expect(status).toBe(1);
    expect(errors).toMatch(/^servchat: Cannot use \S+ for both .* and .*; give each its own file\n$/);
    expect(fs.readFileSync(file)).toEqual(fs.readFileSync(keys));
  });

  test('also if it does not exist yet, and is written in two ways', async () => {
    const folder = temporaryDirectory();
    const names = ['--capture', path.join(folder, 'a.pcap'), '--keylog', `${folder}/./a.pcap`];
    const { status, errors } = await run(['serve', '--port', '0', ...names]);
    expect([status, errors]).toEqual([1, expect.stringContaining('for both --capture and --keylog')]);
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});

test('a key goes on a line of its own, also behind a last line without a line feed', async () => {
  const keyLog = path.join(temporaryDirectory(), 'keys.txt');
  fs.writeFileSync(keyLog, '# my keys', { mode: 0o600 });
  const { chair, port } = await server(['--keylog', keyLog]);
  const client = await chatWith(chair, port, []);
  await end(client, chair);
  expect(fs.readFileSync(keyLog, 'latin1')).toMatch(/^# my keys\nSERVCHAT_SESSION_KEY [0-9a-f]{64} [0-9a-f]{128}\n$/);
});
