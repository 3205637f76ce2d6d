/** IP packets in fragments as they come: in any order, twice, overlapping, or incomplete. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { decode } from '../../../src/packets/headers/decode.js';
import { Decoder } from '../../../src/packets/headers/decoder.js';
import { MAX_HELD_BYTES } from '../../../src/packets/headers/fragments.js';
import type { PacketView } from '../../../src/packets/headers/packet.js';
import { describeWithTool } from '../../tools.js';
import { LITTLE, captureInterface, enhanced, section } from '../blocks.js';
import { hex } from '../hex.js';
import { tsharkFields } from '../tshark.js';

const RAW = 101;

function u16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}

/** A TCP segment from port 50000 to 4747 as the content of an IP packet: 20 bytes and the payload. */
function segment(payload: Buffer, sequence = 1): Buffer {
  const header = hex('c350 128b 00000000 00000007 50 18 0200 0000 0000');
  header.writeUInt32BE(sequence, 4);
  return Buffer.concat([header, payload]);
}

interface Part {
  readonly from: number;
  readonly to: number;
  readonly more?: boolean;
  readonly id?: number;
}

type Cutter = (content: Buffer, part: Part) => Buffer;

const fragment4: Cutter = (content, { from, to, more = to < content.length, id = 7 }) => {
  const data = content.subarray(from, to);
  return Buffer.concat([
    hex('45 00'),
    u16(20 + data.length),
    u16(id),
    u16((more ? 0x2000 : 0) | (from / 8)),
    hex('40 06 0000 0a000001 0a000002'),
    data,
  ]);
};

const fragment6: Cutter = (content, { from, to, more = to < content.length, id = 7 }) => {
  const data = content.subarray(from, to);
  const addresses = hex('fe800000000000000000000000000001 fe800000000000000000000000000002');
  return Buffer.concat([
    hex('60000000'),
    u16(8 + data.length),
    hex('2c 40'),
    addresses,
    hex('06 00'),
    u16(from | (more ? 1 : 0)),
    hex('0000'),
    u16(id),
    data,
  ]);
};

const CUTTERS = [
  ['IPv4', fragment4],
  ['IPv6', fragment6],
] as const;

interface Came {
  readonly data: Buffer;
  readonly seconds?: number;
  readonly originalLength?: number;
}

/** The result for each packet: the payload of a segment, or a name. And the report at the end. */
function followed(packets: readonly Came[]): { found: string[]; report: Decoder['fragments'] } {
  const decoder = new Decoder();
  const found = packets.map(({ data, seconds = 0, originalLength = data.length }, index) => {
    const decoded = decode(
      { number: index + 1, seconds, nanoseconds: 0, linkType: RAW, originalLength, data },
      decoder,
    );
    return decoded.kind === 'tcp' ? decoded.segment.payload.toString('latin1') : decoded.name;
  });
  return { found, report: decoder.fragments };
}

const PAYLOAD = Buffer.from(Array.from({ length: 103 }, (_, index) => 0x21 + (index % 90)));
const CONTENT = segment(PAYLOAD);
const TEXT = PAYLOAD.toString('latin1');
const PARTS: readonly Part[] = [
  { from: 0, to: 48 },
  { from: 48, to: 96 },
  { from: 96, to: 123 },
];
/** The only packet of a capture of raw IP. */
function viewOf(data: Buffer): PacketView {
  const originalLength = data.length;
  return { number: 1, seconds: 0, nanoseconds: 0, linkType: RAW, originalLength, data, start: 0, end: data.length };
}

const NONE = { reassembled: 0, incomplete: 0, conflicts: 0, bad: 0 };

