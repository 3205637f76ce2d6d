/**
 * What TCP does on a wire, case by case. For each case: which packets make a conversation, what each side sent, and how
 * much of it is missing, according to us and to tshark. The cases run over IPv4 and IPv6, in pcap, pcapng and gzip.
 * `conversations.test.ts` tests how one direction is put together.
 *
 * All cases are in one capture, so that each format needs only one run of tshark. Each case has its own client port.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { inspectCapture } from '../../src/eavesdropper/inspect.js';
import { tshark, tsharkFields } from '../packets/tshark.js';
import { describeWithTool } from '../tools.js';
import { client, pcapOf, pcapngOf, server } from './wire.js';
import type { Packet } from './wire.js';

interface Said {
  readonly client: string;
  readonly server: string;
  /** The number of bytes that are missing from each side. */
  readonly missing?: readonly [client: number, server: number];
}

interface Case {
  readonly name: string;
  /** Its RST ends nothing, because both sides continue. tshark only shows that there is one. */
  readonly hasDroppedReset?: boolean;
  readonly packets: readonly Packet[];
  /** One entry for each conversation. */
  readonly said: readonly Said[];
  /** Here, bytes that were cut off a packet by the snap length count as missing. Wireshark 4.0 does not count them. */
  readonly isSnapped?: boolean;
}

/** The client's first byte is 101, the server's 501. */
const OPENING = [client(100, 0, 'S'), server(500, 101, 'SA'), client(101, 501, 'A')];

