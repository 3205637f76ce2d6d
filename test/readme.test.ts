/** Checks the README: every command in it runs, its excerpts are what the commands print, its filters work. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { inSmallProject } from './gate/small-project.js';
import { TestProcess, temporaryDirectory } from './servchat-process.js';
import { testWithTool } from './tools.js';

const README = fs.readFileSync('README.md', 'utf8');
const commands = [...README.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block]) => block!.trim().split('\n'));

/** The demo's output as the README shows it. */
const EXCERPT = /^```text\n(.*?)^```$/ms.exec(README)![1]!.trimEnd();

/** Without what depends on how the machine captures: the number of packets, and so the frame numbers. */
function shape(text: string): string {
  return text
    .replace(/\b\d+ packets/g, 'N packets')
    .replace(/\bframe \d+/g, 'frame N')
    .replace(/ {2,}/g, '  ');
}

/** A fresh clone, as a newcomer has it. It borrows what `npm ci` installs from this folder. */
let clone: string;
let treeBefore: string;
const workingTree = (): string => execFileSync('git', ['status', '--porcelain'], { cwd: clone, encoding: 'utf8' });
beforeAll(() => {
  clone = path.join(temporaryDirectory(), 'servchat');
  execFileSync('git', ['clone', '--quiet', '.', clone]);
  // Files that are not committed yet are tested too.
  const changed = execFileSync('git', ['ls-files', '--modified', '--others', '--exclude-standard', '-z'], {
    encoding: 'utf8',
  });
  for (const file of changed.split('\0').filter((name) => name !== '' && fs.existsSync(name))) {
    fs.cpSync(file, path.join(clone, file), { recursive: true });
  }
  fs.symlinkSync(path.resolve('node_modules'), path.join(clone, 'node_modules'));
  execFileSync('npm', ['run', '--silent', 'build', '--', '--noCheck'], { cwd: clone, stdio: 'ignore' });
  treeBefore = workingTree();
  fs.writeFileSync(path.join(shims, 'npx'), SHIM, { mode: 0o755 });
});

/**
 * What npx does, without the second that npx itself takes: it runs the `bin` of the package in the folder. A test below
 * checks that.
 */
const SHIM = `#!/bin/sh
[ "$1" = servchat ] || { echo "npx is asked for $1" >&2; exit 1; }
shift
export npm_command=exec
exec '${process.execPath}' dist/cli/main.js "$@"
`;
const shims = temporaryDirectory();

const shell = (command: string): TestProcess =>
  new TestProcess('bash', ['-c', `cd "$0" && exec ${command}`, clone], {
    PATH: `${shims}${path.delimiter}${process.env['PATH'] ?? ''}`,
  });

async function succeeds(command: string): Promise<string> {
  const child = shell(command);
  child.endInput();
  const status = await child.ended;
  expect({ command, status, errors: child.errors }).toEqual({
    command,
    status: 0,
    errors: expect.not.stringMatching(/servchat:/),
  });
  return child.output.map((line) => `${line}\n`).join('');
}

/** The report of the first command, in Markdown. Later commands replace it. */
let firstReport = '';

