/**
 * Runs the commands that a chapter gives to copy, in a shell, as a reader would. They must decrypt what the page says.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

import { expect, test } from '@jest/globals';

import { gatherLesson } from '../../src/lesson/gather.js';
import type { Lesson } from '../../src/lesson/lesson.js';
import { shell } from '../../src/lesson/parts/filters.js';
import { openByHand } from '../../src/lesson/parts/open-by-hand.js';
import type { Part } from '../../src/lesson/parts/tree.js';
import { ownChapters } from '../../src/lesson/write-report.js';
import { TlsKeyLog } from '../../src/keyholder/tls/tls-key-log.js';
import { parseKeyLog } from '../../src/protocol/keylog.js';
import { testWithTool } from '../tools.js';
import { lesson as fixture, SESSION_KEY } from './fixture.js';
import { seal } from './seal.js';

const SAMPLES = 'captures/samples';
/** The messages of the samples: `demos/nice-to-meet-you.txt`. */
const SAID = fs
  .readFileSync('demos/nice-to-meet-you.txt', 'utf8')
  .split('\n')
  .flatMap((line) => /^(?:client|server): (.*)$/.exec(line)?.[1] ?? []);

async function fromSamples(): Promise<Lesson> {
  return gatherLesson({
    captures: [
      { file: `${SAMPLES}/encrypted.pcap`, captured: { way: 'given' } },
      { file: `${SAMPLES}/tls.pcap`, captured: { way: 'given' }, keyLogBeside: `${SAMPLES}/tls.keylog` },
    ],
    keyLog: {
      file: `${SAMPLES}/encrypted.keylog`,
      sessions: parseKeyLog(fs.readFileSync(`${SAMPLES}/encrypted.keylog`, 'utf8')),
      tls: new TlsKeyLog(Buffer.alloc(0)),
    },
    privateKey: null,
    attacks: null,
    stream: fixture().stream,
    command: 'servchat',
  });
}

/** The only line of a part. */
function commandOf(made: Part | string): string {
  if (typeof made === 'string') throw new Error(made);
  const [node] = made.markdown;
  if (node?.type !== 'lines') throw new Error('no line to copy');
  return node.lines.join('\n');
}

const run = (command: string): string =>
  execFileSync('sh', ['-c', command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/** The fixture with another first token: this text, encrypted with the fixture's session key. */
function withFirst(text: string): Lesson {
  const whole = fixture();
  const [first, ...rest] = whole.keys!.conversation.messages;
  if (first?.kind !== 'sealed') throw new Error('the fixture begins with a sealed message');
  const message = { ...first, token: { ...first.token, text: seal(text, SESSION_KEY) } };
  return {
    ...whole,
    keys: { ...whole.keys!, conversation: { ...whole.keys!.conversation, messages: [message, ...rest] } },
  };
}

testWithTool(
  'openssl',
  'openssl computes the HMAC that is in the token, and decrypts the first message of the samples',
  async () => {
    const lesson = await fromSamples();
    const first = lesson.encrypted!.conversation.messages[0]!;
    const token = first.kind === 'sealed' ? Buffer.from(first.token.text, 'base64url') : Buffer.alloc(0);
    expect(run(commandOf(openByHand(lesson, { with: 'openssl-hmac' }))).trim()).toMatch(
      new RegExp(`= ${token.subarray(-32).toString('hex')}$`),
    );
    expect(run(commandOf(openByHand(lesson, { with: 'openssl' })))).toBe(`${SAID[0]}\n`);
  },
);

testWithTool('openssl', 'for a text of any length; its control characters do not reach the terminal', () => {
  for (const text of ['', 'a', '15 bytes of text', 'Grüße 👋, and more than one block of the cipher']) {
    expect(run(commandOf(openByHand(withFirst(text), { with: 'openssl' })))).toBe(`${text}\n`);
  }
  expect(run(commandOf(openByHand(withFirst('\x1b[2Jgone'), { with: 'openssl' })))).toBe('^[[2Jgone');
});

testWithTool('python3-cryptography', 'Python decrypts it in one call', async () => {
  // Debian's own interpreter has the package. Another `python3` in PATH may not.
  const python = (lesson: Lesson) =>
    commandOf(openByHand(lesson, { with: 'python' })).replace(/^python3/, '/usr/bin/python3');
  expect(run(python(await fromSamples()))).toBe(`b'${SAID[0]}'\n`);
  expect(run(python(withFirst('\x1b[2Jgone')))).toBe("b'\\x1b[2Jgone'\n");
});

testWithTool('tshark', 'tshark prints the whole TLS chat with the key log, by the chapter’s own command', async () => {
  const chapter = ownChapters()
    .map(({ text }) => text)
    .join('\n');
  const [, template] = /^::shell\{run="(tshark [^"]*)"\}$/m.exec(chapter)!;
  const printed = run(commandOf(shell(await fromSamples(), { run: template! })));
  const lines = printed.split('\n').map((line) => line.trim());
  expect(SAID.filter((text) => !lines.includes(text))).toEqual([]);
});

test('an unknown tool is an error that names the known ones', () => {
  expect(openByHand(fixture(), { with: 'abacus' })).toMatch(/one of openssl-hmac, openssl, python/);
});