const CASES: readonly Case[] = [
  {
    name: 'a handshake, question and answer, FIN of both',
    packets: [
      ...OPENING,
      client(101, 501, 'PA', 'ask'),
      server(501, 104, 'PA', 'answer'),
      client(104, 507, 'FA'),
      server(507, 105, 'FA'),
      client(105, 508, 'A'),
    ],
    said: [{ client: 'ask', server: 'answer' }],
  },
  {
    name: 'joined midway',
    packets: [
      server(7000, 3000, 'PA', 'of an answer'),
      client(3000, 7012, 'A'),
      client(3000, 7012, 'PA', 'next'),
      server(7012, 3004, 'PA', 'yes'),
    ],
    said: [{ client: 'next', server: 'of an answeryes' }],
  },
  {
    name: 'the handshake is captured without its SYN',
    packets: [...OPENING.slice(1), client(101, 501, 'PA', 'ask'), server(501, 104, 'PA', 'answer')],
    said: [{ client: 'ask', server: 'answer' }],
  },
  {
    name: 'both open at once, and close at once',
    packets: [
      client(100, 0, 'S'),
      server(500, 0, 'S'),
      client(100, 501, 'SA'),
      server(500, 101, 'SA'),
      client(101, 501, 'PA', 'me'),
      server(501, 101, 'PA', 'me too'),
      client(103, 501, 'FA'),
      server(507, 103, 'FA'),
    ],
    said: [{ client: 'me', server: 'me too' }],
  },
  {
    name: 'the answer out of order',
    packets: [
      ...OPENING,
      server(507, 101, 'PA', 'third'),
      server(504, 101, 'A', 'sec'),
      server(501, 101, 'A', 'fst'),
      client(101, 512, 'A'),
    ],
    said: [{ client: '', server: 'fstsecthird' }],
  },
  {
    name: 'an acknowledgement that was captured before what it acknowledges',
    packets: [...OPENING, server(501, 104, 'A'), client(101, 501, 'PA', 'ask'), server(501, 104, 'PA', 'answer')],
    said: [{ client: 'ask', server: 'answer' }],
  },
  {
    name: 'sent again though it was acknowledged',
    packets: [
      ...OPENING,
      client(101, 501, 'PA', 'ask'),
      server(501, 104, 'A'),
      client(101, 501, 'PA', 'ask'),
      server(501, 104, 'PA', 'answer'),
      server(501, 104, 'PA', 'answer'),
    ],
    said: [{ client: 'ask', server: 'answer' }],
  },
  {
    name: 'each packet captured twice, as by a mirror port',
    packets: [
      ...OPENING,
      client(101, 501, 'PA', 'ask'),
      server(501, 104, 'PA', 'answer'),
      client(104, 507, 'FA'),
      server(507, 105, 'FA'),
    ].flatMap((packet) => [packet, packet]),
    said: [{ client: 'ask', server: 'answer' }],
  },
  {
    name: 'sent again as one larger segment, which overlaps two that came',
    packets: [
      ...OPENING,
      server(501, 101, 'A', 'ab'),
      server(505, 101, 'A', 'ef'),
      server(501, 101, 'PA', 'abcdefgh'),
      client(101, 509, 'A'),
    ],
    said: [{ client: '', server: 'abcdefgh' }],
  },
  {
    name: 'lost, and acknowledged: the gap is as long as what was lost, and what follows is read',
    packets: [
      ...OPENING,
      server(501, 101, 'A', 'ab'),
      server(506, 101, 'PA', 'fgh'),
      client(101, 509, 'A'),
      client(101, 509, 'PA', 'got it'),
    ],
    said: [{ client: 'got it', server: 'abfgh', missing: [0, 3] }],
  },
  {
    name: 'lost in both directions',
    packets: [
      ...OPENING,
      client(102, 501, 'PA', 'sk'),
      server(501, 104, 'A'),
      server(504, 104, 'PA', 'wer'),
      client(104, 507, 'A'),
    ],
    said: [{ client: 'sk', server: 'wer', missing: [1, 3] }],
  },
  {
    name: 'lost in two places, each acknowledged in its turn',
    packets: [
      ...OPENING,
      server(503, 101, 'A', 'cd'),
      client(101, 505, 'A'),
      server(606, 101, 'PA', 'after 101'),
      client(101, 615, 'A'),
    ],
    said: [{ client: '', server: 'cdafter 101', missing: [0, 103] }],
  },
  {
    name: 'more than 65,535 bytes lost',
    packets: [
      ...OPENING,
      server(501, 101, 'A', 'first'),
      server(506 + 70_000, 101, 'PA', 'last'),
      client(101, 510 + 70_000, 'A'),
    ],
    said: [{ client: '', server: 'firstlast', missing: [0, 70_000] }],
  },
  {
    name: 'all that one side said is lost',
    packets: [
      ...OPENING,
      server(501, 104, 'PA', 'answer'),
      client(104, 507, 'FA'),
      server(507, 105, 'FA'),
      client(105, 508, 'A'),
    ],
    said: [{ client: '', server: 'answer' }],
  },
  {
    name: 'sequence numbers that wrap on both sides, out of order and with a loss',
    packets: [
      client(0xffff_fffb, 0, 'S'),
      server(0xffff_fffe, 0xffff_fffc, 'SA'),
      client(0x0000_0000, 0xffff_ffff, 'PA', 'over\n'),
      client(0xffff_fffc, 0xffff_ffff, 'A', 'all '),
      server(0x0000_0002, 5, 'PA', 'here'),
      client(5, 6, 'A'),
    ],
    said: [{ client: 'all over\n', server: 'here', missing: [0, 3] }],
  },
  {
    name: 'the ports in use again after FIN of both',
    packets: [
      ...OPENING,
      client(101, 501, 'FPA', 'one'),
      server(501, 105, 'FPA', 'uno'),
      client(105, 505, 'A'),
      client(9000, 0, 'S'),
      server(8000, 9001, 'SA'),
      client(9001, 8001, 'PA', 'two'),
      server(8001, 9004, 'PA', 'due'),
    ],
    said: [
      { client: 'one', server: 'uno' },
      { client: 'two', server: 'due' },
    ],
  },
  {
    name: 'the ports in use again without an end before',
    packets: [
      ...OPENING,
      client(101, 501, 'PA', 'one'),
      client(9000, 0, 'S'),
      server(8000, 9001, 'SA'),
      server(8001, 9001, 'PA', 'due'),
    ],
    said: [
      { client: 'one', server: '' },
      { client: '', server: 'due' },
    ],
  },
  {
    name: 'RST instead of an answer',
    packets: [client(100, 0, 'S'), server(0, 101, 'RA')],
    said: [{ client: '', server: '' }],
  },
  {
    name: 'RST, and what was still on its way',
    packets: [
      ...OPENING,
      client(101, 501, 'PA', 'ask'),
      client(104, 501, 'RA'),
      server(501, 104, 'PA', 'answer'),
      server(507, 104, 'PA', ', more'),
    ],
    said: [{ client: 'ask', server: 'answer, more' }],
  },
  {
    name: 'RST that nobody would believe, since its number is far off',
    packets: [
      ...OPENING,
      client(101, 501, 'PA', 'ask'),
      client(50_000, 501, 'R'),
      client(104, 501, 'PA', ' more'),
      server(501, 109, 'PA', 'answer'),
    ],
    // A host drops such an RST and continues (RFC 9293, section 3.10.7.4).
    hasDroppedReset: true,
    said: [{ client: 'ask more', server: 'answer' }],
  },
  {
    name: 'half closed: one side has said all, the other goes on',
    packets: [
      ...OPENING,
      client(101, 501, 'PA', 'ask'),
      client(104, 501, 'FA'),
      server(501, 105, 'PA', 'a long '),
      client(105, 508, 'A'),
      server(508, 105, 'PA', 'answer'),
      server(514, 105, 'FA'),
      client(105, 515, 'A'),
    ],
    said: [{ client: 'ask', server: 'a long answer' }],
  },
  {
    name: 'FIN before the data that it follows',
    packets: [
      ...OPENING,
      client(106, 501, 'FPA', 'late'),
      client(101, 501, 'A', 'early'),
      server(501, 111, 'FA'),
      client(111, 502, 'A'),
    ],
    said: [{ client: 'earlylate', server: '' }],
  },
  {
    name: 'FIN sent again with the data before it',
    packets: [
      ...OPENING,
      client(101, 501, 'PA', 'bye'),
      client(104, 501, 'FA'),
      client(101, 501, 'FPA', 'bye'),
      server(501, 105, 'FA'),
    ],
    said: [{ client: 'bye', server: '' }],
  },
  {
    name: 'keep-alive with one byte, which means nothing',
    packets: [
      ...OPENING,
      client(101, 501, 'PA', 'ask'),
      server(501, 104, 'A'),
      client(103, 501, 'A', '\0'),
      server(501, 104, 'A'),
      client(103, 501, 'A', 'k'),
      server(501, 104, 'A'),
      client(104, 501, 'PA', ' on'),
    ],
    said: [{ client: 'ask on', server: '' }],
  },
  {
    name: 'keep-alive without a byte',
    packets: [
      ...OPENING,
      client(101, 501, 'PA', 'ask'),
      server(501, 104, 'A'),
      client(103, 501, 'A'),
      server(501, 104, 'A'),
      server(500, 104, 'A'),
      client(104, 501, 'A'),
      client(104, 501, 'PA', ' on'),
      server(501, 107, 'PA', 'yes'),
    ],
    said: [{ client: 'ask on', server: 'yes' }],
  },
  {
    name: 'keep-alive before anything was said',
    packets: [...OPENING, client(100, 501, 'A', '\0'), server(501, 101, 'A'), client(101, 501, 'PA', 'ask')],
    said: [{ client: 'ask', server: '' }],
  },
  {
    name: 'a full window, asked whether it is still full with the next byte, which is not taken, then is',
    packets: [
      ...OPENING,
      client(101, 501, 'PA', 'full'),
      server(501, 105, 'A', '', { window: 0 }),
      client(105, 501, 'A', '!'),
      server(501, 105, 'A', '', { window: 0 }),
      client(105, 501, 'A', '!'),
      server(501, 106, 'A', '', { window: 500 }),
      client(106, 501, 'PA', '?'),
    ],
    said: [{ client: 'full!?', server: '' }],
  },
  {
    name: 'a full window, asked without a byte, and its update',
    packets: [
      ...OPENING,
      client(101, 501, 'PA', 'full'),
      server(501, 105, 'A', '', { window: 0 }),
      client(104, 501, 'A'),
      server(501, 105, 'A', '', { window: 0 }),
      server(501, 105, 'A', '', { window: 9000 }),
      client(105, 501, 'PA', ' again'),
    ],
    said: [{ client: 'full again', server: '' }],
  },
  {
    name: 'snapped: what was cut off counts as missing',
    packets: [
      ...OPENING,
      client(101, 501, 'PA', 'begins', { length: 40 }),
      server(501, 141, 'PA', 'also', { length: 9 }),
      client(141, 510, 'PA', 'whole'),
      server(510, 146, 'PA', 'too'),
    ],
    said: [{ client: 'beginswhole', server: 'alsotoo', missing: [34, 5] }],
    isSnapped: true,
  },
  {
    name: 'snapped, then sent again whole',
    packets: [
      ...OPENING,
      client(101, 501, 'PA', 'beg', { length: 6 }),
      client(101, 501, 'PA', 'begins'),
      server(501, 107, 'PA', 'yes'),
    ],
    said: [{ client: 'beg', server: 'yes', missing: [3, 0] }],
    isSnapped: true,
  },
  {
    name: 'checksums that the network card was to fill in',
    packets: [
      client(100, 0, 'S', undefined, { checksum: 0xfe34 }),
      server(500, 101, 'SA', undefined, { checksum: 0xfe34 }),
      client(101, 501, 'PA', 'ask', { checksum: 0xfe2b }),
      server(501, 104, 'PA', 'answer', { checksum: 0xfe31 }),
    ],
    said: [{ client: 'ask', server: 'answer' }],
  },
  {
    name: 'data with the SYN, and again after it',
    packets: [
      client(100, 0, 'S', 'quick'),
      server(500, 101, 'SA'),
      client(101, 501, 'PA', 'quick'),
      server(501, 106, 'PA', 'yes'),
    ],
    said: [{ client: 'quick', server: 'yes' }],
  },
  {
    name: 'sent again with other bytes: what was seen first is what was said',
    packets: [
      ...OPENING,
      server(501, 101, 'PA', 'yes, do'),
      server(501, 101, 'PA', 'no, don'),
      server(508, 101, 'PA', ' it'),
      client(101, 511, 'A'),
    ],
    said: [{ client: '', server: 'yes, do it' }],
  },
];

