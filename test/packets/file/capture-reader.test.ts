/** Our own reader of classic pcap and the package read the same. Files come compressed, in pieces, by path. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { constants, deflateRawSync, gzipSync } from 'node:zlib';

import { CaptureFileError } from '../../../src/packets/file/capture-file.js';
import type { CaptureEnd } from '../../../src/packets/file/capture-reader.js';
import type { CapturedPacket } from '../../../src/packets/headers/packet.js';
import { readParsedPcap } from '../../../src/packets/file/parsed-pcap.js';
import { formatPcapHeader, formatPcapRecord } from '../../../src/packets/file/pcap-format.js';
import { SMALL_PCAP_BYTES, readCapture, readChunks } from '../../../src/packets/file/read-capture.js';
import { LITTLE, captureInterface, enhanced, section } from '../blocks.js';
import { hex } from '../hex.js';
import { kept, outcome, pieces, read, type Outcome, type Reading } from '../reading.js';

function parsed(bytes: Buffer): Outcome {
  const packets: CapturedPacket[] = [];
  try {
    return { end: readParsedPcap(bytes, (view) => packets.push(kept(view)), 'the capture'), packets };
  } catch (error) {
    const { name, message } = error as Error;
    return { error: name, message };
  }
}

const HEADERS = [
  'd4c3b2a1 0200 0400 00000000 00000000 00000400 01000000',
  'a1b2c3d4 0002 0004 00000000 00000000 00040000 00000001',
  '4d3cb2a1 0200 0400 00000000 00000000 00000400 65000000',
  'a1b23c4d 0002 0004 00000000 00000000 00040000 14000065',
].map(hex);

describe('classic pcap: we and pcap-parser read the same', () => {
  const u32 = (bigEndian: boolean, value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    if (bigEndian) bytes.writeUInt32BE(value);
    else bytes.writeUInt32LE(value);
    return bytes;
  };
  const word = fc.oneof(
    fc.nat(0xffffffff),
    fc.constantFrom(0, 999_999, 1_000_000, 999_999_999, 1_000_000_000, 0xffffffff),
  );
  const record = fc.record({
    seconds: word,
    fraction: word,
    original: word,
    data: fc.uint8Array({ maxLength: 30 }),
    claimed: fc.oneof(
      { weight: 9, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom(40, 262_144, 262_145, 0xffffffff) },
    ),
  });

  test('for any records, in pieces of any size', () => {
    let whole = 0;
    fc.assert(
      fc.property(
        fc.nat(3),
        fc.array(record, { maxLength: 8 }),
        fc.nat(40),
        fc.integer({ min: 1, max: 60 }),
        (format, records, cut, size) => {
          const bigEndian = format % 2 === 1;
          const rows = records.map(({ seconds, fraction, original, data, claimed }) =>
            Buffer.concat([
              ...[seconds, fraction, claimed ?? data.length, original].map((value) => u32(bigEndian, value)),
              data,
            ]),
          );
          const file = Buffer.concat([HEADERS[format]!, ...rows]);
          const bytes = file.subarray(0, Math.max(0, file.length - (cut < 20 ? 0 : cut - 20)));
          const theirs = parsed(bytes);
          if ('end' in theirs && theirs.end.damage === null) whole += theirs.end.packets;
          expect(outcome([bytes])).toEqual(theirs);
          expect(outcome(pieces(bytes, size))).toEqual(theirs);
        },
      ),
      { seed: 3, numRuns: 1000 },
    );
    // Otherwise the property would check nothing.
    expect(whole).toBeGreaterThan(500);
  });

  test.each([
    ['nothing', ''],
    ['two bytes', 'd4c3'],
    ['text', '48656c6c 6f2c2077 6f726c64 21'],
    ['a header that is cut', 'd4c3b2a1 0200 0400 00000000 00000000 00000400 010000'],
    ['version 2.3', 'd4c3b2a1 0200 0300 00000000 00000000 00000400 01000000'],
  ])('%s', (_, bytes) => {
    const theirs = parsed(hex(bytes));
    expect(theirs).toHaveProperty('error', 'CaptureFileError');
    expect(outcome([hex(bytes)])).toEqual(theirs);
    expect(outcome(pieces(hex(bytes), 1))).toEqual(theirs);
  });

  test.each([
    ['a1b2cd34', 'A. Kuznetsov'],
    ['34cdb2a1', 'A. Kuznetsov'],
    ['12cbe2a1', 'Navtel'],
    ['1c0001ac', 'IXIA'],
    ['fd377a585a00', 'xz'],
    ['504b0304', 'a zip archive'],
  ])('%s… is named as %s', (magic, name) => {
    expect(outcome([Buffer.concat([hex(magic), Buffer.alloc(40)])])).toEqual({
      error: 'CaptureFileError',
      message: expect.stringMatching(new RegExp(`^Cannot read the capture: this is .*${name}`)),
    });
  });
});

const RECORDS = Array.from({ length: 40 }, (_, index) => Buffer.from(`packet ${index} ${'ab'.repeat(index)}`));
const PCAP = Buffer.concat([
  formatPcapHeader(1),
  ...RECORDS.map((data, index) => formatPcapRecord({ seconds: index, nanoseconds: 0 }, data)),
]);
const PCAPNG = Buffer.concat([
  section(LITTLE),
  captureInterface(LITTLE, 1, 0),
  ...RECORDS.map((data, index) => enhanced(LITTLE, { data, time: BigInt(index) })),
]);

async function readAsync(chunks: Iterable<Buffer>): Promise<Reading> {
  const packets: CapturedPacket[] = [];
  async function* source(): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield await Promise.resolve(chunk);
  }
  const end = await readChunks(source(), (view) => packets.push(kept(view)));
  return { end, packets };
}

describe('gzip', () => {
  test.each([
    ['pcap', PCAP],
    ['pcapng', PCAPNG],
  ])('%s, whole and in pieces', async (_, bytes) => {
    const plain = read([bytes]);
    const expected = { end: { ...plain.end, compressed: true }, packets: plain.packets };
    const compressed = gzipSync(bytes);
    for (const size of [compressed.length, 100, 1]) expect(await readAsync(pieces(compressed, size))).toEqual(expected);
  });

  test('two members, one after the other, and zeros at the end', async () => {
    const members = Buffer.concat([gzipSync(PCAP.subarray(0, 500)), gzipSync(PCAP.subarray(500)), Buffer.alloc(40)]);
    expect((await readAsync([members])).end).toMatchObject({ packets: 40, damage: null, compressed: true });
  });

  /** Stored without compression: byte 18 + n of the file is byte n of the capture, so the expected result is known. */
  const stored = gzipSync(PCAP, { level: constants.Z_NO_COMPRESSION });
  const STORED_AT = 10 + 5;

  test('cut at any byte: all packets before the cut are read, and the cut is reported', async () => {
    expect(stored.subarray(STORED_AT, STORED_AT + PCAP.length)).toEqual(PCAP);
    for (let length = STORED_AT + 24; length < stored.length; length += 13) {
      const plain = read([PCAP.subarray(0, length - STORED_AT)]);
      const { end, packets } = await readAsync([stored.subarray(0, length)]);
      expect(packets).toEqual(plain.packets);
      expect(end.damage).toMatchObject({
        packet: plain.packets.length + 1,
        message: expect.stringMatching(
          /^The file is compressed with gzip, .* it cannot be unpacked: unexpected end of file$/,
        ),
      });
    }
  });

  test('with a wrong checksum no packet is lost, and the error is reported', async () => {
    const wrong = Buffer.from(gzipSync(PCAP));
    wrong.writeUInt32LE((wrong.readUInt32LE(wrong.length - 8) ^ 1) >>> 0, wrong.length - 8);
    const { end } = await readAsync([wrong]);
    expect(end).toMatchObject({
      packets: 40,
      damage: { packet: 41, offset: PCAP.length, message: expect.stringMatching(/incorrect data check$/) },
    });
    expect(await readAsync(pieces(wrong, 1))).toEqual(await readAsync([wrong]));
  });

  test('after a bad block, only the rest is lost', async () => {
    const good = deflateRawSync(PCAP.subarray(0, 1000), { finishFlush: constants.Z_SYNC_FLUSH });
    // A block of the reserved type 3 (RFC 1951, section 3.2.3).
    const bad = Buffer.concat([gzipSync('').subarray(0, 10), good, hex('07'), Buffer.alloc(100)]);
    const { end, packets } = await readAsync([bad]);
    expect(packets).toEqual(read([PCAP.subarray(0, 1000)]).packets);
    expect(end.damage).toMatchObject({
      packet: packets.length + 1,
      message: expect.stringMatching(/invalid block type$/),
    });
    for (const size of [1, 64]) expect(await readAsync(pieces(bad, size))).toEqual({ end, packets });
  });

  test('a file that is not gzip after its magic number', async () => {
    await expect(readAsync([hex('1f8b ffff 0000')])).rejects.toThrow(
      'Cannot read the capture: it is compressed with gzip, but cannot be unpacked',
    );
  });

  test('a file that unpacks to a thousand times its size', async () => {
    const record = formatPcapRecord({ seconds: 0, nanoseconds: 0 }, Buffer.alloc(250_000));
    const compressed = gzipSync(Buffer.concat([PCAP, ...Array.from({ length: 100 }, () => record)]));
    expect(compressed.length).toBeLessThan(30_000);
    let packets = 0;
    const end = await readChunks(Readable.from([compressed], { objectMode: false }), () => (packets += 1));
    expect([end.packets, packets]).toEqual([140, 140]);
  });
});

