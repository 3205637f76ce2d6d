/** What the listener of the lab tells: on the sample captures, whose conversation is known. */
import { describe, expect, test } from '@jest/globals';

import { listenTo } from '../../src/lab/listening.js';
import type { Side } from '../../src/protocol/side.js';
import { captureOf, withFiles } from '../eavesdropper/chats.js';

const said = (side: Side, text: string, hasCrossed = true) => ({ side, text, hasCrossed });
const sample = (mode: string): string => `captures/samples/${mode}.pcap`;
const none = { newest: [], before: 0 };

describe('plaintext', () => {
  test('every message is read, in the frames in which tshark shows it', async () => {
    const newest = [said('client', 'Nice to Meet you'), said('server', 'Nice to Meet you too')];
    const knows = await listenTo(sample('plaintext'), { newest, before: 0 });
    expect(knows.takenFor).toBe('a servchat chat in plaintext mode');
    expect(knows.messages[0]).toEqual({ from: 'client', frame: 4, text: 'Hello' });
    expect(knows.messages).toHaveLength(9);
    // tshark -r captures/samples/plaintext.pcap -Y 'tcp.payload contains "Nice to Meet you"'
    expect(knows.searched).toEqual([
      { side: 'client', text: 'Nice to Meet you', frames: [12, 14], control: null },
      { side: 'server', text: 'Nice to Meet you too', frames: [14], control: null },
    ]);
  });

  test('what was never said is not found, and another message is the control', async () => {
    const newest = [said('client', 'Hello'), said('client', 'Nobody said this')];
    const { searched } = await listenTo(sample('plaintext'), { newest, before: 0 });
    expect(searched[1]).toMatchObject({ frames: [], control: { text: 'Hello', frame: 4 } });
  });
});

describe.each(['encrypted', 'tls'])('%s', (mode) => {
  test('no message is read or found; the control is a word of the handshake that the same search finds', async () => {
    const texts = ['Hello', 'I am from cyber security department', 'Nice to Meet you'];
    const knows = await listenTo(sample(mode), { newest: texts.map((text) => said('client', text)), before: 0 });
    expect(knows.messages).toEqual([]);
    expect(knows.searched).toEqual(
      texts.map((text) => ({ side: 'client', text, frames: [], control: { text: 'servchat/1', frame: 4 } })),
    );
    expect(knows.anyway.join('\n')).toMatch(/who: 127\.0\.0\.1/);
    expect(knows.keys.length).toBeGreaterThan(0);
  });

  test('what has not crossed cannot be told yet', async () => {
    const newest = [said('server', 'Hi', false)];
    const { searched } = await listenTo(sample(mode), { newest, before: 0 });
    expect(searched).toEqual([{ side: 'server', text: 'Hi', frames: [], control: null }]);
  });
});

test('before anything was said, there is nothing to take it for', async () => {
  await withFiles({ 'silent.pcap': captureOf([]) }, async (file) => {
    const { packets, takenFor, messages } = await listenTo(file('silent.pcap'), none);
    expect(packets).toBeGreaterThan(2);
    expect({ takenFor, messages }).toEqual({ takenFor: null, messages: [] });
  });
});

test('the encrypted chat: what the keys on the wire are good for', async () => {
  const { keys } = await listenTo(sample('encrypted'), none);
  expect(keys).toEqual([
    expect.stringMatching(/^Frame 6: the client’s public key\. .* does not open\. SHA-256 [0-9a-f]{64}$/),
    expect.stringMatching(/^Frame \d+: .*envelope of 256 bytes\. Only the client’s private key opens it\.$/),
  ]);
});

test('a long message is searched by its beginning, an empty one not at all', async () => {
  const newest = [said('client', 'x'.repeat(5000)), said('client', '👋'.repeat(3000)), said('client', '')];
  const { searched } = await listenTo(sample('plaintext'), { newest, before: 3 });
  expect(searched.map(({ frames }) => frames)).toEqual([[], [], []]);
  expect((await listenTo(sample('plaintext'), { newest, before: 3 })).earlierSearched).toBe(3);
});