const FORMATS: readonly (readonly [name: string, file: (packets: readonly Packet[]) => Buffer])[] = [
  ['IPv4, pcap', (packets) => pcapOf(packets)],
  ['IPv4, pcapng, gzip', (packets) => gzipSync(pcapngOf(packets))],
  ['IPv6, pcap, gzip', (packets) => gzipSync(pcapOf(packets, 6))],
  ['IPv6, pcapng', (packets) => pcapngOf(packets, 6)],
];

const FIRST_PORT = 20_000;
const onPort = (index: number, packets: readonly Packet[]): Packet[] =>
  packets.map((packet) => ({ ...packet, clientPort: FIRST_PORT + index }));
const ALL = CASES.flatMap(({ packets }, index) => onPort(index, packets));

interface Conversation extends Said {
  readonly isReset: boolean;
}

interface Found {
  /** The conversations of each case, in order. */
  readonly cases: ReadonlyMap<number, readonly Conversation[]>;
  /** The number of packets in each conversation, by the conversation's number. */
  readonly frames: ReadonlyMap<number, number>;
}

async function ourCases(file: string): Promise<Found> {
  const { findings, haystacks } = await inspectCapture(file);
  const cases = new Map<number, Conversation[]>();
  for (const {
    number,
    client: { port },
    ending,
    streams,
  } of findings.conversations) {
    const said = (side: 'client' | 'server'): string =>
      haystacks.find((each) => each.conversation === number && each.side === side)!.stream.bytes.toString();
    const found = {
      client: said('client'),
      server: said('server'),
      missing: [streams.client.missing, streams.server.missing] as const,
      isReset: ending === 'reset',
    };
    cases.set(port - FIRST_PORT, [...(cases.get(port - FIRST_PORT) ?? []), found]);
  }
  return { cases, frames: new Map(findings.conversations.map(({ number, frames }) => [number, frames])) };
}

