import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Conversations, type Bounds } from '../../../src/eavesdropper/tcp/conversations.js';
import { MAX_HELD_PIECES } from '../../../src/eavesdropper/tcp/direction.js';
import { tshark } from '../../packets/tshark.js';
import { describeWithTool } from '../../tools.js';
import { client, pcapOf, server, timeOf, viewOf } from '../wire.js';
import type { Conversation } from '../../../src/eavesdropper/tcp/conversation.js';
import type { Packet } from '../wire.js';

function conversationsOf(packets: readonly Packet[], bounds: Partial<Bounds> = {}): readonly Conversation[] {
  const ended: Conversation[] = [];
  const conversations = new Conversations({ onEnd: (conversation) => ended.push(conversation) }, bounds);
  for (const [index, packet] of packets.entries()) conversations.push(viewOf(packet), index + 1, timeOf(index));
  conversations.finish();
  return ended.sort((one, other) => one.number - other.number);
}

/** The client side of the first conversation as text, with its missing bytes and conflicts. */
function clientSide(packets: readonly Packet[]): { text: string; missing: number; conflicts: number } {
  const { stream, conflicts } = conversationsOf(packets)[0]!.streams.client;
  return { text: stream.bytes.toString('latin1'), missing: stream.missing, conflicts };
}

/** The three packets that open a connection. The client's first byte is 101, the server's 501. */
const OPENING = [client(100, 0, 'S'), server(500, 101, 'SA'), client(101, 501, 'A')];

interface Case {
  readonly name: string;
  readonly packets: readonly Packet[];
  readonly text: string;
  readonly missing?: number;
  readonly conflicts?: number;
  /** If Wireshark 4.0 has another result: which one, and why. */
  readonly wireshark?: string;
}

