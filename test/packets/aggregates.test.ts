/** Wi-Fi frames that hold several packets (A-MSDU, IEEE 802.11-2020, 9.3.2.2). We read each packet as tshark does. */
import { expect, test } from '@jest/globals';
import { Readable } from 'node:stream';

import { inspectCapture, inspectChunks } from '../../src/eavesdropper/inspect.js';
import { CONVERSATION, conversationOf, plaintextChat, withFiles } from '../eavesdropper/chats.js';
import { pcapngOfFrames, type Frame } from '../eavesdropper/wire.js';
import { describeWithTool } from '../tools.js';
import { hex } from './hex.js';
import { tshark } from './tshark.js';
import { ARP, WIFI, aggregate, packetOf } from './wifi.js';

/** Puts `count` packets into each frame. */
function grouped(packets: readonly Buffer[], count: number): Buffer[][] {
  return Array.from({ length: Math.ceil(packets.length / count) }, (_, index) =>
    packets.slice(count * index, count * (index + 1)),
  );
}

const CHAT = conversationOf(plaintextChat(CONVERSATION));
const OTHER = CHAT.map((packet) => ({ ...packet, clientPort: 40_001 }));
const SOME_ARP = Buffer.concat([ARP, hex('0001 0800 06 04 0001 020000000004 0a000001 000000000000 0a000002')]);

const CAPTURES: readonly (readonly [name: string, frames: readonly Frame[]])[] = [
  [
    'one packet in each frame',
    grouped(
      CHAT.map((packet) => packetOf(packet)),
      1,
    ).map((packets) => aggregate(packets)),
  ],
  [
    'two packets in each frame',
    grouped(
      CHAT.map((packet) => packetOf(packet)),
      2,
    ).map((packets) => aggregate(packets)),
  ],
  ['all in one frame, IPv6', [aggregate(CHAT.map((packet) => packetOf(packet, 6)))]],
  ['of two conversations', CHAT.map((packet, index) => aggregate([packetOf(packet), packetOf(OTHER[index]!)]))],
  ['with other packets before and after', CHAT.map((packet) => aggregate([SOME_ARP, packetOf(packet), SOME_ARP]))],
  [
    'with bytes after the last',
    grouped(
      CHAT.map((packet) => packetOf(packet)),
      3,
    ).map((packets) => aggregate(packets, { trailer: 'deadbeef' })),
  ],
];

/**
 * `stream side` and its bytes, segment after segment. Wireshark 4.0's Follow TCP Stream confuses the senders of
 * segments in the same frame.
 */
function theirSegments(file: string): (readonly [string, Buffer])[] {
  const fields = ['tcp.stream', 'tcp.dstport', 'tcp.len', 'tcp.payload'];
  const rows = tshark(['-r', file, '-T', 'fields', '-E', 'occurrence=a', ...fields.flatMap((field) => ['-e', field])])
    .split('\n')
    .slice(0, -1);
  return rows.flatMap((row) => {
    const [streams, ports, lengths, payloads] = row
      .split('\t')
      .map((values) => values.split(',').filter((value) => value !== ''));
    // A segment without payload does not have this field.
    return streams!.map(
      (stream, index) =>
        [
          `${stream} ${ports![index] === '4747' ? 'client' : 'server'}`,
          lengths![index] === '0' ? Buffer.alloc(0) : hex(payloads!.shift()!),
        ] as const,
    );
  });
}

describeWithTool('tshark', 'as tshark has it', () => {
  test.each(CAPTURES)('%s', async (_, frames) => {
    await withFiles({ 'wifi.pcapng': pcapngOfFrames(frames, WIFI) }, async (path) => {
      const { findings, haystacks } = await inspectCapture(path('wifi.pcapng'));
      const theirs = theirSegments(path('wifi.pcapng'));
      expect(findings.packets).toBe(frames.length);
      // The frames of a conversation are its segments here, as in tshark's own list of conversations.
      expect(findings.conversations.map(({ number, frames: count }) => [number, count])).toEqual(
        [...new Set(theirs.map(([from]) => Number(from.split(' ')[0])))].map((number) => [
          number,
          theirs.filter(([from]) => from.startsWith(`${number} `)).length,
        ]),
      );
      for (const { conversation, side, stream } of haystacks) {
        const sent = Buffer.concat(
          theirs.flatMap(([from, payload]) => (from === `${conversation} ${side}` ? [payload] : [])),
        );
        expect(stream.bytes.toString()).toBe(sent.toString());
        expect(sent.toString()).toContain('Nice to Meet you');
      }
      expect(haystacks).toHaveLength(2 * findings.conversations.length);
    });
  });
});

test('a frame that was captured in part: that part is read', async () => {
  const packets = CHAT.map((packet) => packetOf(packet));
  const whole = aggregate(packets).data.length;
  let least = 0;
  for (let captured = 26; captured <= whole; captured += 1) {
    const capture = pcapngOfFrames([aggregate(packets, { captured })], WIFI);
    const { conversations, otherPackets } = (await inspectChunks(Readable.from([capture]))).findings;
    const bytes = conversations.reduce((sum, { streams }) => sum + streams.client.bytes + streams.server.bytes, 0);
    expect(bytes).toBeGreaterThanOrEqual(least);
    expect(conversations.length + Object.values(otherPackets).length).toBe(1);
    least = bytes;
  }
  expect(least).toBe(CONVERSATION.reduce((sum, { text }) => sum + text.length + 1, 0));
});