function theirCases(file: string): Found {
  const frames = new Map<number, number>();
  const resets = new Set<number>();
  for (const [stream, reset] of tsharkFields(file, ['tcp.stream', 'tcp.flags.reset'])) {
    frames.set(Number(stream), (frames.get(Number(stream)) ?? 0) + 1);
    if (reset === '1' || reset === 'True') resets.add(Number(stream));
  }
  const cases = new Map<number, Conversation[]>();
  const follow = [...frames.keys()].flatMap((number) => ['-z', `follow,tcp,raw,${number}`]);
  const blocks = tshark(['-r', file, '-q', ...follow])
    .split(/^Follow: /m)
    .slice(1);
  // They come in reverse order.
  for (const block of blocks.sort((one, other) => streamOf(one) - streamOf(other))) {
    const [, first] = /^Node 0: .*:(\d+)$/m.exec(block)!;
    const [, second] = /^Node 1: .*:(\d+)$/m.exec(block)!;
    const isClientFirst = Number(first) !== SERVER_PORT;
    const index = Number(isClientFirst ? first : second) - FIRST_PORT;
    const node0 = heard(block, /^([0-9a-f]+)$/gm);
    const node1 = heard(block, /^\t([0-9a-f]+)$/gm);
    const [ofClient, ofServer] = isClientFirst ? [node0, node1] : [node1, node0];
    const found = {
      client: ofClient.said,
      server: ofServer.said,
      missing: [ofClient.missing, ofServer.missing] as const,
      isReset: resets.has(streamOf(block)),
    };
    cases.set(index, [...(cases.get(index) ?? []), found]);
  }
  return { cases, frames };
}