/** Every command of the README, in its order, with the way to test it. */
const TRIED: Readonly<Record<string, () => Promise<unknown>>> = {
  'npm ci && npm run demo': async () => {
    const output = await succeeds('npm run demo');
    expect(shape(output)).toContain(shape(EXCERPT));
    expect(output).toMatch(/Running the attacks that the report shows: \d+ runs/);
    for (const file of [
      'captures/plaintext.pcap',
      'captures/encrypted.pcap',
      'captures/encrypted.keylog',
      'lessons/report.html',
      'lessons/report.md',
    ]) {
      expect(output).toContain(file);
      expect(fs.existsSync(path.join(clone, file))).toBe(true);
    }
    firstReport = fs.readFileSync(path.join(clone, 'lessons/report.md'), 'utf8');
  },
  // `npm test` is what runs here. So npm is asked whether it could install, and the scripts run on a small project.
  'npm ci && npm test': async () => {
    expect(await inSmallProject(['ci', '--dry-run', '--offline', '--no-audit'])).toMatchObject({ status: 0 });
    const { status, output, errors } = await inSmallProject(['test']);
    expect({ status, errors, last: output.trim().split('\n').at(-1) }).toEqual({
      status: 0,
      errors: expect.stringContaining('PASS test/one.test.ts'),
      last: '1 passed, 0 failed',
    });
  },
  'npm ci && npm run lab': async () => {
    const lab = new TestProcess('bash', ['-c', 'cd "$0" && exec npm run lab', clone], {}, { ownGroup: true });
    const url = await lab.shows('http://127.0.0.1:');
    const page = await fetch(url);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<title>The lab')]);
    lab.interrupt();
    await lab.ended;
    await expect(fetch(url)).rejects.toThrow();
  },
  'npx servchat lesson': async () => {
    expect(await succeeds('npx servchat lesson')).toContain('lessons/report.html');
  },
  'npx servchat serve --mode plaintext --capture captures/mine.pcap': async () => {
    await chat(
      'npx servchat serve --mode plaintext --capture captures/mine.pcap',
      'npx servchat connect --mode plaintext',
    );
  },
  'npx servchat connect --mode plaintext': async () => {
    await chat('npx servchat serve --mode plaintext', 'npx servchat connect --mode plaintext');
  },
  'nc 127.0.0.1 4747': () => netcat('nc 127.0.0.1 4747'),
  'npx servchat serve --capture captures/secret.pcap --keylog captures/secret.keylog': async () => {
    await chat(
      'npx servchat serve --capture captures/secret.pcap --keylog captures/secret.keylog',
      'npx servchat connect',
    );
  },
  'npx servchat connect': () => chat('npx servchat serve', 'npx servchat connect'),
  'npx servchat serve --mode tls --keylog captures/tls-mine.keylog': () =>
    chat('npx servchat serve --mode tls --keylog captures/tls-mine.keylog', 'npx servchat connect --mode tls'),
  'npx servchat connect --mode tls': () => chat('npx servchat serve --mode tls', 'npx servchat connect --mode tls'),
  'npx servchat inspect captures/mine.pcap --find "Nice to Meet you"': async () => {
    const output = await succeeds('npx servchat inspect captures/mine.pcap --find "Nice to Meet you"');
    expect(output).toMatch(/“Nice to Meet you”: readable/);
  },
  'npx servchat inspect captures/secret.pcap': async () => {
    expect(await succeeds('npx servchat inspect captures/secret.pcap')).not.toContain('Nice to Meet you');
  },
  'npx servchat inspect captures/secret.pcap --keys captures/secret.keylog': async () => {
    expect(await succeeds('npx servchat inspect captures/secret.pcap --keys captures/secret.keylog')).toContain(
      'Nice to Meet you',
    );
  },
  'npx servchat compare captures/samples/plaintext.pcap captures/samples/encrypted.pcap captures/samples/tls.pcap':
    async () => {
      const output = await succeeds(
        'npx servchat compare captures/samples/plaintext.pcap captures/samples/encrypted.pcap captures/samples/tls.pcap',
      );
      // A tap made the samples, as it made the excerpt's captures, so all numbers are the same.
      expect(output.replaceAll('captures/samples/', 'captures/').startsWith(EXCERPT)).toBe(true);
    },
  // The attacks do not depend on the conversation, and the first command ran them.
  'npx servchat demo compare --script demos/nice-to-meet-you.txt': async () => {
    const output = await succeeds('npx servchat demo compare --script demos/nice-to-meet-you.txt --no-attacks');
    expect(shape(output)).toContain(shape(EXCERPT));
  },
  'npx servchat demo plaintext': async () => {
    expect(await succeeds('npx servchat demo plaintext')).toContain('Nice to Meet you');
  },
  'npx servchat demo encrypted': () => succeeds('npx servchat demo encrypted'),
  'npx servchat wireshark install': async () => {
    expect(await succeeds(`env HOME=${temporaryDirectory()} npx servchat wireshark install`)).toContain('servchat.lua');
  },
  'npx servchat annotate captures/samples/encrypted.pcap captures/explained.pcapng': () =>
    succeeds('npx servchat annotate captures/samples/encrypted.pcap captures/explained.pcapng'),
  'npx servchat decrypt captures/samples/encrypted.pcap --keys captures/samples/encrypted.keylog captures/opened.pcap':
    async () => {
      await succeeds(
        'npx servchat decrypt captures/samples/encrypted.pcap --keys captures/samples/encrypted.keylog captures/opened.pcap',
      );
      expect(await succeeds('npx servchat inspect captures/opened.pcap')).toContain('Nice to Meet you');
    },
  'npx servchat inspect captures/samples/tls.pcap': async () => {
    expect(await succeeds('npx servchat inspect captures/samples/tls.pcap')).toContain('TLS 1.3');
  },
  'npx servchat inspect captures/samples/plaintext.pcap --follow 0': async () => {
    expect(await succeeds('npx servchat inspect captures/samples/plaintext.pcap --follow 0')).toContain(
      'Nice to Meet you',
    );
  },
  'npx servchat inspect captures/samples/encrypted.pcap --format ndjson': async () => {
    const output = await succeeds('npx servchat inspect captures/samples/encrypted.pcap --format ndjson');
    for (const line of output.trim().split('\n')) expect(JSON.parse(line)).toBeInstanceOf(Object);
  },
  'npx servchat attack --list': async () => {
    expect(await succeeds('npx servchat attack --list')).toContain('key-swap');
  },
  'npx servchat attack modify --mode plaintext': async () => {
    expect(await succeeds('npx servchat attack modify --mode plaintext')).toContain('Beat');
  },
  'npx servchat attack rehash --integrity sha256': async () => {
    expect(await succeeds('npx servchat attack rehash --integrity sha256')).toContain('Fernet');
  },
  // attacker/matrix.e2e.test.ts runs and checks every cell.
  'npx servchat attack --all': async () => {
    expect(await succeeds('npx servchat attack --help')).toContain('--all');
  },
};

