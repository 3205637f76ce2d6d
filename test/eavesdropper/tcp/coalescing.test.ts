/**
 * The result of a conversation must not depend on which segments were joined before reassembly. The tests compare it
 * with a model: bytes as they were sent, each with the packet that carried it first.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Conversations } from '../../../src/eavesdropper/tcp/conversations.js';
import { noise } from '../chats.js';
import { client, server, timeOf, viewOf } from '../wire.js';
import type { Conversation } from '../../../src/eavesdropper/tcp/conversation.js';
import type { Packet } from '../wire.js';

/** The next packet of one of several interleaved conversations. */
const step = fc.record({
  number: fc.nat(3),
  side: fc.constantFrom('client' as const, 'server' as const),
  /** For a sender that waits, the next packet overtakes one of its own. */
  kind: fc.constantFrom('next', 'next', 'next', 'next', 'next', 'acknowledges', 'again', 'overtaken'),
  length: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 1, max: 400 }) },
    { weight: 1, arbitrary: fc.integer({ min: 800, max: 3000 }) },
  ),
});

const SPOKEN = noise(200_000, 'coalesced');

interface Said {
  next: number;
  /** For each byte, the number of the packet that carried it first. */
  readonly carriers: number[];
}

interface Made {
  readonly packets: readonly Packet[];
  readonly said: readonly (Readonly<Record<'client' | 'server', Said>> & { frames: number })[];
}

function madeOf(steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]): Made {
  const packets: Packet[] = [];
  const said = Array.from({ length: 4 }, () => ({
    client: { next: 0, carriers: [] as number[] },
    server: { next: 0, carriers: [] as number[] },
    frames: 0,
  }));
  const initial = (number: number): number => 0xffff_fc00 + number;
  const add = (number: number, packet: Packet): number => {
    said[number]!.frames += 1;
    return packets.push({ ...packet, clientPort: 40_000 + number });
  };
  for (const number of said.keys()) {
    add(number, client(initial(number), 0, 'S'));
    add(number, server(initial(number), initial(number) + 1, 'SA'));
  }
  const pieceOf = (number: number, side: 'client' | 'server', at: number, length: number): Packet => {
    const write = side === 'client' ? client : server;
    const other = said[number]![side === 'client' ? 'server' : 'client'];
    return write(initial(number) + 1 + at, initial(number) + 1 + other.next, 'PA', SPOKEN.subarray(at, at + length));
  };
  const carry = (one: Said, at: number, length: number, frame: number): void => {
    for (let byte = at; byte < at + length; byte += 1) one.carriers[byte] ??= frame;
  };
  for (const { number, side, kind, length } of steps) {
    const one = said[number]![side];
    const at = one.next;
    if (kind === 'acknowledges') {
      add(number, { ...pieceOf(number, side, at, 0), data: '' });
    } else if (kind === 'again') {
      const from = Math.max(0, at - length);
      add(number, pieceOf(number, side, from, at - from));
    } else if (kind === 'overtaken') {
      carry(one, at + length, length, add(number, pieceOf(number, side, at + length, length)));
      carry(one, at, length, add(number, pieceOf(number, side, at, length)));
      one.next += 2 * length;
    } else {
      carry(one, at, length, add(number, pieceOf(number, side, at, length)));
      one.next += length;
    }
  }
  return { packets, said };
}

describe('segments in order', () => {
  test('and others between them: each byte is in its place and knows its packet', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 120 }),
        fc.constantFrom('all' as const, 'window' as const),
        (steps, kept) => {
          const { packets, said } = madeOf(steps);
          const ended: Conversation[] = [];
          const conversations = new Conversations({
            onEnd: (conversation) => ended.push(conversation),
            keeps: () => kept,
          });
          for (const [index, packet] of packets.entries()) conversations.push(viewOf(packet), index + 1, timeOf(index));
          conversations.finish();
          expect(ended.map(({ frames }) => frames)).toEqual(said.map(({ frames }) => frames));
          for (const { number, ended: last, streams } of ended) {
            expect(last).toBe(timeOf(packets.findLastIndex(({ clientPort }) => clientPort === 40_000 + number)));
            for (const side of ['client', 'server'] as const) {
              const { stream, conflicts } = streams[side];
              const { next, carriers } = said[number]![side];
              expect(stream.bytes.equals(SPOKEN.subarray(0, next))).toBe(true);
              expect([conflicts, stream.missing, stream.uncompared]).toEqual([0, 0, 0]);
              // For bytes that are released early, no one asks which packet carried them.
              if (kept === 'window') continue;
              const found = Array.from({ length: next }, (_, offset) => stream.carrierOf(offset));
              expect(found.map(({ frame }) => frame)).toEqual(carriers);
              expect(found.map(({ time }) => time)).toEqual(carriers.map((frame) => timeOf(frame - 1)));
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('a repetition with other bytes is noticed, whether or not the first segment had been joined with others', () => {
    const packets = [
      client(100, 0, 'S'),
      server(500, 101, 'SA'),
      client(101, 501, 'A', 'one '),
      client(105, 501, 'A', 'two '),
      client(101, 501, 'A', 'One TWO '),
      client(109, 501, 'A', 'three'),
    ];
    const ended: Conversation[] = [];
    const conversations = new Conversations({ onEnd: (conversation) => ended.push(conversation) });
    for (const [index, packet] of packets.entries()) conversations.push(viewOf(packet), index + 1, timeOf(index));
    conversations.finish();
    expect(ended[0]!.streams.client.stream.bytes.toString()).toBe('one two three');
    expect(ended[0]!.streams.client.conflicts).toBe(1);
  });

  test('the most recent conversation does not count as idle, even if its segments were only joined so far', () => {
    const said = (index: number, clientPort: number): Packet => client(101 + index, 501, 'A', 'x', { clientPort });
    const opened = [1, 2, 3].flatMap((clientPort) => [
      client(100, 0, 'S', undefined, { clientPort }),
      server(500, 101, 'SA', undefined, { clientPort }),
    ]);
    const ended: Conversation[] = [];
    const conversations = new Conversations({ onEnd: (conversation) => ended.push(conversation) }, { inProgress: 3 });
    const packets = [
      ...opened,
      said(0, 1),
      said(1, 1),
      said(0, 3),
      said(1, 3),
      client(100, 0, 'S', undefined, { clientPort: 4 }),
    ];
    for (const [index, packet] of packets.entries()) conversations.push(viewOf(packet), index + 1, timeOf(index));
    expect(ended.map(({ number }) => number)).toEqual([1]);
  });
});