const CASES: readonly Case[] = [
  {
    name: 'in order',
    packets: [...OPENING, client(101, 501, 'PA', 'Hel'), client(104, 501, 'PA', 'lo')],
    text: 'Hello',
  },
  {
    name: 'out of order',
    packets: [...OPENING, client(104, 501, 'PA', 'lo'), client(101, 501, 'PA', 'Hel')],
    text: 'Hello',
  },
  {
    name: 'sent again',
    packets: [...OPENING, client(101, 501, 'PA', 'Hel'), client(101, 501, 'PA', 'Hel'), client(104, 501, 'A', 'lo')],
    text: 'Hello',
  },
  {
    name: 'sent again with more',
    packets: [...OPENING, client(101, 501, 'PA', 'Hel'), client(102, 501, 'PA', 'ello')],
    text: 'Hello',
  },
  {
    name: 'sent again with other bytes: the first ones win',
    packets: [...OPENING, client(101, 501, 'A', 'abcd'), client(103, 501, 'A', 'XXef')],
    text: 'abcdef',
    conflicts: 1,
  },
  {
    name: 'other bytes while an earlier segment is awaited: that is next which begins first',
    packets: [
      ...OPENING,
      client(111, 501, 'A', '0123456789'),
      client(106, 501, 'A', 'abcdefghij'),
      client(101, 501, 'A', 'ABCDE'),
    ],
    text: 'ABCDEabcdefghij56789',
    conflicts: 1,
  },
  {
    name: 'other bytes came early than those that come as they are due: these win',
    packets: [...OPENING, client(105, 501, 'A', '1111'), client(101, 501, 'A', '0000XXXX')],
    text: '0000XXXX',
    conflicts: 1,
  },
  {
    name: 'other bytes came early, and more of them than those that are due: the rest of them follows',
    packets: [...OPENING, client(105, 501, 'A', '11112222'), client(101, 501, 'A', '0000XXXX')],
    text: '0000XXXX2222',
    conflicts: 1,
  },
  {
    name: 'two that came early for the same place: of those that fit, the one that came first',
    packets: [
      ...OPENING,
      client(107, 501, 'A', 'cccccc'),
      client(105, 501, 'A', 'bbbb'),
      client(105, 501, 'A', 'xxxxxxxxxx'),
      client(101, 501, 'A', 'aaaaaa'),
    ],
    text: 'aaaaaaccccccxx',
    conflicts: 3,
  },
  {
    name: 'within one that came early: of no use',
    packets: [
      ...OPENING,
      client(105, 501, 'A', 'bbbbbb'),
      client(107, 501, 'A', 'XX'),
      client(105, 501, 'A', 'XXX'),
      client(101, 501, 'A', 'aaaa'),
    ],
    text: 'aaaabbbbbb',
    conflicts: 2,
  },
  {
    name: 'around and between segments that are held back',
    packets: [
      ...OPENING,
      client(103, 501, 'A', 'cd'),
      client(107, 501, 'A', 'gh'),
      client(102, 501, 'A', 'bcdefghi'),
      client(101, 501, 'A', 'a'),
    ],
    text: 'abcdefghi',
  },
  {
    name: 'missing to the end: what follows is read',
    packets: [...OPENING, client(101, 501, 'A', 'ab'), client(106, 501, 'A', 'later')],
    text: 'ablater',
    missing: 3,
    wireshark: 'shows nothing after bytes that nobody acknowledged',
  },
  {
    name: 'missing, and the other side says that it has them: a late copy is not waited for',
    packets: [
      ...OPENING,
      client(101, 501, 'A', 'ab'),
      client(106, 501, 'A', 'later'),
      server(501, 111, 'A'),
      client(103, 501, 'A', 'xyz'),
    ],
    text: 'ablater',
    missing: 3,
  },
  {
    name: 'missing, and not yet acknowledged: the late copy fills the place',
    packets: [
      ...OPENING,
      client(101, 501, 'A', 'ab'),
      client(106, 501, 'A', 'later'),
      server(501, 106, 'A'),
      client(103, 501, 'A', 'xyz'),
    ],
    text: 'abxyzlater',
  },
  {
    name: 'bytes compared across a place that was given up',
    packets: [
      ...OPENING,
      client(101, 501, 'A', 'ab'),
      client(106, 501, 'A', 'fgh'),
      server(501, 109, 'A'),
      client(101, 501, 'A', 'ab???fgh'),
      client(101, 501, 'A', 'ab???fgX'),
    ],
    text: 'abfgh',
    missing: 3,
    conflicts: 1,
  },
  {
    name: 'sequence numbers that wrap',
    packets: [
      client(0xffff_fffd, 0, 'S'),
      server(500, 0xffff_fffe, 'SA'),
      client(0, 501, 'A', 'cd'),
      client(0xffff_fffe, 501, 'A', 'ab'),
      client(2, 501, 'A', 'ef'),
    ],
    text: 'abcdef',
  },
  {
    name: 'a keep-alive: its byte means nothing, and is no conflict',
    packets: [
      ...OPENING,
      client(101, 501, 'A', 'ab'),
      client(102, 501, 'A', '\0'),
      server(501, 103, 'A'),
      client(103, 501, 'A', 'cd'),
    ],
    text: 'abcd',
  },
  {
    name: 'a zero window probed with one real byte',
    packets: [...OPENING, client(101, 501, 'A', 'ab'), client(103, 501, 'A', 'c'), client(103, 501, 'A', 'cdef')],
    text: 'abcdef',
  },
  {
    name: 'a snapped packet: the rest of it is missing',
    packets: [...OPENING, client(101, 501, 'A', 'ab', { length: 5 }), client(106, 501, 'A', 'fg')],
    text: 'abfg',
    missing: 3,
  },
  {
    name: 'a snapped packet while an earlier segment is awaited',
    packets: [
      ...OPENING,
      client(103, 501, 'A', 'cd', { length: 4 }),
      client(107, 501, 'A', 'gh'),
      client(101, 501, 'A', 'ab'),
    ],
    text: 'abcdgh',
    missing: 2,
    wireshark: 'forgets the part that was cut off of a segment held back',
  },
  {
    name: 'headers only',
    packets: [
      ...OPENING,
      client(101, 501, 'A', '', { length: 5 }),
      client(106, 501, 'A', '', { length: 2 }),
      client(108, 501, 'A', 'x'),
    ],
    text: 'x',
    missing: 7,
    wireshark: 'waits for ever for a packet whose payload was cut off',
  },
  {
    name: 'data on the SYN',
    packets: [client(100, 0, 'S', 'abc'), server(500, 104, 'SA'), client(104, 501, 'A', 'def')],
    text: 'abcdef',
  },
  {
    name: 'data with FIN',
    packets: [...OPENING, client(101, 501, 'A', 'ab'), client(103, 501, 'FPA', 'cd'), client(106, 502, 'A')],
    text: 'abcd',
  },
  {
    name: 'data with RST',
    packets: [...OPENING, client(101, 501, 'A', 'ab'), client(103, 501, 'RA', 'why')],
    text: 'abwhy',
  },
  {
    name: 'a SYN sent again',
    packets: [...OPENING, client(101, 501, 'A', 'ab'), client(100, 0, 'S'), client(103, 501, 'A', 'cd')],
    text: 'abcd',
  },
  {
    name: 'joined midway: the first segment seen is the beginning',
    packets: [client(1000, 501, 'A', 'ef'), client(998, 501, 'A', 'cd'), client(1002, 501, 'A', 'gh')],
    text: 'efgh',
  },
  {
    name: 'joined midway at a bare acknowledgement',
    packets: [client(998, 501, 'A'), client(1000, 501, 'A', 'ef'), client(998, 501, 'A', 'cd')],
    text: 'cdef',
  },
];

