/** Files that other programs wrote, in all the formats that they support. tshark and we read the same. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { decode, formatTcpPacket } from '../../../src/packets/headers/decode.js';
import { TCP_FLAGS } from '../../../src/packets/headers/packet.js';
import { PcapWriter } from '../../../src/packets/file/pcap.js';
import { describeWithTool, testWithTool } from '../../tools.js';
import { hex } from '../hex.js';
import { readFile } from '../reading.js';
import { tsharkFields } from '../tshark.js';

const FIELDS = [
  ...['frame.number', 'frame.time_epoch', 'frame.len', 'frame.cap_len', 'ip.src', 'ipv6.src', 'ip.dst', 'ipv6.dst'],
  ...['tcp.srcport', 'tcp.dstport', 'tcp.seq_raw', 'tcp.ack_raw', 'tcp.window_size_value', 'tcp.len', 'tcp.payload'],
];

/** What we read from a file, in tshark's fields. A packet that is not TCP has only the first four. */
async function ourFields(file: string): Promise<string[][]> {
  const rows: string[][] = [];
  await readFile(file, (packet) => {
    const { number, seconds, nanoseconds, originalLength, data } = packet;
    const frame = [
      String(number),
      `${seconds}.${String(nanoseconds).padStart(9, '0')}`,
      String(originalLength),
      String(data.length),
    ];
    const decoded = decode(packet);
    if (decoded.kind === 'other') {
      rows.push(frame);
      return;
    }
    const { segment } = decoded;
    rows.push([
      ...frame,
      ...byVersion(segment.sourceAddress),
      ...byVersion(segment.destinationAddress),
      ...[
        segment.sourcePort,
        segment.destinationPort,
        segment.sequence,
        segment.acknowledgement,
        segment.window,
        segment.payloadLength,
      ].map((value) => String(value)),
      segment.payload.toString('hex'),
    ]);
  });
  return rows;
}

/** An address as the fields for IPv4 and for IPv6 have it. */
function byVersion(address: string): string[] {
  return address.includes(':') ? ['', address] : [address, ''];
}

function theirFields(file: string): string[][] {
  // If the TCP header was cut off, tshark has only the ports, and we have nothing.
  return tsharkFields(file, FIELDS).map((row) => (row[10] === '' ? row.slice(0, 4) : row));
}

async function expectAgreement(file: string): Promise<void> {
  const theirs = theirFields(file);
  expect(theirs.length).toBeGreaterThan(0);
  expect(await ourFields(file)).toEqual(theirs);
}

const CONTENT = {
  sourcePort: 50_000,
  destinationPort: 4747,
  sequence: 4_294_967_290,
  acknowledgement: 77,
  flags: TCP_FLAGS.PSH | TCP_FLAGS.ACK,
  window: 512,
};

/** IPv6 addresses whose shortest text is not obvious. */
const ADDRESSES = [
  '::',
  '::1',
  '1::',
  '2001:db8::1:0:0:1',
  '2001:0:0:1::1',
  '2001:db8:0:1:1:1:1:1',
  '::ffff:0:1',
  '64:ff9b::192.0.2.33',
  '::1.2.3.4',
  '::5:6:7:8',
  'fe80::',
];

let folder: string;
let sample: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'servchat-tools-'));
  sample = path.join(folder, 'sample.pcap');
  const writer = PcapWriter.open(sample, 1);
  const packets = [
    ...[0, 1, 1400, 65_495].map((length) =>
      formatTcpPacket({
        ...CONTENT,
        sourceAddress: '127.0.0.1',
        destinationAddress: '192.0.2.200',
        payload: Buffer.alloc(length, 'Hi!'),
      }),
    ),
    ...ADDRESSES.map((address) =>
      formatTcpPacket({
        ...CONTENT,
        sourceAddress: address,
        destinationAddress: '2001:db8::2',
        payload: Buffer.from('six'),
      }),
    ),
  ];
  for (const [index, packet] of packets.entries())
    writer.write({ seconds: 1_700_000_000 + index, nanoseconds: index * 1_001_000 }, packet);
  writer.close();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function editcap(parameters: readonly string[], name: string): string {
  const output = path.join(folder, name);
  execFileSync('editcap', [...parameters, sample, output], { stdio: 'ignore' });
  return output;
}

