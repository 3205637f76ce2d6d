import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, readFileSync, statSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';

import type { Damage } from '../../../src/packets/file/capture-file.js';
import type { CaptureEnd } from '../../../src/packets/file/capture-reader.js';
import type { CapturedPacket } from '../../../src/packets/headers/packet.js';
import { CaptureFileError, PcapWriter } from '../../../src/packets/file/pcap.js';
import { formatPcapHeader, formatPcapRecord } from '../../../src/packets/file/pcap-format.js';
import { readChunks } from '../../../src/packets/file/read-capture.js';
import { hex } from '../hex.js';
import { kept, pieces, readFile } from '../reading.js';

interface Reading {
  readonly end: { readonly linkType: number | undefined; readonly packets: number; readonly damage: Damage | null };
  readonly packets: readonly CapturedPacket[];
}

function shown({ interfaces, packets, damage }: CaptureEnd): Reading['end'] {
  return { linkType: interfaces[0]?.linkType, packets, damage };
}

async function read(chunks: readonly Buffer[]): Promise<Reading> {
  const packets: CapturedPacket[] = [];
  const end = await readChunks(Readable.from(chunks, { objectMode: false }), (view) => packets.push(kept(view)));
  return { end: shown(end), packets };
}

function byteByByte(bytes: Buffer): Buffer[] {
  return [...bytes].map((byte) => Buffer.of(byte));
}

/** The same capture in one piece, in pieces of 7 bytes and byte by byte. */
async function readEachWay(bytes: Buffer): Promise<Reading> {
  const whole = await read([bytes]);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, index) =>
    bytes.subarray(7 * index, 7 * index + 7),
  );
  expect(await read(pieces)).toEqual(whole);
  expect(await read(byteByByte(bytes))).toEqual(whole);
  return whole;
}

async function refusal(bytes: Buffer): Promise<string> {
  const outcomes = await Promise.allSettled([read([bytes]), read(byteByByte(bytes))]);
  const messages = outcomes.map((outcome) => {
    if (outcome.status === 'fulfilled') throw new Error('it was read');
    expect(outcome.reason).toBeInstanceOf(CaptureFileError);
    return (outcome.reason as Error).message;
  });
  expect(messages[1]).toBe(messages[0]);
  expect(messages[0]).toMatch(/^Cannot read the capture: [^\n]*[^\n.]$/);
  return messages[0]!;
}

const LITTLE_ENDIAN = hex(`
  d4c3b2a1 0200 0400     | microseconds; version 2.4
  00000000 00000000      | time zone and accuracy, both unused
  00000400 01000000      | snap length 262,144; Ethernet
  15cd5b07 e8030000      | record 1: second 123456789, microsecond 1000
  03000000 05000000      | 3 bytes of 5
  aabbcc
  16cd5b07 3f420f00      | record 2: second 123456790, microsecond 999999
  00000000 00000000
  17cd5b07 00000000      | record 3
  02000000 02000000
  ddee
`);

const BIG_ENDIAN = hex(`
  a1b2c3d4 0002 0004
  00000000 00000000
  00040000 00000001
  075bcd15 000003e8 00000003 00000005 aabbcc
  075bcd16 000f423f 00000000 00000000
  075bcd17 00000000 00000002 00000002 ddee
`);

const PACKETS: readonly CapturedPacket[] = [
  { number: 1, seconds: 123456789, nanoseconds: 1_000_000, linkType: 1, originalLength: 5, data: hex('aabbcc') },
  { number: 2, seconds: 123456790, nanoseconds: 999_999_000, linkType: 1, originalLength: 0, data: hex('') },
  { number: 3, seconds: 123456791, nanoseconds: 0, linkType: 1, originalLength: 2, data: hex('ddee') },
];

/** The start of each of the three records, and the end. */
const RECORDS = [24, 43, 59, 77] as const;