describe('one direction, put in order', () => {
  test.each(CASES)('$name', ({ packets, text, missing = 0, conflicts = 0 }) => {
    expect(clientSide(packets)).toEqual({ text, missing, conflicts });
  });

  test('each byte knows the packet that carried it first', () => {
    const packets = [
      ...OPENING,
      client(104, 501, 'A', 'lo'),
      client(101, 501, 'A', 'Hel'),
      client(101, 501, 'A', 'Hello!'),
    ];
    const { stream } = conversationsOf(packets)[0]!.streams.client;
    expect(
      [...stream.bytes].map((byte, offset) => [String.fromCharCode(byte), stream.carrierOf(offset).frame]),
    ).toEqual([
      ['H', 5],
      ['e', 5],
      ['l', 5],
      ['l', 4],
      ['o', 4],
      ['!', 6],
    ]);
    expect(stream.carrierOf(0).time).toBe(timeOf(4));
  });

  test('the runs are the bytes between the gaps', () => {
    const packets = [...OPENING, client(102, 501, 'A', 'bc'), client(106, 501, 'A', 'fg'), client(110, 501, 'A', 'j')];
    const { stream } = conversationsOf(packets)[0]!.streams.client;
    expect(stream.runs()).toEqual([
      { start: 0, end: 2 },
      { start: 2, end: 4 },
      { start: 4, end: 5 },
    ]);
    expect([0, 1, 2, 3, 4].map((offset) => stream.missingBefore(offset))).toEqual([1, 1, 3, 3, 5]);
  });

  test('the bytes that wait are limited: beyond the limit, the missing place is given up', () => {
    // One byte, then every second byte. Nothing fits until the last packet, which comes too late.
    const scattered = Array.from({ length: MAX_HELD_PIECES + 1 }, (_, index) => client(103 + 2 * index, 501, 'A', 'x'));
    const { text, missing } = clientSide([
      ...OPENING,
      client(101, 501, 'A', 'a'),
      ...scattered,
      client(102, 501, 'A', 'L'),
    ]);
    expect(text.length).toBe(1 + scattered.length);
    expect(missing).toBe(scattered.length);
  });
});

describe('any cut and any order of a stream gives the stream', () => {
  /** Cuts `bytes` into segments that may overlap. Every byte is in at least one. */
  const cutting = fc.record({
    bytes: fc.uint8Array({ minLength: 1, maxLength: 200 }),
    initial: fc.oneof(fc.nat(0xffff_ffff), fc.integer({ min: 0xffff_ff00, max: 0xffff_ffff })),
    cuts: fc.array(fc.nat(199), { maxLength: 20 }),
    overlaps: fc.array(fc.nat(9), { minLength: 1, maxLength: 20 }),
    again: fc.array(fc.nat(20), { maxLength: 10 }),
    order: fc.infiniteStream(fc.nat(1_000_000)),
  });

  test('with segments that overlap and come twice', () => {
    fc.assert(
      fc.property(cutting, ({ bytes, initial, cuts, overlaps, again, order }) => {
        const edges = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].sort(
          (a, b) => a - b,
        );
        const segments = edges.slice(1).map((end, index) => {
          const start = Math.max(0, edges[index]! - overlaps[index % overlaps.length]!);
          return client(initial + 1 + start, 0, '', Buffer.from(bytes.subarray(start, end)));
        });
        const repeated = [...segments, ...again.map((index) => segments[index % segments.length]!)];
        const shuffled = repeated
          .map((segment) => ({ segment, key: order.next().value }))
          .sort((a, b) => a.key - b.key);
        const packets = [client(initial, 0, 'S'), ...shuffled.map(({ segment }) => segment)];
        const { stream, conflicts } = conversationsOf(packets)[0]!.streams.client;
        expect(stream.bytes.equals(bytes)).toBe(true);
        expect([stream.missing, conflicts]).toEqual([0, 0]);
      }),
    );
  });

  type Said = readonly [start: number, bytes: Uint8Array];

  /** Follow TCP Stream in its simplest form: whole segments in a list, and the first one that fits comes next. */
  function followed(segments: readonly Said[]): { bytes: number[]; missing: number } {
    const bytes: number[] = [];
    const held: Said[] = [];
    let [at, missing] = [0, 0];
    const take = ([start, data]: Said): void => {
      const fresh = data.subarray(at - start);
      bytes.push(...fresh);
      at += fresh.length;
    };
    const takeWhatFits = (): void => {
      const fits = held.findIndex(([start]) => start <= at);
      if (fits === -1) return;
      held.splice(fits, 1).forEach(take);
      takeWhatFits();
    };
    for (const segment of segments) {
      if (segment[0] <= at) take(segment);
      else held.push(segment);
      takeWhatFits();
    }
    while (held.length > 0) {
      const next = Math.min(...held.map(([start]) => start));
      missing += next - at;
      at = next;
      takeWhatFits();
    }
    return { bytes, missing };
  }

  test('with conflicting bytes and lost segments, as Wireshark follows them', () => {
    const said = fc.tuple(fc.nat(60), fc.uint8Array({ minLength: 2, maxLength: 12 }));
    fc.assert(
      fc.property(fc.array(said, { minLength: 1, maxLength: 30 }), (segments) => {
        const sent = segments.map(([start, data]) => client(100 + start, 0, '', Buffer.from(data)));
        const { stream } = conversationsOf([client(99, 0, 'S'), ...sent])[0]!.streams.client;
        expect({ bytes: [...stream.bytes], missing: stream.missing }).toEqual(followed(segments));
      }),
    );
  });
});

