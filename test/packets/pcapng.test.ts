import { describe, expect, test } from '@jest/globals';

import { CaptureFileError } from '../../src/packets/file/capture-file.js';
import type { CapturedPacket } from '../../src/packets/headers/packet.js';
import { BIG, LITTLE, block, captureInterface, enhanced, option, section, type Order } from './blocks.js';
import { hex } from './hex.js';
import { outcome, pieces, read, readEachWay } from './reading.js';

const LITTLE_FILE = hex(`
  0a0d0d0a 28000000 4d3c2b1a   | section header of 40 bytes, little-endian
  0100 0000 ffffffffffffffff   | version 1.0; length unknown
  0100 0500 68656c6c 6f000000  | comment "hello"; no end of options
  28000000
  01000000 24000000            | interface description
  0100 0000 00000400           | Ethernet; snap length 262,144
  0200 0400 65746830           | name "eth0"
  0900 0100 09000000           | nanoseconds
  24000000
  05000000 10000000 deadbeef 10000000      | interface statistics: skipped
  06000000 30000000            | enhanced packet
  00000000                     | of interface 0
  2efa9917 15cd5b07            | 0x1799fa2e_075bcd15 nanoseconds
  03000000 05000000            | 3 bytes of 5
  aabbcc00
  0100 0200 686f0000           | comment "ho"
  00000000                     | end of options
  30000000
  03000000 14000000            | simple packet
  04000000 01020304            | 4 bytes
  14000000
`);

const BIG_FILE = hex(`
  0a0d0d0a 00000028 1a2b3c4d 0001 0000 ffffffffffffffff 0001 0005 68656c6c 6f000000 00000028
  00000001 00000024 0001 0000 00040000 0002 0004 65746830 0009 0001 09000000 00000024
  00000005 00000010 deadbeef 00000010
  00000006 00000030 00000000 1799fa2e 075bcd15 00000003 00000005 aabbcc00 0001 0002 686f0000 00000000 00000030
  00000003 00000014 00000004 01020304 00000014
`);

/** Python: divmod(0x1799fa2e * 2**32 + 0x075bcd15, 10**9). */
const PACKETS: readonly CapturedPacket[] = [
  { number: 1, seconds: 1_700_665_409, nanoseconds: 907_969_301, linkType: 1, originalLength: 5, data: hex('aabbcc') },
  { number: 2, seconds: 0, nanoseconds: 0, linkType: 1, originalLength: 4, data: hex('01020304') },
];

/** The start of each block, and the end; and the number of whole packets up to there. */
const BLOCKS = [0, 40, 76, 92, 140, 160] as const;
const PACKETS_BEFORE = [0, 0, 0, 0, 1, 2] as const;

describe.each([
  ['little-endian', LITTLE_FILE],
  ['big-endian', BIG_FILE],
])('a %s file', (_, bytes) => {
  test('whole', () => {
    expect(readEachWay(bytes)).toEqual({
      end: {
        format: 'pcapng',
        compressed: false,
        packets: 2,
        damage: null,
        interfaces: [{ linkType: 1, name: 'eth0', packets: 2 }],
        otherInterfaces: 0,
        linkTypes: [{ linkType: 1, packets: 2 }],
        comments: [
          { on: 'section', packet: null, text: 'hello' },
          { on: 'packet', packet: 1, text: 'ho' },
        ],
        otherComments: 0,
        tlsKeyLogs: [],
      },
      packets: PACKETS,
    });
  });

  test('cut at each byte', () => {
    for (let length = 40; length < bytes.length; length += 1) {
      const { end, packets } = readEachWay(bytes.subarray(0, length));
      const started = BLOCKS.filter((offset) => offset <= length).length - 1;
      const before = PACKETS_BEFORE[started]!;
      expect(packets).toEqual(PACKETS.slice(0, before));
      if (BLOCKS.some((offset) => offset === length)) expect(end.damage).toBeNull();
      else expect(end.damage).toMatchObject({ packet: before + 1, offset: BLOCKS[started] });
    }
  });

  test('cut within its first block, it is not a capture', () => {
    for (let length = 4; length < 40; length += 1) {
      const whole = outcome([bytes.subarray(0, length)]);
      expect(whole).toMatchObject({
        error: 'CaptureFileError',
        message: expect.stringMatching(/it ends within its first block: .*; record it again$/),
      });
      expect(outcome(pieces(bytes.subarray(0, length), 1))).toEqual(whole);
    }
  });
});

