/**
 * Headers that are not those of a segment, but still count for a conversation's number: as we number them, and as
 * tshark does.
 */
import { expect, test } from '@jest/globals';

import { inspectCapture } from '../../src/eavesdropper/inspect.js';
import { decode } from '../../src/packets/headers/decode.js';
import { Decoder } from '../../src/packets/headers/decoder.js';
import { hex } from '../packets/hex.js';
import { tsharkFields } from '../packets/tshark.js';
import { describeWithTool } from '../tools.js';
import { withFiles } from './chats.js';
import { client, frameOf, pcapOfFrames, server, type Frame, type Packet, type Version } from './wire.js';

/** A packet that an ICMP error of `type` quotes: the given number of its bytes, or all. */
function quoted(packet: Packet, version: Version, type = version === 4 ? 3 : 1, bytes?: number): Frame {
  const quote = frameOf(packet, version).data.subarray(0, bytes);
  const message = Buffer.concat([Buffer.of(type, 0, 0, 0, 0, 0, 0, 0), quote]);
  const length = (version === 4 ? 20 + message.length : message.length).toString(16).padStart(4, '0');
  const ip =
    version === 4
      ? `4500 ${length} 0001 0000 40 01 0000 0a0000fe 0a000001`
      : `60000000 ${length} 3a 40 20010db8${'00'.repeat(11)}fe 20010db8${'00'.repeat(11)}01`;
  const data = Buffer.concat([hex(ip), message]);
  return { data, originalLength: data.length };
}

/** The same with a header length of 4 bytes, which is impossible. */
function damaged(packet: Packet, version: Version): Frame {
  const { data, originalLength } = frameOf(packet, version);
  data[(version === 4 ? 20 : 40) + 12] = 0x10;
  return { data, originalLength };
}

type Made = (version: Version) => readonly Frame[];
type Step = (version: Version) => Frame;
const sent =
  (packet: Packet): Step =>
  (version) =>
    frameOf(packet, version);
const quote =
  (packet: Packet, type?: number, bytes?: number): Step =>
  (version) =>
    quoted(packet, version, type, bytes);
const damage =
  (packet: Packet): Step =>
  (version) =>
    damaged(packet, version);
const all =
  (...steps: readonly Step[]): Made =>
  (version) =>
    steps.map((step) => step(version));

const SYN = client(100, 0, 'S');
const OPENING = [sent(SYN), sent(server(500, 101, 'SA')), sent(client(101, 501, 'PA', 'ask'))];
const AGAIN = [sent(client(700, 0, 'S')), sent(server(600, 701, 'SA')), sent(client(701, 601, 'PA', 'again'))];
const elsewhere = (clientPort: number, flags = 'S'): Packet => client(9, 9, flags, undefined, { clientPort });

const CASES: readonly (readonly [name: string, frames: Made])[] = [
  ['another connection, before a chat', all(quote(elsewhere(1234)), ...OPENING)],
  [
    'three other connections, one of them twice, between the packets of a chat',
    all(
      quote(elsewhere(1)),
      OPENING[0]!,
      quote(elsewhere(2, 'A')),
      quote(elsewhere(1)),
      OPENING[1]!,
      quote(elsewhere(3, 'R')),
      OPENING[2]!,
      sent(elsewhere(4)),
    ),
  ],
  ['the chat itself, before it', all(quote(SYN), ...OPENING)],
  ['the chat itself, with a sequence number that the chat does not have', all(quote(client(1, 0, 'S')), ...OPENING)],
  ['the chat itself, its SYN again', all(...OPENING, quote(SYN), sent(client(104, 501, 'PA', 'more')))],
  ['the chat itself, in the other direction', all(quote(server(5, 6, 'PA')), ...OPENING)],
  [
    'a SYN that opens the ports again',
    all(...OPENING, quote(client(700, 0, 'S')), sent(server(501, 104, 'PA', 'old'))),
  ],
  ['a SYN that opens the ports again, and that SYN then comes', all(...OPENING, quote(client(700, 0, 'S')), ...AGAIN)],
  ['a SYN, and then another one comes', all(...OPENING, quote(client(800, 0, 'S')), ...AGAIN)],
  ['two different SYNs, and one of them comes', all(quote(client(1, 0, 'S')), quote(client(2, 0, 'S')), ...AGAIN)],
  [
    'the shortest part of a header that has a number',
    (version) => [quoted(elsewhere(1234), version, undefined, version === 4 ? 36 : 56), ...all(...OPENING)(version)],
  ],
  [
    'a part of a header that is too short for a number',
    (version) => [quoted(elsewhere(1234), version, undefined, version === 4 ? 35 : 55), ...all(...OPENING)(version)],
  ],
  [
    'in an error of each kind',
    all(...[1, 2, 3, 4, 5, 8, 11, 12, 13, 128].map((type) => quote(elsewhere(type), type)), ...OPENING),
  ],
  ['damaged, of another connection', all(damage(elsewhere(1234)), ...OPENING)],
  ['damaged, of the chat', all(damage(SYN), ...OPENING)],
  [
    'damaged, with a sequence number that the chat does not have',
    all(damage(client(1, 0, 'S')), ...OPENING, sent(client(1, 0, 'S'))),
  ],
  ['damaged, a SYN that opens the ports again', all(...OPENING, damage(client(700, 0, 'S')), ...AGAIN)],
];