describe('who is the client', () => {
  const ends = (packets: readonly Packet[]): number[] => conversationsOf(packets).map(({ client: { port } }) => port);

  test('the side that sends SYN, whatever its port', () => {
    expect(ends([client(100, 0, 'S', undefined, { clientPort: 80 })])).toEqual([80]);
    expect(ends([server(100, 0, 'S', undefined, { clientPort: 40_000 })])).toEqual([4747]);
  });

  test('the side that SYN+ACK goes to', () => {
    expect(ends([server(500, 101, 'SA', undefined, { clientPort: 80 })])).toEqual([80]);
  });

  test('in a capture that starts later: the side with the higher port', () => {
    expect(ends([server(500, 101, 'A', 'x')])).toEqual([40_000]);
    expect(ends([client(500, 101, 'A', 'x', { clientPort: 80 })])).toEqual([4747]);
  });
});

const NUMBERED: readonly { name: string; packets: readonly Packet[]; numbers: readonly number[] }[] = [
  {
    name: 'two pairs of ports',
    packets: [client(1, 0, 'S'), client(1, 0, 'S', '', { clientPort: 1 }), server(5, 2, 'SA')],
    numbers: [0, 1, 0],
  },
  { name: 'a SYN with another number', packets: [client(100, 0, 'S'), client(200, 0, 'S')], numbers: [0, 1] },
  { name: 'the same SYN again', packets: [...OPENING, client(100, 0, 'S')], numbers: [0, 0, 0, 0] },
  {
    name: 'the same SYN after both sides closed',
    packets: [...OPENING, client(101, 501, 'FA'), server(501, 102, 'FA'), client(102, 502, 'A'), client(100, 0, 'S')],
    numbers: [0, 0, 0, 0, 0, 0, 0],
  },
  {
    name: 'the same SYN after RST',
    packets: [...OPENING, server(501, 101, 'RA'), client(100, 0, 'S')],
    numbers: [0, 0, 0, 0, 0],
  },
  {
    name: 'late packets of a conversation whose ports are in use again',
    packets: [...OPENING, client(5000, 0, 'S'), client(101, 501, 'A', 'old'), server(501, 104, 'A')],
    numbers: [0, 0, 0, 1, 1, 1],
  },
  {
    name: 'SYN+ACK with another number',
    packets: [...OPENING, server(600, 101, 'SA'), client(101, 601, 'A')],
    numbers: [0, 0, 0, 0, 0],
  },
  {
    name: 'SYN+ACK with another number, then the SYN that it repeats, then the old one',
    packets: [...OPENING, server(600, 101, 'SA'), server(600, 0, 'S'), server(500, 0, 'S')],
    numbers: [0, 0, 0, 0, 0, 1],
  },
  {
    name: 'SYN+ACK before its SYN',
    packets: [server(500, 101, 'SA'), client(100, 0, 'S'), client(101, 501, 'A')],
    numbers: [0, 0, 0],
  },
  {
    name: 'both ends open at once',
    packets: [client(100, 0, 'S'), server(500, 0, 'S'), client(100, 501, 'SA'), server(500, 101, 'SA')],
    numbers: [0, 0, 0, 0],
  },
  {
    name: 'the server connects back between the same ports',
    packets: [...OPENING, server(900, 0, 'S')],
    numbers: [0, 0, 0, 1],
  },
  { name: 'joined midway, then a SYN', packets: [client(100, 900, 'A', 'x'), client(700, 0, 'S')], numbers: [0, 1] },
  {
    name: 'joined midway, then the SYN that was before it',
    packets: [client(101, 900, 'A', 'x'), client(100, 0, 'S')],
    numbers: [0, 0],
  },
  {
    name: 'joined midway, then the SYN that was acknowledged',
    packets: [client(101, 900, 'A', 'x'), server(899, 0, 'S')],
    numbers: [0, 0],
  },
  {
    name: 'joined midway, then another SYN of the other side',
    packets: [client(101, 900, 'A', 'x'), server(777, 0, 'S')],
    numbers: [0, 1],
  },
  { name: 'RST, then the SYN before it', packets: [client(100, 0, 'R'), client(99, 0, 'S')], numbers: [0, 0] },
  { name: 'no flags at all', packets: [client(100, 0, ''), client(98, 0, 'S')], numbers: [0, 1] },
];