const SERVER_PORT = 4747;

function streamOf(block: string): number {
  return Number(/^Filter: tcp\.stream eq (\d+)/m.exec(block)![1]);
}

/** tshark announces missing bytes with its own text. */
function heard(block: string, lines: RegExp): { said: string; missing: number } {
  let [said, missing] = ['', 0];
  for (const [, hex] of block.matchAll(lines)) {
    const text = Buffer.from(hex!, 'hex').toString();
    const gap = /^\[(\d+) bytes missing in capture file\]\0?$/.exec(text);
    if (gap === null) said += text;
    else missing += Number(gap[1]);
  }
  return { said, missing };
}

describe.each(FORMATS)('%s', (_, format) => {
  let folder: string;
  let file: string;
  let ours: Found;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'servchat-'));
    file = join(folder, 'cases');
    writeFileSync(file, format(ALL));
    ours = await ourCases(file);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test.each(CASES.map((one, index) => [one.name, one, index] as const))(
    '%s',
    (__, { packets, said, hasDroppedReset = false }, index) => {
      const isReset = !hasDroppedReset && packets.some(({ flags = '' }) => flags.includes('R'));
      expect(ours.cases.get(index)).toEqual(said.map((each) => ({ missing: [0, 0], isReset, ...each })));
    },
  );

  describeWithTool('tshark', 'as tshark has it', () => {
    let theirs: Found;
    beforeAll(() => {
      theirs = theirCases(file);
    });

    test('the same packets in the same conversations', () => {
      expect([...ours.frames]).toEqual([...theirs.frames]);
    });

    test.each(CASES.map((one, index) => [one.name, one, index] as const))('%s', (__, one, index) => {
      const compared = (cases: Found['cases']): unknown =>
        cases.get(index)?.map(({ missing, isReset, ...said }) => ({
          ...said,
          ...(one.isSnapped === true ? {} : { missing }),
          ...(one.hasDroppedReset === true ? {} : { isReset }),
        }));
      expect(compared(ours.cases)).toEqual(compared(theirs.cases));
    });
  });
});