describe('readCapture', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'servchat-reader-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const fileOf = (name: string, bytes: Buffer): string => {
    const file = path.join(folder, name);
    writeFileSync(file, bytes);
    return file;
  };
  const readPath = async (file: string): Promise<Reading> => {
    const packets: CapturedPacket[] = [];
    return { end: await readCapture(file, (view) => packets.push(kept(view))), packets };
  };

  /** Comparing these is much faster than comparing bytes one by one. */
  const texts = ({ data, ...packet }: CapturedPacket): object => ({ ...packet, data: data.toString('latin1') });

  test('a small file, and one that is too large for the package', async () => {
    expect(await readPath(fileOf('small.pcap', PCAP))).toEqual(read([PCAP]));
    const large = Buffer.concat([
      PCAP,
      ...Array.from({ length: 20 }, (_, second) =>
        formatPcapRecord({ seconds: second, nanoseconds: 0 }, Buffer.alloc(SMALL_PCAP_BYTES / 10, second)),
      ),
    ]);
    expect(large.length).toBeGreaterThan(2 * SMALL_PCAP_BYTES);
    const { end, packets } = read([large]);
    const plain = await readPath(fileOf('large.pcap', large));
    const compressed = await readPath(fileOf('large.pcap.gz', gzipSync(large)));
    expect([plain.end, compressed.end]).toEqual([end, { ...end, compressed: true }]);
    expect([plain, compressed].map((reading) => reading.packets.map(texts))).toEqual([
      packets.map(texts),
      packets.map(texts),
    ]);
  });

  test('paths that cannot be read, and files that are not captures', async () => {
    const missing = path.join(folder, 'missing.pcap');
    await expect(readPath(missing)).rejects.toEqual(
      new CaptureFileError(`Cannot read the capture ${missing}: there is no such file or folder; check the path`),
    );
    await expect(readPath(folder)).rejects.toEqual(
      new CaptureFileError(`Cannot read the capture ${folder}: this is a folder; give a file`),
    );
    const empty = fileOf('empty.pcap', Buffer.alloc(0));
    await expect(readPath(empty)).rejects.toThrow(`Cannot read the capture ${empty}: it is empty`);
  });

  test('an error from onPacket is passed on unchanged', async () => {
    const mine = new Error('mine');
    const large = Buffer.concat([PCAP, Buffer.alloc(2 * SMALL_PCAP_BYTES)]);
    for (const file of [
      fileOf('a.pcap', PCAP),
      fileOf('b.pcap', large),
      fileOf('c.pcapng', PCAPNG),
      fileOf('d.pcap.gz', gzipSync(large)),
    ]) {
      await expect(
        readCapture(file, () => {
          throw mine;
        }),
      ).rejects.toBe(mine);
    }
  });

  test('an endless file ends where it is damaged', async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(PCAPNG);
      for (;;) {
        given += 1;
        yield Buffer.alloc(65_536);
      }
    }
    const end: CaptureEnd = await readChunks(endless(), () => undefined);
    expect(end).toMatchObject({ packets: 40, damage: { packet: 41, offset: PCAPNG.length } });
    expect(given).toBeLessThan(20);
  });
});