/** The number of the conversation that counted each packet: the one that grew. */
function numbersOf(packets: readonly Packet[]): number[] {
  return packets.map((_, index) => {
    const before = conversationsOf(packets.slice(0, index));
    return conversationsOf(packets.slice(0, index + 1)).findIndex(
      ({ number, frames }) => frames !== (before[number]?.frames ?? 0),
    );
  });
}

describe('numbers', () => {
  test.each(NUMBERED)('$name', ({ packets, numbers }) => {
    expect(numbersOf(packets)).toEqual(numbers);
  });
});

describeWithTool('tshark', 'as Wireshark has it', () => {
  const FOLLOWED = CASES.filter(({ wireshark }) => wireshark === undefined);
  const ALL = [...NUMBERED, ...FOLLOWED];
  /** The client's first port in {@link client}. */
  const PORT = 40_000;
  /** By case: the numbers of its packets. */
  const streams: number[][] = [];
  /** By the number of a conversation: Follow TCP Stream. */
  const followed = new Map<number, string>();

  /** All cases are in one capture, each with its own port: tshark takes longer to start than to read them. */
  beforeAll(() => {
    const packets = ALL.flatMap(({ packets: its }, index) =>
      its.map((packet) => ({ ...packet, clientPort: (packet.clientPort ?? PORT) + index })),
    );
    const folder = mkdtempSync(join(tmpdir(), 'servchat-'));
    try {
      const file = join(folder, 'made.pcap');
      writeFileSync(file, pcapOf(packets));
      const numbers = tshark(['-r', file, '-T', 'fields', '-e', 'tcp.stream']).trim().split('\n').map(Number);
      for (const { packets: its } of ALL) streams.push(numbers.splice(0, its.length));
      const firsts = streams.slice(NUMBERED.length).flatMap(([first]) => ['-z', `follow,tcp,raw,${first!}`]);
      for (const told of tshark(['-r', file, '-q', ...firsts]).split(/^=+$/m)) {
        const number = /^Filter: tcp\.stream eq (\d+)$/m.exec(told)?.[1];
        if (number !== undefined) followed.set(Number(number), told);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  /** The bytes that `sender` (`10.0.0.1:40000`) sent. tshark announces missing ones with its own text. */
  function sentBy(sender: string, told: string): string {
    const lines = told.split('\n');
    const first = lines.find((line) => line.startsWith('Node 0: '))!.slice('Node 0: '.length);
    return lines
      .filter((line) => (first === sender ? /^[0-9a-f]+$/ : /^\t[0-9a-f]+$/).test(line))
      .map((line) => Buffer.from(line.trim(), 'hex').toString('latin1'))
      .filter((text) => !/^\[\d+ bytes missing in capture file\]\0?$/.test(text))
      .join('');
  }

  test.each(NUMBERED.map(({ name, numbers }, index) => [name, index, numbers] as const))(
    'tcp.stream: %s',
    (_, index, numbers) => {
      // The conversations of the cases before have the smaller numbers.
      const before = 1 + Math.max(-1, ...streams.slice(0, index).flat());
      expect(streams[index]!.map((number) => number - before)).toEqual(numbers);
    },
  );

  test.each(FOLLOWED.map(({ name, text }, index) => [name, NUMBERED.length + index, text] as const))(
    'the followed stream: %s',
    (_, index, text) => {
      expect(sentBy(`10.0.0.1:${PORT + index}`, followed.get(streams[index]![0]!)!)).toBe(text);
    },
  );
});