describe.each(CUTTERS)('%s', (version, cut) => {
  const part = (from: number, to: number, more?: boolean): Came => ({
    data: cut(CONTENT, { from, to, ...(more === undefined ? {} : { more }) }),
  });
  const waiting = `${version} fragment`;
  const [first, second, last] = PARTS.map((one): Came => ({ data: cut(CONTENT, one) })) as [Came, Came, Came];

  test('in order: the last one completes the segment', () => {
    expect(followed([first, second, last])).toEqual({
      found: [waiting, waiting, TEXT],
      report: { ...NONE, reassembled: 1 },
    });
  });

  test('the segment has the addresses and numbers of its headers', () => {
    const decoder = new Decoder();
    const decoded = [first, second, last].map(({ data }) =>
      decode({ number: 1, seconds: 0, nanoseconds: 0, linkType: RAW, originalLength: data.length, data }, decoder),
    );
    const [sourceAddress, destinationAddress] = version === 'IPv4' ? ['10.0.0.1', '10.0.0.2'] : ['fe80::1', 'fe80::2'];
    expect(decoded[2]).toEqual({
      kind: 'tcp',
      segment: {
        sourceAddress,
        destinationAddress,
        sourcePort: 50000,
        destinationPort: 4747,
        sequence: 1,
        acknowledgement: 7,
        flags: 0x18,
        window: 512,
        payload: PAYLOAD,
        payloadLength: 103,
      },
    });
  });

  test('in any order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([first, second, last], { minLength: 3 }), (packets) => {
        expect(followed(packets).found).toEqual([waiting, waiting, TEXT]);
      }),
    );
  });

  test('the smallest possible ones', () => {
    const tiny = Array.from({ length: 16 }, (_, index) => part(8 * index, Math.min(8 * index + 8, 123)));
    expect(followed(tiny)).toEqual({
      found: [...tiny.slice(1).map(() => waiting), TEXT],
      report: { ...NONE, reassembled: 1 },
    });
  });

  test('one twice, and one that overlaps two others, with the same bytes', () => {
    expect(followed([first, first, part(40, 64), second, last])).toEqual({
      found: [waiting, waiting, waiting, waiting, TEXT],
      report: { ...NONE, reassembled: 1 },
    });
  });

  test('overlapping ones with other bytes: the first bytes count, and the conflict is reported', () => {
    const lie: Came = { data: cut(Buffer.alloc(123, '?'), { from: 40, to: 64 }) };
    const conflict = followed([first, lie, second, last]);
    const seen = Buffer.concat([CONTENT.subarray(0, 48), Buffer.alloc(16, '?'), CONTENT.subarray(64)]);
    expect(conflict).toEqual({
      found: [waiting, waiting, waiting, seen.toString('latin1', 20)],
      report: { ...NONE, reassembled: 1, conflicts: 2 },
    });
  });

  test('one missing', () => {
    expect(followed([first, last])).toEqual({ found: [waiting, waiting], report: { ...NONE, incomplete: 1 } });
  });

  test('two packets whose fragments alternate', () => {
    const other = segment(Buffer.from('the other one'));
    const parts = [
      { data: cut(other, { from: 0, to: 24, id: 8 }) },
      { data: cut(other, { from: 24, to: other.length, id: 8 }) },
    ];
    expect(followed([first, parts[0]!, second, parts[1]!, last]).found).toEqual([
      waiting,
      waiting,
      waiting,
      'the other one',
      TEXT,
    ]);
  });

  test('an identification that is used again a minute later belongs to another packet', () => {
    const late = (one: Came, seconds: number): Came => ({ ...one, seconds });
    expect(followed([late(first, 0), late(second, 61), late(last, 61)])).toEqual({
      found: [waiting, waiting, waiting],
      report: { ...NONE, incomplete: 2 },
    });
    expect(followed([late(first, 0), late(second, 60), late(last, 60)]).found[2]).toBe(TEXT);
  });

  test('one that was captured only in part', () => {
    const snapped: Came = { data: first.data.subarray(0, first.data.length - 1), originalLength: first.data.length };
    expect(followed([snapped, second, last])).toEqual({
      found: [waiting, waiting, waiting],
      report: { ...NONE, incomplete: 1 },
    });
  });

  test.each<[string, () => Came[]]>([
    ['empty', () => [part(48, 48, true)]],
    ['not in blocks of 8 bytes', () => [part(0, 47, true)]],
    [
      'beyond the largest packet',
      () => [{ data: cut(Buffer.alloc(65_600), { from: 65_528, to: 65_544, more: false }) }],
    ],
    ['one after the last one', () => [part(48, 96, false), last]],
    ['a last one that lies before others', () => [second, part(8, 48, false)]],
    ['two different last ones', () => [part(48, 96, false), part(48, 88, false)]],
  ])('one that cannot be: %s', (_, packets) => {
    expect(followed(packets()).report.bad).toBe(1);
  });

  test('a flood of fragments uses no more memory than the limit', () => {
    const decoder = new Decoder();
    const before = process.memoryUsage().arrayBuffers;
    for (let id = 0; id < 20_000; id += 1) {
      decoder.decode(viewOf(cut(CONTENT, { from: 0, to: 48, id })));
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * MAX_HELD_BYTES);
    expect(decoder.fragments).toEqual({ ...NONE, incomplete: 20_000 });
    // The newest fragments still wait for the others.
    const rest = [cut(CONTENT, { from: 48, to: 96, id: 19_999 }), cut(CONTENT, { from: 96, to: 123, id: 19_999 })];
    const found = rest.map((data) => decoder.decode(viewOf(data)));
    expect(found).toEqual([false, true]);
  });

  test('the largest possible packet', () => {
    const content = segment(Buffer.alloc(65_535 - 40, 'x'));
    const half = Math.floor(content.length / 16) * 8;
    const found = followed([
      { data: cut(content, { from: half, to: content.length }) },
      { data: cut(content, { from: 0, to: half }) },
    ]).found;
    expect(found[1]?.length).toBe(65_535 - 40);
  });
});