describe('the samples', () => {
  const folder = 'captures/samples';
  test.each(['plaintext.pcap', 'encrypted.pcap'])('%s, cut at each byte', (name) => {
    const bytes = readFileSync(path.join(folder, name));
    const { packets } = read([bytes]);
    expect(packets.length).toBeGreaterThan(20);
    // The end of each record, from the lengths of the packets before.
    const ends: number[] = [24];
    for (const { data } of packets) ends.push(ends.at(-1)! + 16 + data.length);
    expect(ends.at(-1)).toBe(bytes.length);
    for (let length = 24; length < bytes.length; length += 1) {
      const { end, packets: before } = read([bytes.subarray(0, length)]);
      const whole = ends.filter((offset) => offset <= length).length - 1;
      expect(before.length).toBe(whole);
      expect(end.damage === null ? null : { packet: end.damage.packet, offset: end.damage.offset }).toEqual(
        ends.includes(length) ? null : { packet: whole + 1, offset: ends[whole] },
      );
    }
  });
});

describe('a slow onPacket', () => {
  const capture = Buffer.concat([
    section(LITTLE),
    captureInterface(LITTLE, 1, 0),
    ...Array.from({ length: 2000 }, () => enhanced(LITTLE, { data: Buffer.alloc(100) })),
  ]);

  test.each([
    ['uncompressed', capture],
    ['compressed', gzipSync(capture, { level: constants.Z_NO_COMPRESSION })],
  ])('is waited for before more of the file is read: %s', async (_, bytes) => {
    let isBusy = false;
    let waits = 0;
    await readChunks(
      (async function* source() {
        yield* pieces(bytes, 20_000);
        await Promise.resolve();
      })(),
      () => {
        expect(isBusy).toBe(false);
      },
      'the capture',
      async () => {
        isBusy = true;
        waits += 1;
        await new Promise(setImmediate);
        isBusy = false;
      },
    );
    expect(waits).toBeGreaterThan(1);
  });
});