const DATA = hex('aabbccddee');

describe('sections and interfaces', () => {
  const packet = (order: Order, on: number): Buffer =>
    enhanced(order, { on, data: DATA, time: 1_700_000_000_000_000n });

  test('each section has its own byte order and interfaces', () => {
    const file = Buffer.concat([
      ...[
        section(LITTLE),
        captureInterface(LITTLE, 1, 0, option(LITTLE, 2, 'one')),
        captureInterface(LITTLE, 101, 0),
        packet(LITTLE, 1),
        packet(LITTLE, 0),
      ],
      ...[section(BIG), captureInterface(BIG, 113, 0, option(BIG, 2, 'two')), packet(BIG, 0), packet(BIG, 0)],
    ]);
    const { end, packets } = readEachWay(file);
    expect(packets.map(({ number, linkType, seconds }) => [number, linkType, seconds])).toEqual(
      [1, 2, 3, 4].map((number) => [number, [101, 1, 113, 113][number - 1], 1_700_000_000]),
    );
    expect(end).toMatchObject({
      interfaces: [
        { linkType: 1, name: 'one', packets: 1 },
        { linkType: 101, name: null, packets: 1 },
        { linkType: 113, name: 'two', packets: 2 },
      ],
      linkTypes: [
        { linkType: 101, packets: 1 },
        { linkType: 1, packets: 1 },
        { linkType: 113, packets: 2 },
      ],
      damage: null,
    });
  });

  test('a packet must not name an interface of the section before', () => {
    const start = [section(LITTLE), captureInterface(LITTLE, 1, 0), packet(LITTLE, 0), section(LITTLE)];
    const { end } = readEachWay(Buffer.concat([...start, packet(LITTLE, 0)]));
    expect(end).toMatchObject({ packets: 1, damage: { packet: 2, offset: Buffer.concat(start).length } });
    expect(end.damage?.message).toMatch(/is a packet of interface 0, which the section does not have$/);
  });

  test('more interfaces, comments and bytes of comments than the result lists', () => {
    const interfaces = Array.from({ length: 300 }, () => captureInterface(LITTLE, 1, 0));
    const comments = Array.from({ length: 1200 }, () =>
      enhanced(LITTLE, { data: DATA }, option(LITTLE, 1, 'x'.repeat(5000))),
    );
    const { end } = read([Buffer.concat([section(LITTLE), ...interfaces, ...comments])]);
    expect([end.interfaces.length, end.otherInterfaces, end.comments.length, end.otherComments]).toEqual([
      256, 44, 1000, 200,
    ]);
    expect(end.comments[0]?.text).toBe('x'.repeat(4096));
  });

  test('more interfaces than one section may have', () => {
    const one = captureInterface(LITTLE, 1, 0);
    const { end } = read([section(LITTLE), Buffer.concat(Array.from({ length: 65_537 }, () => one))]);
    expect(end.damage).toMatchObject({ packet: 1, offset: 28 + 65_536 * one.length });
  });
});

