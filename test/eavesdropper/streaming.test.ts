/** What is released and what is kept, and that the result does not depend on how the file comes. */
import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { Conversations, type Bounds } from '../../src/eavesdropper/tcp/conversations.js';
import { inspectionTable } from '../../src/faces/inspection-table.js';
import { conversationsShown } from '../../src/faces/shown.js';
import { inspectCapture, inspectChunks } from '../../src/eavesdropper/inspect.js';
import { CONVERSATION, captureOf, encryptedChat, noise, plaintextChat, withFiles } from './chats.js';
import { pieces } from '../packets/reading.js';
import { client, pcapOf, server, timeOf, viewOf } from './wire.js';
import type { Conversation } from '../../src/eavesdropper/tcp/conversation.js';
import type { InspectOptions } from '../../src/eavesdropper/inspect.js';
import type { Stream } from '../../src/eavesdropper/tcp/stream.js';
import type { Packet } from './wire.js';
import { longTest } from '../tools.js';

const LOOK = { width: 100, colour: false };
const SMALL: Partial<Bounds> = { windows: 1, leastWindow: 512, chat: 0, chats: 0 };

interface Run {
  readonly ended: Conversation[];
  readonly conversations: Conversations;
}

function pushed(packets: Iterable<Packet>, bounds: Partial<Bounds> = {}): Run {
  const ended: Conversation[] = [];
  const conversations = new Conversations({ onEnd: (conversation) => ended.push(conversation) }, bounds);
  let index = 0;
  for (const packet of packets) {
    conversations.push(viewOf(packet), index + 1, timeOf(index));
    index += 1;
  }
  return { ended, conversations };
}

function* spoken(bytes: Buffer, size: number, clientPort = 40_000): Generator<Packet> {
  yield client(100, 0, 'S', undefined, { clientPort });
  yield server(500, 101, 'SA', undefined, { clientPort });
  for (let at = 0; at < bytes.length; at += size)
    yield client(101 + at, 501, 'PA', bytes.subarray(at, at + size), { clientPort });
}

function sha256Of(stream: Stream): string | null {
  let found: string | null = null;
  stream.whenFound(({ sha256 }) => (found = sha256));
  return found;
}

const CLOSING = [client(101, 501, 'FA'), server(501, 102, 'FA'), client(102, 502, 'A')];

