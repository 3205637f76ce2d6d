/** What `npm pack` puts into the package, and whether the help's examples work where only the program is. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { COMMANDS } from '../src/cli/commands.js';
import { MAIN, TestProcess, run, temporaryDirectory } from './servchat-process.js';

test('the package contains no file that the user made, and every file of these folders that git keeps', () => {
  const clone = path.join(temporaryDirectory(), 'servchat');
  execFileSync('git', ['clone', '--quiet', '.', clone]);
  fs.copyFileSync('package.json', path.join(clone, 'package.json'));
  const tracked = execFileSync('git', ['ls-files'], { cwd: clone, encoding: 'utf8' }).trim().split('\n');
  const mine = [
    ...[
      'lessons/report.html',
      'lessons/report.md',
      'lessons/kept-1/report.html',
      'lessons/.servchat/report.html.json',
      'lessons/mine.html',
    ],
    ...[
      'captures/plaintext.pcap',
      'captures/encrypted.key.pem',
      'captures/samples/encrypted.key.pem',
      'captures/samples/report.html',
    ],
    ...['demos/mine.txt', 'class/teacher/answers.md', 'keys.txt'],
  ];
  for (const file of mine) {
    fs.mkdirSync(path.dirname(path.join(clone, file)), { recursive: true });
    fs.writeFileSync(path.join(clone, file), 'mine');
  }
  const answer = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: clone,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files }] = JSON.parse(answer) as [{ files: { path: string }[] }];
  const packed = files.map((file) => file.path).filter((file) => !file.startsWith('dist/'));
  expect(packed.filter((file) => !tracked.includes(file))).toEqual([]);
  const wanted = tracked.filter((file) => /^(demos|lessons|captures)\//.test(file));
  expect(wanted.filter((file) => !packed.includes(file))).toEqual([]);
});

describe('in an empty folder', () => {
  const folder = temporaryDirectory();
  const shell = (line: string): TestProcess =>
    new TestProcess('bash', [
      '-c',
      `cd "$0" && ${line.replaceAll('servchat ', `"${process.execPath}" "${MAIN}" `)}`,
      folder,
    ]);

  /** Examples that need another program, another person or the user's own files or programs, or that take a minute. */
  const LEFT_OUT =
    /servchat (serve|connect|lab|check)|^wireshark|tcpdump|roster\.csv|handed-in|--open|--all|--to |\/tmp\//;

  test('every example of the help works, in the order in which the commands are listed, after the demo', async () => {
    const examples: string[] = [];
    for (const { name } of COMMANDS) {
      const { output } = await run([name, '--help']);
      // A long example goes on in the next line.
      const whole = output.replace(/ \\\n +/g, ' ');
      examples.push(...[...whole.matchAll(/^ {2}\$ (.*?)(?: {3,}.*)?$/gm)].map(([, example]) => example!));
    }
    const tried = examples.filter((example) => !LEFT_OUT.test(example));
    expect(tried.length).toBeGreaterThan(15);
    for (const example of tried) {
      // Other tests run the attacks that a report shows. They take a while.
      const child = shell(`HOME="$PWD" ${example.replace('demo compare', 'demo compare --no-attacks')}`);
      child.endInput();
      expect({ example, status: await child.ended, errors: child.errors }).toEqual({ example, status: 0, errors: '' });
    }
  });

  test('a conversation that does not exist: the message names those that do', async () => {
    const { status, errors } = await run(['demo', 'plaintext', '--script', 'no-such']);
    expect({ status, errors }).toEqual({
      status: 1,
      errors: expect.stringContaining('or give the name of one that comes with servchat: nice-to-meet-you'),
    });
  });
});
