/** What the clinic answers where it has only a capture. The conversations are made here, so their answers are known. */
import { createCipheriv, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { Verdict } from '../../../src/clinic/finding.js';
import { QUESTION_IDS, type QuestionId } from '../../../src/clinic/question-ids.js';
import { checkCapture, type RecordedCheck } from '../../../src/clinic/recorded/check-capture.js';
import { recordedJson } from '../../../src/faces/check-json.js';
import { recordedLines } from '../../../src/faces/check-table.js';
import { recordedPage } from '../../../src/lesson/check/recorded-page.js';
import type { Side } from '../../../src/protocol/side.js';
import { conversationOf, noise } from '../../eavesdropper/chats.js';
import { pcapOf } from '../../eavesdropper/wire.js';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'servchat-recorded-'));
});
afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

type Said = readonly [Side, string | Buffer];

async function checked(said: readonly Said[], port: number | null = null): Promise<RecordedCheck> {
  const file = path.join(folder, `${fs.readdirSync(folder).length}.pcap`);
  fs.writeFileSync(file, pcapOf(conversationOf(said.map(([side, bytes]) => ({ side, bytes })))));
  return checkCapture(file, port);
}

function verdictsOf({ findings }: RecordedCheck, ...questions: readonly QuestionId[]): readonly Verdict[] {
  return questions.map((question) => findings.find((each) => each.question === question)!.verdict);
}

const PLAIN: readonly Said[] = [
  ['client', 'Hello my dear friend, how are you?\n'],
  ['server', 'I am fine, and what do you do?\n'],
  ['client', 'I am reading a book\n'],
];
const SEALED: readonly Said[] = Array.from({ length: 8 }, (_, at) => [
  at % 2 === 0 ? 'client' : 'server',
  noise(48 + 16 * (at % 3), String(at)),
]);

test('text is a fault, with its frames, and no question about a seal applies', async () => {
  const result = await checked(PLAIN);
  expect(verdictsOf(result, 'readable', 'same-bytes', 'key-in-clear', 'keystream', 'key-strength')).toEqual([
    'fault',
    ...Array<Verdict>(4).fill('does not apply'),
  ]);
  // Frames 1 to 3 open the connection.
  const readable = result.findings.find(({ question }) => question === 'readable');
  expect(readable?.evidence.map(({ frames }) => frames)).toEqual([[4], [5], [6]]);
  expect(result.traffic[0]?.sides.map(({ side, pieces, bytes }) => [side, pieces, bytes])).toEqual([
    ['client', 2, 55],
    ['server', 1, 31],
  ]);
});

test('bytes in which nothing is seen have no fault, and are not called good', async () => {
  const result = await checked(SEALED);
  expect(result.findings.filter(({ verdict }) => verdict !== 'cannot tell')).toEqual([]);
  expect(result.findings.map(({ question }) => question)).toEqual(QUESTION_IDS);
});

test('a greeting in words before bytes that nobody can read does not make the chat readable', async () => {
  const result = await checked([['server', 'Welcome to the chat server\n'], ...SEALED]);
  expect(verdictsOf(result, 'readable')).toEqual(['cannot tell']);
});

test('a key that crosses opens the messages after it', async () => {
  const key = noise(32, 'key');
  const sealed = (text: string, name: string): Buffer => {
    const iv = noise(16, name);
    const cipher = createCipheriv('aes-256-cbc', key, iv);
    return Buffer.concat([iv, cipher.update(text), cipher.final()]);
  };
  const chat: readonly Said[] = PLAIN.map(([side, text], at) => [side, sealed(String(text), `iv ${at}`)]);
  expect(verdictsOf(await checked([['server', key], ...chat]), 'key-in-clear')).toEqual(['fault']);
  expect(verdictsOf(await checked([['server', noise(32, 'other')], ...chat]), 'key-in-clear')).toEqual(['cannot tell']);
});

test('the same sealed bytes again are a fault; a text that is no sentence and comes again is none', async () => {
  const again = noise(48, '0');
  expect(verdictsOf(await checked([...SEALED, ['client', again]]), 'same-bytes')).toEqual(['fault']);
  const pings: readonly Said[] = [['client', 'PING-PING-PING-PING\n'], ...SEALED, ['client', 'PING-PING-PING-PING\n']];
  expect(verdictsOf(await checked(pings), 'same-bytes')).toEqual(['cannot tell']);
});

test.each([
  [1024, 'fault'],
  [2048, 'good'],
] as const)('an RSA key of %i bits: %s', async (modulusLength, verdict) => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  // It crosses in two segments.
  const result = await checked([['server', pem.slice(0, 100)], ['server', pem.slice(100)], ...SEALED]);
  expect(verdictsOf(result, 'key-strength', 'readable')).toEqual([verdict, 'cannot tell']);
});

test('a chat in TLS can be read by nobody', async () => {
  const result = await checkCapture('captures/samples/tls.pcap', null);
  expect(verdictsOf(result, 'readable')).toEqual(['good']);
  expect(result.findings.filter(({ verdict }) => verdict === 'fault')).toEqual([]);
});

test('--port leaves out other servers', async () => {
  const result = await checked(PLAIN, 1);
  expect(result.traffic).toEqual([]);
  expect(verdictsOf(result, 'readable')).toEqual(['cannot tell']);
});

describe('what guesses the end of a message', () => {
  test.each([
    ['a line end after each message', ['ab\n', 'cde\n', 'f\n']],
    ['a length of 2 bytes before each message', ['\0\x02ab', '\0\x03abc', '\0\x01f']],
    ['a length in digits before each message', ['2:ab', '11:hello world', '1:f']],
    ['always 4 bytes', ['abcd', 'efgh', 'ijkl']],
    ['nothing that can be seen: perhaps each read is taken for a message', ['abc', 'x', 'hello']],
    ['too little was sent to guess', ['abc', 'x']],
  ])('%s', async (framing, texts) => {
    const { traffic } = await checked(texts.map((text) => ['client', Buffer.from(text, 'latin1')]));
    expect(traffic[0]?.sides[0]?.framing).toBe(framing);
  });
});

test('nothing that crossed is alive at a terminal, in JSON or on the page', async () => {
  const result = await checked([
    ['client', 'look at this \x1b[2J<script>alert(1)</script> my dear friend\n'],
    ['server', 'I have seen it, and what now?\n'],
  ]);
  const lines = recordedLines(result, { width: 100, colour: false }).join('\n');
  const page = recordedPage(result);
  expect(lines).toContain('look at this');
  expect(page).toContain('look at this');
  for (const text of [lines, recordedJson(result), page]) expect(text).not.toContain('\x1b');
  expect(page).not.toContain('<script>alert');
});