describe('conversations are released', () => {
  const other = (index: number): Packet => client(1, 0, 'S', undefined, { clientPort: 1000 + index });

  /** Conversations that are opened and closed, each by its own client. */
  function closed(count: number): Packet[] {
    return Array.from({ length: count }, (_, index) =>
      [client(100, 0, 'S'), server(500, 101, 'SA'), ...CLOSING].map((packet) => ({ ...packet, clientPort: 1 + index })),
    ).flat();
  }

  test('when too many were closed, but never only because of time', () => {
    const hours = Array.from({ length: 10_000 }, (_, index) => client(2 + index, 0, 'A', 'x', { clientPort: 1000 }));
    expect(pushed([...closed(3), other(0), ...hours], { closed: 3 }).ended).toEqual([]);
    const { ended } = pushed(closed(5), { closed: 3 });
    expect(ended.map(({ number, ending, frames }) => [number, ending, frames])).toEqual([
      [0, 'closed', 5],
      [1, 'closed', 5],
    ]);
  });

  test('except those that continued after they were closed', () => {
    const goesOn = client(102, 502, 'PA', 'I am still here', { clientPort: 1 });
    const { ended } = pushed([...closed(1), goesOn, ...closed(6).slice(5)], { closed: 3 });
    expect(ended.map(({ number }) => number)).toEqual([1, 2]);
  });

  test('an RST after which both sides continue was forged: it resets nothing, as RFC 5961 says', () => {
    const opening = [client(100, 0, 'S'), server(500, 101, 'SA'), client(101, 501, 'A')];
    const forged = [...opening, client(101 + 2 ** 30, 501, 'R')];
    const goesOn = [client(101, 501, 'PA', 'one\n'), server(501, 105, 'PA', 'two\n')];
    for (const [packets, ending, text] of [
      [[...forged, ...goesOn], 'unseen', 'one\n'],
      [forged, 'reset', ''],
    ] as const) {
      const { ended, conversations } = pushed(packets);
      conversations.finish();
      expect(ended[0]!.ending).toBe(ending);
      expect(ended[0]!.streams.client.stream.bytes.toString()).toBe(text);
    }
  });

  test('a late packet is counted, and starts only conversations that Wireshark has too', () => {
    const packets = [
      client(100, 0, 'S'),
      server(500, 101, 'RA'),
      client(1, 0, 'S', '', { clientPort: 1 }),
      client(101, 501, 'A', 'late'),
      client(900, 0, 'S'),
    ];
    const { ended, conversations } = pushed(packets, { closed: 0 });
    conversations.finish();
    expect(ended.map(({ number, frames, ending }) => [number, frames, ending])).toEqual([
      [0, 2, 'reset'],
      [1, 1, 'unseen'],
      [2, 1, 'unseen'],
    ]);
    expect(conversations.late).toEqual({ packets: 1, bytes: 4 });
  });

  test('if too many are open, those that were idle for the longest time', () => {
    const { ended, conversations } = pushed(
      Array.from({ length: 100 }, (_, port) => client(1, 0, 'S', 'x', { clientPort: port + 1 })),
      { inProgress: 16 },
    );
    expect(ended).toHaveLength(84);
    conversations.finish();
    expect(ended.map(({ number }) => number)).toEqual(Array.from({ length: 100 }, (_, number) => number));
  });

  test('if there are too many pairs, some are forgotten, and that is reported', () => {
    const { conversations } = pushed(
      Array.from({ length: 500 }, (_, port) => client(1, 0, 'S', 'x', { clientPort: port + 1 })),
      { inProgress: 16, remembered: 64 },
    );
    expect(conversations.forgotten).toBeGreaterThan(400);
    expect(conversations.count).toBe(500);
  });
});

test('a conversation can reuse the memory of an earlier one, and never contains its bytes', () => {
  const said = Array.from({ length: 200 }, (_, index) => noise(100 * index + 1, `conversation ${index}`));
  const waiting = said.map((bytes, index) => {
    const end = 101 + bytes.length;
    const clientPort = 30_000 + index;
    return [
      ...spoken(bytes, 300, clientPort),
      client(end, 501, 'FA', undefined, { clientPort }),
      server(501, end + 1, 'FA', undefined, { clientPort }),
    ];
  });
  // A dozen conversations at a time, packet by packet in turns.
  const packets: Packet[] = [];
  for (let talking = waiting.splice(0, 12); talking.length > 0;) {
    talking = talking.flatMap((one) => {
      packets.push(...one.splice(0, 1));
      return one.length > 0 ? [one] : waiting.splice(0, 1);
    });
  }
  const found: (string | null)[] = [];
  const bounds = { chats: 0, windows: 2 ** 18 };
  const conversations = new Conversations(
    { isDoneAtEnd: true, onEnd: ({ number, streams }) => (found[number] = sha256Of(streams.client.stream)) },
    bounds,
  );
  for (const [index, packet] of packets.entries()) conversations.push(viewOf(packet), index + 1, timeOf(index));
  conversations.finish();
  expect(found).toEqual(said.map((bytes) => createHash('sha256').update(bytes).digest('hex')));
});