/**
 * Two people who do what the README says. The README uses port 4747. Here it is any free port, since another program
 * may use 4747.
 */
async function chat(serve: string, connect: string): Promise<void> {
  const server = shell(`${serve} --port 0`);
  const port = /:(\d+) /.exec(await server.shows('server started'))![1]!;
  const client = shell(connect.replace('connect', `connect 127.0.0.1:${port}`));
  await client.shows('Connected to SERVCHAT');
  client.say('Nice to Meet you');
  await server.shows('client: Nice to Meet you');
  client.say('exit');
  expect([await client.ended, await server.ended]).toEqual([0, 0]);
}

test('every command is tested, and every tested command is in the README', () => {
  expect(commands).toEqual(Object.keys(TRIED));
});

describe('each command does what the README says', () => {
  for (const [command, tried] of Object.entries(TRIED)) {
    const tries = async (): Promise<void> => {
      await tried();
    };
    if (command.startsWith('nc ')) testWithTool('nc', command, tries);
    else if (command.includes('wireshark')) testWithTool('tshark', command, tries);
    else test(command, tries);
  }

  test('npx servchat runs the program that the other tests run', () => {
    const npx = (...args: string[]): string =>
      execFileSync('npx', ['servchat', ...args], { cwd: clone, encoding: 'utf8' });
    const built = path.join(clone, 'dist/cli/main.js');
    expect(npx('--help')).toBe(execFileSync(process.execPath, [built, '--help'], { encoding: 'utf8' }));
    // It is the clone's own program, not another one of that name: a change to its file shows.
    const original = fs.readFileSync(built, 'utf8');
    fs.writeFileSync(
      built,
      '#!/usr/bin/env node\nprocess.stdout.write(`marked ${process.env.npm_command} ${process.argv.slice(2)}`);\n',
    );
    try {
      expect(npx('one', 'two')).toBe('marked exec one,two');
    } finally {
      fs.writeFileSync(built, original);
    }
  });
});