describe('a classic pcap file', () => {
  test.each([
    ['little-endian', LITTLE_ENDIAN],
    ['big-endian', BIG_ENDIAN],
  ])('%s', async (_, bytes) => {
    expect(await readEachWay(bytes)).toEqual({ end: { linkType: 1, packets: 3, damage: null }, packets: PACKETS });
  });

  test.each([
    ['little-endian', '4d3cb2a1 0200 0400 00000000 00000000 00000400 65000000 15cd5b07 ffc99a3b 01000000 01000000 45'],
    ['big-endian', 'a1b23c4d 0002 0004 00000000 00000000 00040000 00000065 075bcd15 3b9ac9ff 00000001 00000001 45'],
  ])('nanoseconds, %s', async (_, bytes) => {
    expect(await readEachWay(hex(bytes))).toEqual({
      end: { linkType: 101, packets: 1, damage: null },
      packets: [
        { number: 1, seconds: 123456789, nanoseconds: 999_999_999, linkType: 101, originalLength: 1, data: hex('45') },
      ],
    });
  });

  test('a fraction of more than a second is added to the seconds', async () => {
    const bytes = hex('d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000 01000000 60e31600 00000000 00000000');
    expect((await read([bytes])).packets).toMatchObject([{ seconds: 2, nanoseconds: 500_000_000 }]);
  });

  test('the bits about a frame check sequence are not part of the link type', async () => {
    const header = hex('d4c3b2a1 0200 0400 00000000 00000000 00000400 01000024');
    expect(await readEachWay(header)).toEqual({ end: { linkType: 1, packets: 0, damage: null }, packets: [] });
  });

  describe('a file that is cut', () => {
    test.each([
      ['little-endian', LITTLE_ENDIAN],
      ['big-endian', BIG_ENDIAN],
    ])('%s, at each byte', async (_, bytes) => {
      for (let length = 24; length < bytes.length; length += 1) {
        const { end, packets } = await readEachWay(bytes.subarray(0, length));
        const whole = RECORDS.filter((offset) => offset <= length).length - 1;
        expect(packets).toEqual(PACKETS.slice(0, whole));
        expect(end.packets).toBe(whole);
        if (RECORDS.some((offset) => offset === length)) expect(end.damage).toBeNull();
        else expect(end.damage).toMatchObject({ packet: whole + 1, offset: RECORDS[whole] });
      }
    });

    test.each([
      [48, 'Packet 2, at byte 43 of the file, is cut: the file ends after 5 of the 16 bytes of its record header'],
      [41, 'Packet 1, at byte 24 of the file, is cut: the file ends after 1 of its 3 bytes'],
      [40, 'Packet 1, at byte 24 of the file, is cut: the file ends after 0 of its 3 bytes'],
    ])('after %i bytes it says where', async (length, message) => {
      expect((await readEachWay(LITTLE_ENDIAN.subarray(0, length))).end.damage?.message).toBe(message);
    });
  });

  describe('a record that claims too much', () => {
    test.each([
      ['4 GB', 'ffffffff', 4_294_967_295],
      ['a byte too many', '01000400', 262_145],
    ])('%s', async (_, claimed, bytes) => {
      const file = Buffer.concat([
        LITTLE_ENDIAN,
        hex(`18cd5b07 00000000 ${claimed} ${claimed}`),
        Buffer.alloc(300_000),
      ]);
      const { end, packets } = await read([file]);
      expect(packets).toEqual(PACKETS);
      expect(end).toEqual({
        linkType: 1,
        packets: 3,
        damage: {
          packet: 4,
          offset: 77,
          message: `Packet 4, at byte 77 of the file, claims ${bytes} bytes, but a packet has at most 262144`,
        },
      });
      expect(await read(byteByByte(file.subarray(0, 200)))).toEqual({ end, packets });
    });

    test('nothing more is read, so that reading an endless file ends too', async () => {
      const start = Buffer.concat([LITTLE_ENDIAN.subarray(0, 24), hex('00000000 00000000 ffffffff ffffffff')]);
      function* endless(): Generator<Buffer> {
        yield start;
        for (;;) yield Buffer.alloc(65_536);
      }
      const source = Readable.from(endless());
      expect((await readChunks(source, () => undefined)).damage).toMatchObject({ packet: 1, offset: 24 });
      expect(source.destroyed).toBe(true);
    });

    test('the largest allowed packet is read whole, also in pieces', async () => {
      const data = Buffer.alloc(262_144, 0x61);
      const file = Buffer.concat([formatPcapHeader(1), formatPcapRecord({ seconds: 1, nanoseconds: 0 }, data)]);
      const { end, packets } = await read([...pieces(file, 97)]);
      expect(end).toEqual({ linkType: 1, packets: 1, damage: null });
      expect(packets[0]?.data.equals(data)).toBe(true);
    });
  });

  describe('a file that is not a capture', () => {
    test.each([
      ['an empty file', '', 'it is empty'],
      ['three bytes', 'd4c3b2', 'it ends after 3 bytes, within the file header'],
      [
        'a header that is cut',
        'd4c3b2a1 0200 0400 00000000 00000000 00000400 010000',
        'it ends after 23 bytes, within the file header',
      ],
      ['zstd', '28b52ffd 00', 'this is compressed with zstd'],
      ['bzip2', '425a6839 31415926', 'this is compressed with bzip2; unpack it first: bzip2 -dc OLD > NEW'],
      ['snoop of a version unknown', '736e6f6f70000000 00000006 00000004', 'it has snoop version 6'],
      ['snoop of a network unknown', '736e6f6f70000000 00000002 00000063', 'a snoop file of network type 99'],
      ['snoop that is cut', '736e6f6f70000000 00000002', 'it ends after 12 bytes, within the file header'],
      [
        'a file that starts like snoop',
        '736e6f6f70696e67 00000002 00000004',
        'it begins like a snoop file, but is not one',
      ],
      ['iptrace', '6970747261636520 322e3000', 'this is a file of AIX iptrace; convert it: editcap -F pcap OLD NEW'],
      ['NetXRay', '564c0000 00000000', 'this is a file of NetXRay; convert it: editcap -F pcap OLD NEW'],
      ['OmniPeek', '7f766572 00000014', 'this is a file of OmniPeek; convert it: editcap -F pcap OLD NEW'],
      ['text', '48656c6c 6f2c2077 6f726c64 21', 'it begins with 48656c6c, which is not a capture'],
      ['version 2.3', 'd4c3b2a1 0200 0300 00000000 00000000 00000400 01000000', 'it has pcap version 2.3'],
      ['version 3.4', 'a1b2c3d4 0003 0004 00000000 00000000 00040000 00000001', 'it has pcap version 3.4'],
    ])('%s', async (_, bytes, problem) => {
      expect(await refusal(hex(bytes))).toContain(problem);
    });

    test('for any bytes, the promise settles: with a result or a CaptureFileError', async () => {
      const start = fc.constantFrom(
        LITTLE_ENDIAN,
        BIG_ENDIAN,
        LITTLE_ENDIAN.subarray(0, 24),
        BIG_ENDIAN.subarray(0, 24),
        Buffer.alloc(0),
      );
      await fc.assert(
        fc.asyncProperty(start, fc.uint8Array({ maxLength: 60 }), async (head, tail) => {
          const file = Buffer.concat([head, tail]);
          const outcome = await read([file]).catch((error: unknown) => error);
          const other = await read(byteByByte(file)).catch((error: unknown) => error);
          expect(other).toEqual(outcome);
          if (outcome instanceof Error) expect(outcome).toBeInstanceOf(CaptureFileError);
        }),
      );
    });
  });

  describe('a source that fails', () => {
    const nothing = (): void => undefined;

    test('an error in the middle', async () => {
      async function* failing(): AsyncGenerator<Buffer> {
        yield await Promise.resolve(LITTLE_ENDIAN);
        throw new Error('the cable was pulled');
      }
      await expect(readChunks(failing(), nothing)).rejects.toEqual(
        new CaptureFileError('Cannot read the capture: the cable was pulled'),
      );
    });

    test('a stream that is closed without an end', async () => {
      const source = new PassThrough();
      source.write(LITTLE_ENDIAN);
      setImmediate(() => source.destroy());
      await expect(readChunks(source, nothing)).rejects.toThrow(
        'Cannot read the capture: the stream was closed before its end',
      );
    });

    test('a stream that was already destroyed', async () => {
      await expect(readChunks(new PassThrough().destroy(), nothing)).rejects.toBeInstanceOf(CaptureFileError);
    });

    test('a stream that was already read to its end', async () => {
      const source = Readable.from([LITTLE_ENDIAN]);
      await readChunks(source, nothing);
      await expect(readChunks(source, nothing)).rejects.toBeInstanceOf(CaptureFileError);
    });

    test('an error from onPacket is passed on unchanged, and the source is closed', async () => {
      const source = Readable.from([LITTLE_ENDIAN], { objectMode: false });
      const mine = new Error('mine');
      await expect(
        readChunks(source, () => {
          throw mine;
        }),
      ).rejects.toBe(mine);
      expect(source.destroyed).toBe(true);
    });
  });
});