describeWithTool('tshark', 'tshark and we give the same numbers where a header is quoted or damaged', () => {
  test.each(CASES.flatMap(([name, made]) => ([4, 6] as const).map((version) => [name, version, made] as const)))(
    '%s (IPv%i)',
    async (_, version, made) => {
      await withFiles({ 'quotes.pcap': pcapOfFrames(made(version)) }, async (path) => {
        const { findings, haystacks } = await inspectCapture(path('quotes.pcap'));
        const rows = tsharkFields(
          path('quotes.pcap'),
          ['tcp.stream', 'tcp.payload', 'icmp.type', 'icmpv6.type'],
          'last',
        );
        const theirs = new Map<number, string>();
        for (const [stream = '', payload = '', ...icmp] of rows) {
          if (stream === '') continue;
          const text = icmp.every((type) => type === '') ? Buffer.from(payload, 'hex').toString() : '';
          theirs.set(Number(stream), (theirs.get(Number(stream)) ?? '') + text);
        }
        const ours = findings.conversations.map(({ number }) => {
          const text = haystacks
            .filter(({ conversation }) => conversation === number)
            .map(({ stream }) => stream.bytes.toString())
            .join('');
          return [number, text];
        });
        expect(ours.filter(([, text]) => text !== '')).toEqual([...theirs].filter(([, text]) => text !== ''));
        // Every number is used: by a listed conversation, or by one of which only a header came.
        expect(findings.contents.conversations).toBe(ours.length);
        expect(findings.contents.conversations + (findings.contents.onlyHeaders ?? 0)).toBe(theirs.size);
      });
    },
  );
});

test('an error that quotes a packet is an ICMP packet, whatever it quotes', () => {
  const heard: [number, boolean][] = [];
  const decoder = new Decoder(({ sourcePort }, isQuote) => heard.push([sourcePort, isQuote]));
  const found = ([quoted(SYN, 4), quoted(SYN, 6), damaged(SYN, 4)] as const).map(({ data, originalLength }) =>
    decode({ number: 1, seconds: 0, nanoseconds: 0, linkType: 101, data, originalLength }, decoder),
  );
  expect(found).toEqual(['ICMP', 'ICMPv6', 'bad TCP header'].map((name) => ({ kind: 'other', name })));
  expect(heard).toEqual([
    [40_000, true],
    [40_000, true],
    [40_000, false],
  ]);
});

test('messages of the first conversations are read, though numbers before theirs were given to headers', async () => {
  const frames = [...Array.from({ length: 30 }, (_, index) => quoted(elsewhere(index), 4)), ...all(...OPENING)(4)];
  await withFiles({ 'many.pcap': pcapOfFrames(frames) }, async (path) => {
    const { findings } = await inspectCapture(path('many.pcap'), { messagesOf: (rank) => rank < 1 });
    expect(findings.contents.onlyHeaders).toBe(30);
    expect(findings.conversations.map(({ number, frames: count }) => [number, count])).toEqual([[30, 3]]);
  });
});

test('errors that quote errors are read to a limited depth', () => {
  let data = quoted(SYN, 4).data;
  for (let depth = 0; depth < 100; depth += 1) data = Buffer.concat([quoted(SYN, 4).data.subarray(0, 28), data]);
  const decoder = new Decoder();
  expect(
    decode({ number: 1, seconds: 0, nanoseconds: 0, linkType: 101, data, originalLength: data.length }, decoder),
  ).toEqual({ kind: 'other', name: 'ICMP' });
});