describe('times', () => {
  const timeOf = (time: bigint, ...options: readonly Buffer[]): readonly [number, number] => {
    const { packets } = read([
      section(LITTLE),
      captureInterface(LITTLE, 1, 0, ...options),
      enhanced(LITTLE, { time, data: DATA }),
    ]);
    return [packets[0]!.seconds, packets[0]!.nanoseconds];
  };
  const resolution = (byte: number): Buffer => option(LITTLE, 9, Buffer.of(byte));

  test('microseconds, if the interface does not say', () => {
    expect(timeOf(1_700_000_000_123_456n)).toEqual([1_700_000_000, 123_456_000]);
  });

  test.each<[number, bigint, number, number]>([
    [0, 1_700_000_000n, 1_700_000_000, 0],
    [3, 1_700_000_000_123n, 1_700_000_000, 123_000_000],
    [6, 1_700_000_000_123_456n, 1_700_000_000, 123_456_000],
    [9, 1_700_000_000_123_456_789n, 1_700_000_000, 123_456_789],
    [9, 0xffff_ffff_ffff_ffffn, 18_446_744_073, 709_551_615],
    [12, 1_700_000_123_456_789_999n, 1_700_000, 123_456_789],
    [18, 1_700_000_123_456_789_999n, 1, 700_000_123],
    [0x7f, 0xffff_ffff_ffff_ffffn, 0, 0],
    [0x80, 1_700_000_000n, 1_700_000_000, 0],
    [0x81, 3n, 1, 500_000_000],
    [0x8a, 20_935_613_493n, 20_444_935, 51_757_812],
    [0xa0, (1_700_000_000n << 32n) + 0x8000_0001n, 1_700_000_000, 500_000_000],
    [0xff, 0xffff_ffff_ffff_ffffn, 0, 0],
  ])('if_tsresol %i: %i is %i seconds and %i nanoseconds', (byte, time, seconds, nanoseconds) => {
    expect(timeOf(time, resolution(byte))).toEqual([seconds, nanoseconds]);
  });

  test('if_tsoffset is added, and may be negative', () => {
    expect(timeOf(5_000_001n, option(LITTLE, 14, LITTLE.u64(1_700_000_000n)))).toEqual([1_700_000_005, 1000]);
    expect(timeOf(5_000_001n, option(LITTLE, 14, LITTLE.u64(-10n)))).toEqual([-5, 1000]);
  });

  test('options with an impossible length are skipped', () => {
    expect(timeOf(1_000_001n, option(LITTLE, 9, hex('0909')), option(LITTLE, 14, hex('01')))).toEqual([1, 1000]);
  });
});

describe('kinds of blocks', () => {
  const START = [section(LITTLE), captureInterface(LITTLE, 1, 3)];
  const numbers = (...blocks: readonly Buffer[]): number[] =>
    readEachWay(Buffer.concat([...START, ...blocks])).packets.map(({ number }) => number);

  test('a simple packet is as long as the snap length or the packet, whichever is shorter', () => {
    const simple = (originalLength: number, data: Buffer): Buffer => block(LITTLE, 3, LITTLE.u32(originalLength), data);
    const { packets } = readEachWay(Buffer.concat([...START, simple(5, hex('aabbcc')), simple(2, hex('0102'))]));
    expect(packets.map(({ originalLength, data }) => [originalLength, data.toString('hex')])).toEqual([
      [5, 'aabbcc'],
      [2, '0102'],
    ]);
  });

  test('an obsolete packet has a 16-bit interface number, then a 16-bit count of dropped packets', () => {
    const obsolete = block(
      LITTLE,
      2,
      LITTLE.u16(0),
      LITTLE.u16(7),
      LITTLE.u32(0),
      LITTLE.u32(1_000_002),
      LITTLE.u32(3),
      LITTLE.u32(9),
      hex('aabbcc 00'),
      option(LITTLE, 1, 'old'),
    );
    const { packets, end } = readEachWay(Buffer.concat([...START, obsolete]));
    expect(packets).toEqual([
      { number: 1, seconds: 1, nanoseconds: 2000, linkType: 1, originalLength: 9, data: hex('aabbcc') },
    ]);
    expect(end.comments).toEqual([{ on: 'packet', packet: 1, text: 'old' }]);
  });

  test('names, statistics, secrets and unknown blocks are skipped', () => {
    const skipped = [4, 5, 10, 0x7777, 0xffffffff].map((type) => block(LITTLE, type, hex('01020304 05060708')));
    expect(numbers(enhanced(LITTLE, { data: DATA }), ...skipped, enhanced(LITTLE, { data: DATA }))).toEqual([1, 2]);
  });

  // As in Wireshark's list, because our packet numbers are for Wireshark. The tests with tshark check this.
  test('custom blocks and journal entries take a number', () => {
    const others = [0x0bad, 0x40000bad, 9].map((type) => block(LITTLE, type, LITTLE.u32(32473), hex('01020304')));
    expect(numbers(enhanced(LITTLE, { data: DATA }), ...others, enhanced(LITTLE, { data: DATA }))).toEqual([1, 5]);
  });
});