async function netcat(command: string): Promise<void> {
  const server = shell('npx servchat serve --mode plaintext --port 0');
  const port = /:(\d+) /.exec(await server.shows('server started'))![1]!;
  const nc = shell(command.replace('4747', port));
  nc.say('Nice to Meet you');
  await server.shows('client: Nice to Meet you');
  server.say('Nice to Meet you too');
  await nc.shows('Nice to Meet you too');
  nc.say('EXIT');
  expect(await server.ended).toBe(0);
  nc.endInput();
  expect(await nc.ended).toBe(0);
  expect(nc.output).toEqual(['Nice to Meet you too']);
}

describe('the report of the demo', () => {
  test('is complete: each attack that a chapter shows was run', () => {
    expect(firstReport).not.toMatch(/were not run|not run \|/);
    expect(firstReport).not.toContain('FAILED');
    // Plaintext mode shows the changed word. Encrypted mode refuses it.
    expect(firstReport).toMatch(/^\| `modify` \| ●\u00a0\*\*works\*\* \| ○\u00a0refused/m);
  });

  test('is what lessons/sample was made from, with the sample captures: npm run sample', async () => {
    const samples = ['plaintext', 'encrypted', 'tls'].map((mode) => `captures/samples/${mode}.pcap`).join(' ');
    await succeeds(
      `npx servchat lesson --capture ${samples} --keys captures/samples/encrypted.keylog` +
        ' --attacks captures/demo-attacks/matrix.json --out captures/sample.html',
    );
    for (const form of ['md', 'html']) {
      const now = fs.readFileSync(path.join(clone, `captures/sample.${form}`), 'utf8');
      const kept = fs.readFileSync(path.join(clone, `lessons/sample/report.${form}`), 'utf8');
      expect(withoutChance(now)).toEqual(withoutChance(kept));
    }
  });
});

/**
 * The lines of a report, without what differs between runs: new keys make new tokens, and a busy system reads in other
 * pieces.
 */
function withoutChance(report: string): readonly string[] {
  return (
    report
      // The lab's page is a program of its own, and is packed.
      .replace(/<script type="application\/json" id="replay-page">.*?<\/script>/s, '')
      .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '')
      .replace(/<caption>replay, .*?<\/table>/s, '')
      // Whether two lines in quick succession share a frame depends on the system.
      .replace(/Compare (?:<[^>]*>)?frames? .*? captured at the server\./s, '')
      .split('\n')
      .filter(
        (line) => !/ came out as \d+ reads?\b/.test(line) && !/^\|.*\| [→←] (?:passed on|sent again) \|/.test(line),
      )
  );
}

describe('the filters', () => {
  const [, rows = ''] = /^\| filter \| shows \|\n(.*?)\n\n/ms.exec(README) ?? [];
  const filters = [...rows.matchAll(/^\| `([^`]+)` \| /gm)].map(([, filter]) => filter!);

  testWithTool('tshark', 'show what the README says they show', () => {
    expect(filters).toEqual(['tcp.port == 4747', 'frame contains "Nice to Meet you"', 'tcp.stream eq 0']);
    const shown = (file: string, filter: string): number =>
      execFileSync(
        'tshark',
        ['-r', `captures/samples/${file}.pcap`, '-Y', filter, '-T', 'fields', '-e', 'frame.number'],
        {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      )
        .split('\n')
        .filter((line) => line !== '').length;
    expect([shown('plaintext', filters[1]!), shown('encrypted', filters[1]!)]).toEqual([2, 0]);
    for (const filter of [filters[0]!, filters[2]!]) {
      expect(shown('plaintext', filter)).toBeGreaterThan(9);
      expect(shown('encrypted', filter)).toBeGreaterThan(9);
    }
  });
});

test('the demos and captures do not change the working tree', () => {
  expect(workingTree()).toBe(treeBefore);
});