test('fragments within a tunnel', () => {
  const tunnelled = (data: Buffer): Buffer =>
    Buffer.concat([hex('45 00'), u16(20 + data.length), hex('0001 0000 40 04 0000 0b000001 0b000002'), data]);
  expect(followed(PARTS.map((one) => ({ data: tunnelled(fragment4(CONTENT, one)) }))).found[2]).toBe(TEXT);
});

test('fragments of a tunnel', () => {
  const inner = Buffer.concat([
    hex('45 00'),
    u16(20 + CONTENT.length),
    hex('0001 0000 40 06 0000 0b000001 0b000002'),
    CONTENT,
  ]);
  const outer = (from: number, to: number): Buffer => {
    const data = fragment4(inner, { from, to });
    data.writeUInt8(4, 9);
    return data;
  };
  expect(followed([{ data: outer(0, 80) }, { data: outer(80, inner.length) }]).found).toEqual(['IPv4 fragment', TEXT]);
});

describeWithTool('tshark', 'tshark', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'servchat-fragments-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('joins the same packets', () => {
    const orders = [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
      [0, 0, 1, 2],
      [0, 2],
      [1, 1],
    ];
    const packets = CUTTERS.flatMap(([, cut], index) =>
      orders.flatMap((order, id) =>
        order.map((part) => cut(segment(PAYLOAD, 1 + 103 * id), { ...PARTS[part]!, id: 100 * index + id })),
      ),
    );
    const file = path.join(folder, 'fragments.pcapng');
    writeFileSync(
      file,
      Buffer.concat([
        section(LITTLE),
        captureInterface(LITTLE, RAW, 0),
        ...packets.map((data, index) => enhanced(LITTLE, { data, time: BigInt(index) })),
      ]),
    );
    const theirs = tsharkFields(file, ['tcp.seq_raw', 'tcp.len', 'tcp.payload']);

    const decoder = new Decoder();
    const ours = packets.map((data, index) => {
      const decoded = decode(
        { number: index + 1, seconds: 0, nanoseconds: 0, linkType: RAW, originalLength: data.length, data },
        decoder,
      );
      if (decoded.kind === 'other') return ['', '', ''];
      const { sequence, payloadLength, payload } = decoded.segment;
      return [String(sequence), String(payloadLength), payload.toString('hex')];
    });
    expect(ours).toEqual(theirs);
    expect(theirs.filter(([sequence]) => sequence !== '').length).toBe(8);
  });
});