describe('files', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'servchat-pcap-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const nothing = (): void => undefined;

  test('a file is read by its path', async () => {
    const file = path.join(folder, 'three.pcap');
    writeFileSync(file, LITTLE_ENDIAN);
    const packets: CapturedPacket[] = [];
    expect(shown(await readFile(file, (packet) => packets.push(packet)))).toEqual({
      linkType: 1,
      packets: 3,
      damage: null,
    });
    expect(packets).toEqual(PACKETS);
  });

  test('paths that cannot be read', async () => {
    const missing = path.join(folder, 'missing.pcap');
    await expect(readFile(missing, nothing)).rejects.toEqual(
      new CaptureFileError(`Cannot read the capture ${missing}: there is no such file or folder; check the path`),
    );
    await expect(readFile(folder, nothing)).rejects.toEqual(
      new CaptureFileError(`Cannot read the capture ${folder}: this is a folder; give a file`),
    );
    await expect(readFile('\x1b[31m', nothing)).rejects.toThrow('Cannot read the capture \\x1b[31m: there is no');
  });

  test('the error names a file that is not a capture', async () => {
    const file = path.join(folder, 'empty.pcap');
    writeFileSync(file, '');
    await expect(readFile(file, nothing)).rejects.toThrow(`Cannot read the capture ${file}: it is empty`);
  });

  test('the writer, byte for byte', () => {
    const file = path.join(folder, 'written.pcap');
    writeFileSync(
      file,
      'what was there before, and is longer than what comes after it, by a good many bytes of text and more',
    );
    expect(() => PcapWriter.open(file, 1)).toThrow(
      new CaptureFileError(
        `Cannot write the capture ${file}: there is already a file with that name; give another name, or --force to replace it`,
      ),
    );
    expect(readFileSync(file, 'utf8')).toMatch(/^what was there before/);
    const writer = PcapWriter.open(file, 1, 'replace');
    const header = hex('d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000');
    expect(readFileSync(file)).toEqual(header);

    writer.write({ seconds: 123456789, nanoseconds: 1_000_999 }, hex('aabbcc'));
    // The data is on the disk before the file is closed.
    expect(readFileSync(file)).toEqual(Buffer.concat([header, hex('15cd5b07 e8030000 03000000 03000000 aabbcc')]));
    writer.close();
    writer.close();
    expect(() => {
      writer.write({ seconds: 0, nanoseconds: 0 }, hex('00'));
    }).toThrow(CaptureFileError);
  });

  test('the reader reads what the writer wrote', async () => {
    const time = fc.record({
      seconds: fc.nat(0xffffffff),
      nanoseconds: fc.nat(999_999).map((microseconds) => microseconds * 1000),
    });
    const record = fc.record({ time, data: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) });
    await fc.assert(
      fc.asyncProperty(fc.nat(300), fc.array(record), async (linkType, records) => {
        const file = Buffer.concat([
          formatPcapHeader(linkType),
          ...records.map((one) => formatPcapRecord(one.time, one.data)),
        ]);
        const { end, packets } = await read([file]);
        expect(end).toEqual({ linkType, packets: records.length, damage: null });
        expect(packets).toEqual(
          records.map(({ time: when, data }, index) => ({
            number: index + 1,
            ...when,
            linkType,
            originalLength: data.length,
            data,
          })),
        );
      }),
    );
  });

  test('paths that cannot be written', () => {
    expect(() => PcapWriter.open(folder, 1)).toThrow(
      new CaptureFileError(`Cannot write the capture ${folder}: this is a folder; give a file`),
    );
    // For such a path, Windows says only that it does not exist.
    if (process.platform === 'win32') return;
    writeFileSync(path.join(folder, 'file'), '');
    const within = path.join(folder, 'file', 'x.pcap');
    expect(() => PcapWriter.open(within, 1)).toThrow(
      new CaptureFileError(`Cannot write the capture ${within}: a part of the path is not a folder; check the path`),
    );
  });

  test('a record that no reader would accept is not written', () => {
    expect(() => formatPcapRecord({ seconds: 0, nanoseconds: 0 }, Buffer.alloc(262_145))).toThrow(RangeError);
  });

  (process.platform === 'linux' ? test : test.skip)('a full disk', () => {
    expect(() => PcapWriter.open('/dev/full', 1)).toThrow(
      new CaptureFileError('Cannot write the capture /dev/full: the disk is full; make room or choose another place'),
    );
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
  });
});