describe('for a stream that is not kept', () => {
  const bytes = noise(100_000);

  test('length, hash and gaps are those of the whole stream', () => {
    const packets = [...spoken(bytes, 700)];
    const missing = packets.splice(30, 2).reduce((sum, { data }) => sum + data!.length, 0);
    const { ended, conversations } = pushed(packets, SMALL);
    conversations.finish();
    const { stream } = ended[0]!.streams.client;
    const held = Buffer.concat(packets.flatMap(({ data }) => (data === undefined ? [] : [data as Buffer])));
    expect([stream.length, stream.missing, stream.isWhole]).toEqual([held.length, missing, false]);
    expect(sha256Of(stream)).toBe(createHash('sha256').update(held).digest('hex'));
  });

  test('bytes that come again are compared with what is still held, and otherwise counted', () => {
    const changed = Buffer.from(bytes.subarray(99_400, 100_000));
    changed[10]! ^= 1;
    const packets = [
      ...spoken(bytes, 700),
      client(101 + 99_400, 501, 'A', changed),
      client(101, 501, 'A', noise(300, 'other')),
    ];
    const { ended, conversations } = pushed(packets, SMALL);
    conversations.finish();
    const { stream, conflicts } = ended[0]!.streams.client;
    expect([conflicts, stream.uncompared]).toEqual([1, 300]);
  });
});