/** The same file in the byte order of a big-endian machine. */
function bigEndian(file: string, name: string): string {
  const bytes = readFileSync(file);
  bytes.subarray(0, 4).swap32();
  bytes.subarray(4, 8).swap16();
  bytes.subarray(8, 24).swap32();
  for (let at = 24; at < bytes.length;) {
    const length = bytes.readUInt32LE(at + 8);
    bytes.subarray(at, at + 16).swap32();
    at += 16 + length;
  }
  const output = path.join(folder, name);
  writeFileSync(output, bytes);
  return output;
}

describeWithTool('tshark', 'tshark and we read the same', () => {
  test('from files of our writer', async () => {
    await expectAgreement(sample);
  });

  test('from a big-endian file', async () => {
    const swapped = bigEndian(sample, 'big.pcap');
    await expectAgreement(swapped);
    expect(await ourFields(swapped)).toEqual(await ourFields(sample));
  });

  testWithTool('editcap', 'from nanosecond files of both byte orders', async () => {
    const nanoseconds = editcap(['-F', 'nsecpcap', '-t', '0.000000123'], 'nano.pcap');
    expect(readFileSync(nanoseconds).readUInt32LE(0)).toBe(0xa1b23c4d);
    await expectAgreement(nanoseconds);
    expect((await ourFields(nanoseconds))[1]?.[1]).toBe('1700000001.001001123');
    await expectAgreement(bigEndian(nanoseconds, 'nano-big.pcap'));
  });

  testWithTool('editcap', 'from snapped packets', async () => {
    await expectAgreement(editcap(['-F', 'pcap', '-s', '100'], 'snapped.pcap'));
    await expectAgreement(editcap(['-F', 'pcap', '-s', '60'], 'snapped-more.pcap'));
  });

  // editcap cuts off the 14 bytes of Ethernet's header, and we put the header of each link type there.
  const IPV4_ONLY = 4;
  test.each<[string, number, string]>([
    ['NULL', 0, '02000000'],
    ['LOOP', 108, '00000002'],
    ['RAW', 101, ''],
    ['IPV4', 228, ''],
    ['LINUX_SLL', 113, '0000 0304 0006 000000000000 0000 0800'],
    ['LINUX_SLL2', 276, '0800 0000 00000001 0304 00 06 000000000000 0000'],
    ['ETHERNET with a tag', 1, '000000000000 000000000000 8100 0064 0800'],
  ])('from link type %s', async (_, linkType, header) => {
    const file = path.join(folder, `${linkType}-${header.length}.pcap`);
    const writer = PcapWriter.open(file, linkType);
    await readFile(sample, ({ number, seconds, nanoseconds, data }) => {
      if (number <= IPV4_ONLY) writer.write({ seconds, nanoseconds }, Buffer.concat([hex(header), data.subarray(14)]));
    });
    writer.close();
    const rows = await ourFields(file);
    expect(rows).toEqual(theirFields(file));
    expect(rows.map((row) => row[13])).toEqual(['0', '1', '1400', '65495']);
  });

  test('from frames that end in a check sequence of 4 bytes, as the link type field says', async () => {
    const file = path.join(folder, 'fcs.pcap');
    const writer = PcapWriter.open(file, 0x24000001);
    await readFile(sample, ({ seconds, nanoseconds, data }) => {
      writer.write({ seconds, nanoseconds }, Buffer.concat([data, hex('deadbeef')]));
    });
    writer.close();
    await expectAgreement(file);
  });

  testWithTool('text2pcap', 'from text2pcap, with packets of other protocols', async () => {
    const text = path.join(folder, 'dump.txt');
    writeFileSync(text, '000000 48 65 6c 6c 6f 0a\n');
    const files = [
      ['-T', '1234,4747'],
      ['-u', '1234,53'],
      ['-i', '1'],
      ['-T', '1234,4747', '-6', '2001:db8::1,::2'],
    ].map((parameters, index) => {
      const file = path.join(folder, `text-${index}.pcap`);
      execFileSync('text2pcap', ['-F', 'pcap', ...parameters, text, file], { stdio: 'ignore' });
      return file;
    });
    for (const file of files) await expectAgreement(file);
    expect((await ourFields(files[0]!))[0]?.[14]).toBe(Buffer.from('Hello\n').toString('hex'));
  });

  testWithTool('mergecap', 'from mergecap', async () => {
    const merged = path.join(folder, 'merged.pcap');
    execFileSync('mergecap', ['-F', 'pcap', '-w', merged, sample, sample], { stdio: 'ignore' });
    await expectAgreement(merged);
    expect((await ourFields(merged)).length).toBe(2 * (4 + ADDRESSES.length));
  });
});
