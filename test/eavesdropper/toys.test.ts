/** Chats in the toy ciphers and codes of students, each made by Python: each is opened, and no cipher is plaintext. */
import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { inspectCapture } from '../../src/eavesdropper/inspect.js';
import { isToyCipher } from '../../src/eavesdropper/disguises/disguises.js';
import { PYTHON, describeWithTool } from '../tools.js';
import { captureOf, withFiles } from './chats.js';
import type { Sent } from './chats.js';

interface ToyChat {
  readonly name: string;
  readonly as: string;
  readonly said: readonly string[];
  readonly sent: readonly string[];
}

let made: readonly ToyChat[] | null = null;

function chats(): readonly ToyChat[] {
  const script = path.resolve('test/eavesdropper/toys.py');
  return (made ??= JSON.parse(execFileSync(PYTHON, [script], { encoding: 'utf8' })) as readonly ToyChat[]);
}

/** What the listener makes of each chat, in the order of the list. */
async function seen(ends: string): Promise<readonly object[]> {
  const all: object[] = [];
  for (const { as, said, sent } of chats()) {
    const messages = sent.map((hex, index): Sent => ({
      side: index % 2 === 0 ? 'client' : 'server',
      bytes: Buffer.concat([Buffer.from(hex, 'hex'), Buffer.from(ends)]),
    }));
    const find = [said.reduce((one, other) => (other.length > one.length ? other : one)), 'nobody said this'];
    const { findings, finds } = await withFiles({ 'chat.pcap': captureOf(messages) }, (file) =>
      inspectCapture(file('chat.pcap'), { find }),
    );
    const [conversation] = findings.conversations;
    all.push({
      as: conversation?.disguise ?? null,
      said: conversation?.messages.map((message) => (message.kind === 'readable' ? message.text : null)),
      isToy: conversation?.mode !== 'plaintext',
      found: finds.map(({ verdict }) => verdict.readable),
      expectedAs: as,
    });
  }
  return all;
}

function expected(): readonly object[] {
  return chats().map(({ as, said }) => ({
    as,
    said,
    // Codes of bytes, such as base58, are like base64: as good as text.
    isToy: isToyCipher(as),
    found: [true, false],
    expectedAs: as,
  }));
}

describeWithTool('python3-cryptography', 'a chat in a toy cipher or a code', () => {
  test.each([
    ['nothing between the messages', ''],
    ['a line end behind each message', '\n'],
  ])('is named and opened, with %s', async (_, ends) => {
    expect(await seen(ends)).toEqual(expected());
  });
});