describe('damage', () => {
  const START = Buffer.concat([section(LITTLE), captureInterface(LITTLE, 1, 0), enhanced(LITTLE, { data: DATA })]);
  const withLengths = (bytes: Buffer, first: number, last: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy.writeUInt32LE(first, 4);
    copy.writeUInt32LE(last, copy.length - 4);
    return copy;
  };
  const unknown = block(LITTLE, 0x7777, hex('01020304'));
  const good = enhanced(LITTLE, { data: DATA });
  const claiming = (captured: number): Buffer => {
    const copy = Buffer.from(good);
    copy.writeUInt32LE(captured, 20);
    return copy;
  };

  test.each<[string, Buffer, string]>([
    [
      'gigabytes',
      withLengths(unknown, 0x7ffffff0, 0x7ffffff0),
      'claims 2147483632 bytes, and a block has at most 16777216',
    ],
    ['nothing', withLengths(unknown, 0, 0), 'claims 0 bytes, and a block of its kind has at least 12'],
    ['less than a packet needs', withLengths(good, 28, 28), 'claims 28 bytes, and a block of its kind has at least 32'],
    ['an odd length', withLengths(unknown, 14, 14), 'claims 14 bytes, which is not a multiple of 4'],
    ['two lengths', withLengths(unknown, 16, 20), 'claims 16 bytes at its beginning and 20 at its end'],
    ['a packet larger than its block', claiming(9), 'claims a packet of 9 bytes, and has room for 8'],
    ['a packet larger than any', claiming(262_145), 'claims a packet of 262145 bytes, and one has at most 262144'],
    [
      'an interface that does not exist',
      enhanced(LITTLE, { on: 1, data: DATA }),
      'is a packet of interface 1, which the section does not have',
    ],
    [
      'an option larger than its block',
      enhanced(LITTLE, { data: DATA }, LITTLE.u16(1), LITTLE.u16(9), hex('01020304')),
      'has an option of 9 bytes, and room for 4',
    ],
    [
      'a section in no byte order',
      block(LITTLE, 0x0a0d0d0a, hex('4d3c2b1b 0100 0000 ffffffffffffffff')),
      'begins a section in an unknown byte order',
    ],
    [
      'a section of version 2',
      block(LITTLE, 0x0a0d0d0a, hex('4d3c2b1a 0200 0000 ffffffffffffffff')),
      'has pcapng version 2.0, and servchat reads only version 1',
    ],
  ])('%s', (_, bad, what) => {
    const { end, packets } = readEachWay(Buffer.concat([START, bad, good, Buffer.alloc(300)]));
    expect(packets.map(({ number }) => number)).toEqual([1]);
    const message = `Packet 2, or the block at byte ${START.length} of the file where it should begin, ${what}`;
    expect(end.damage).toEqual({ packet: 2, offset: START.length, message });
  });

  test.each([
    [
      'a first section in no byte order',
      '0a0d0d0a 1c000000 4d3c2b1b 0100 0000 ffffffffffffffff 1c000000',
      /begins a section in an unknown byte order; record it again$/,
    ],
    [
      'a first section of version 2',
      '0a0d0d0a 1c000000 4d3c2b1a 0200 0000 ffffffffffffffff 1c000000',
      /has pcapng version 2.0/,
    ],
  ])('%s is no capture', (_, bytes, message) => {
    const whole = outcome([hex(bytes)]);
    expect(whole).toMatchObject({ error: CaptureFileError.name, message: expect.stringMatching(message) });
    expect(outcome(pieces(hex(bytes), 1))).toEqual(whole);
  });
});
