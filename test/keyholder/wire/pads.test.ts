/** Keys as long as the messages that cross beside them. node:crypto and plain arithmetic make the chats. */
import { expect, test } from '@jest/globals';
import { inspectCapture, inspectChunks } from '../../../src/eavesdropper/inspect.js';
import { wireKeyFinder } from '../../../src/keyholder/wire/wire-keys.js';
import { captureOf, noise, withFiles } from '../../eavesdropper/chats.js';
import type { WireKey } from '../../../src/eavesdropper/findings/findings.js';

const SAID = [
  'hi there, who is this?',
  'I am Anna from the second year',
  'do not tell anybody',
  'see you in the library',
  'all right, at six then',
];

function xor(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(one.map((byte, at) => byte ^ (other[at] ?? 0)));
}

type Write = (pad: Buffer, sealed: Buffer) => readonly (Buffer | string)[];

async function keysIn(write: Write, isHidden = false): Promise<readonly WireKey[]> {
  const sent = SAID.flatMap((text, index) => {
    const pad = noise(text.length, `pad ${index}`);
    const side = index % 2 === 0 ? ('client' as const) : ('server' as const);
    const shown = isHidden ? noise(text.length, `another ${index}`) : pad;
    return write(shown, xor(pad, Buffer.from(text))).map((bytes) => ({ side, bytes }));
  });
  return withFiles({ 'chat.pcap': captureOf(sent) }, async (path) => {
    const { findings } = await inspectCapture(path('chat.pcap'), { wireKeys: wireKeyFinder() });
    return findings.conversations[0]?.wireKeys ?? [];
  });
}

const WAYS: readonly (readonly [name: string, write: Write, written: WireKey['written']])[] = [
  ['the key in front', (pad, sealed) => [Buffer.concat([pad, sealed])], 'bytes'],
  ['the key behind', (pad, sealed) => [Buffer.concat([sealed, pad])], 'bytes'],
  ['a line of hex', (pad, sealed) => [`${Buffer.concat([pad, sealed]).toString('hex')}\n`], 'hex'],
  [
    'JSON, in base64',
    (pad, sealed) => [`{"key": "${pad.toString('base64')}", "data": "${sealed.toString('base64')}"}\n`],
    'base64',
  ],
  ['hex, with a colon', (pad, sealed) => [`${pad.toString('hex')}:${sealed.toString('hex')}\n`], 'hex'],
  ['a message of its own', (pad, sealed) => [pad, sealed], 'bytes'],
];

test.each(WAYS)('%s: the messages open', async (_, write, written) => {
  const [key, ...others] = await keysIn(write);
  expect(others).toEqual([]);
  expect(key).toMatchObject({ what: 'keys as long as the messages', written, opened: SAID.length });
  expect(key?.texts.map(({ text }) => text)).toEqual(SAID);
});

test.each(WAYS)('%s: with another key beside it, nothing is claimed', async (_, write) => {
  expect(await keysIn(write, true)).toEqual([]);
});

test('a key for XOR that is longer than each message opens them all', async () => {
  const pad = noise(45, 'long');
  const sent = [pad, ...SAID.map((text) => xor(pad.subarray(0, text.length), Buffer.from(text)))];
  const capture = captureOf(sent.map((bytes, index) => ({ side: index % 2 === 0 ? 'server' : 'client', bytes })));
  await withFiles({ 'chat.pcap': capture }, async (path) => {
    const { findings } = await inspectCapture(path('chat.pcap'), { wireKeys: wireKeyFinder() });
    expect(findings.conversations[0]?.wireKeys).toMatchObject([{ what: 'XOR key', opened: SAID.length }]);
  });
});

test('of 300 chats of random bytes, none opens', async () => {
  for (let chat = 0; chat < 300; chat += 1) {
    const sent = Array.from({ length: 6 }, (_, index) =>
      noise(2 * (6 + ((7 * index + chat) % 20)), `${chat} ${index}`),
    );
    const capture = captureOf(sent.map((bytes, index) => ({ side: index % 2 === 0 ? 'server' : 'client', bytes })));
    async function* chunks(): AsyncGenerator<Buffer> {
      yield Promise.resolve(capture);
    }
    const { findings } = await inspectChunks(chunks(), { wireKeys: wireKeyFinder() });
    expect(findings.conversations[0]?.wireKeys).toBeUndefined();
  }
});