describe('a whole capture', () => {
  const long = Buffer.concat([noise(300_000), Buffer.from(' the password is swordfish '), noise(300_000, 'b')]);
  const packets = [...spoken(long, 1000), ...spoken(Buffer.from('words and words\n'.repeat(4000)), 900, 40_001)];
  const capture = pcapOf(packets);

  async function inspected(bytes: Buffer, options: InspectOptions = {}) {
    return withFiles({ capture: bytes }, (path) => inspectCapture(path('capture'), { searchable: false, ...options }));
  }

  test('bytes are searched before they are released, and a text across two pieces is found once', async () => {
    for (const text of ['the password is swordfish', 'swordfish']) {
      const { finds } = await inspected(capture, { find: [text] });
      const { verdict } = finds[0]!;
      expect(verdict).toMatchObject({
        readable: true,
        hit: {
          shape: 'as typed',
          meaning: 'text',
          place: { conversation: 0, side: 'client', offset: long.indexOf(text) },
        },
      });
      expect(verdict.others).toEqual([]);
    }
  });

  longTest('the search for a text that is everywhere takes a second, not a minute', async () => {
    const sames = pcapOf([...spoken(Buffer.alloc(4_000_000, 'a'), 60_000)]);
    const started = process.cpuUsage();
    const { finds } = await inspected(sames, { find: ['a'] });
    expect(finds[0]!.verdict).toMatchObject({ readable: true });
    expect(process.cpuUsage(started).user).toBeLessThan(10e6);
  });

  test('the result is the same: compressed or not, as a list or one by one', async () => {
    const { findings } = await inspected(capture);
    const told: unknown[] = [];
    const zipped = await inspected(gzipSync(capture), { onConversation: (conversation) => told.push(conversation) });
    expect(told).toEqual(findings.conversations);
    expect(zipped.findings).toMatchObject({
      packets: findings.packets,
      conversations: [],
      contents: { compressed: true },
    });
  });

  test('without the messages that nobody asked for, everything else is the same', async () => {
    const chats = pcapOf([...spoken(Buffer.from('one\ntwo\n'), 4), ...spoken(Buffer.from('three\n'), 6, 40_001)]);
    const { findings } = await inspected(chats);
    const few = await inspected(chats, { messagesOf: (number) => number === 1 });
    expect(findings.conversations.map(({ messages }) => messages.length)).toEqual([2, 1]);
    expect(few.findings.conversations).toEqual([
      { ...findings.conversations[0], messages: [] },
      findings.conversations[1],
    ]);
  });

  test('conversations that nobody asked for are counted, and the table is the same as if all had been read', async () => {
    const chats = pcapOf(
      Array.from({ length: 12 }, (_, index) => [
        ...spoken(Buffer.from(`hello ${index}\nand a second line\n`), 9, 40_000 + index),
      ]).flat(),
    );
    const all = await inspected(chats);
    for (const limit of [0, 3, 10]) {
      const listed = conversationsShown(limit);
      const few = await inspected(chats, { listedOf: (rank) => rank < listed });
      expect(few.findings.conversations).toEqual(all.findings.conversations.slice(0, listed));
      expect(few.findings.conversations.length + few.notAskedFor).toBe(12);
      const rows = limit === 0 ? Infinity : limit;
      const table = inspectionTable(few.findings, [], LOOK, rows, few.notAskedFor);
      const { file } = few.findings;
      expect(table).toBe(inspectionTable({ ...all.findings, file }, [], LOOK, rows));
      expect(table.includes(`… and ${12 - limit} more; --limit 0 shows all`)).toBe(limit > 0);
    }
    const found = await inspected(chats, { find: ['hello 11'], listedOf: (rank) => rank < 1 });
    expect(found.finds[0]!.verdict).toMatchObject({ readable: true });
    expect(found.notAskedFor).toBe(0);
  });

  test('one conversation alone has the same result as among the others', async () => {
    const { findings } = await inspected(capture);
    const alone = await inspected(capture, { only: 1 });
    expect(alone.findings.conversations.map(({ streams, messages }) => [streams, messages])).toEqual(
      findings.conversations.slice(1).map(({ streams, messages }) => [streams, messages]),
    );
  });

  longTest('a chat that is asked for is read, however much the chats before it contained', async () => {
    const line = Buffer.from('what somebody else says, in lines\n'.repeat(5000));
    const others = Array.from({ length: 100 }, (_, index) => [...spoken(line, 8000, 30_000 + index)]);
    const asked = [...spoken(line, 8000, 50_000)];
    const all = pcapOf(
      [...others, asked]
        .flatMap((each) => each.slice(0, 2))
        .concat([...others, asked].flatMap((each) => each.slice(2))),
    );
    // As a file, it would be so large that a thread examines it. examining.test.ts tests that.
    const inOneThread = async (options: InspectOptions) =>
      inspectChunks(Readable.from(pieces(all, 65_536)) as AsyncIterable<Buffer>, { searchable: false, ...options });
    const among = (await inOneThread({})).findings.conversations.at(-1)!;
    expect(among.unreadBytes).toBeGreaterThan(0);
    // A conversation whose messages nobody asked for uses no memory either.
    const { unreadBytes: unread, messages } = (
      await inOneThread({ messagesOf: (number) => number === 100 })
    ).findings.conversations.at(-1)!;
    expect([unread, messages.length]).toEqual([0, 5000]);
    const { findings } = await inOneThread({ only: 100 });
    expect(findings.conversations.map((one) => [one.number, one.unreadBytes, one.messages.length])).toEqual([
      [100, 0, 5000],
    ]);
  });

  test('followed: both sides in the order in which they could be read, with missing bytes counted', async () => {
    const { followed } = await inspected(captureOf(plaintextChat(CONVERSATION)), { follow: 0, only: 0 });
    expect(followed!.pieces.map(({ side, bytes }) => ({ side, text: bytes.toString().trim() }))).toEqual(CONVERSATION);
    const lost = pcapOf([...spoken(Buffer.from('abcdef'), 2)].filter(({ data }) => data?.toString() !== 'cd'));
    expect(
      (await inspected(lost, { follow: 0 })).followed!.pieces.map(({ bytes }) =>
        typeof bytes === 'number' ? bytes : bytes.toString(),
      ),
    ).toEqual(['ab', 2, 'ef']);
    expect((await inspected(lost, { follow: 1 })).followed).toBeNull();
  });

  test('a chat that is too long to keep is read up to the limit, and unread bytes are counted', async () => {
    const { findings } = await inspected(captureOf(encryptedChat(CONVERSATION)));
    expect(findings.conversations[0]!.unreadBytes).toBe(0);
    const lines = Buffer.from('a line of a very long chat\n'.repeat(100_000));
    const { ended, conversations } = pushed(spoken(lines, 1400), { chat: 2 ** 20 });
    conversations.finish();
    expect(ended[0]!.streams.client.stream.isWhole).toBe(false);
  });
});
