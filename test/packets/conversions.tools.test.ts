/** Captures that Wireshark's tools converted, merged and cut. tshark and we read the same packets and segments. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

import { formatIpAddress } from '../../src/packets/headers/address.js';
import { formatTcpPacket } from '../../src/packets/headers/decode.js';
import { Decoder } from '../../src/packets/headers/decoder.js';
import { TCP_FLAGS } from '../../src/packets/headers/packet.js';
import { PcapWriter } from '../../src/packets/file/pcap.js';
import { readCapture } from '../../src/packets/file/read-capture.js';
import { describeWithTool, type Tool } from '../tools.js';
import { BIG, LITTLE, block, captureInterface, enhanced, option, section } from './blocks.js';
import { LAYER_CASES } from './layer-cases.js';
import { tshark, tsharkFields } from './tshark.js';

/** Wireshark does not count the byte that gives a packet's direction, so its lengths are one less than the file's. */
const CASES = LAYER_CASES.filter(({ name }) => name !== 'PPP with a direction');

const FIELDS = [
  ...['frame.number', 'frame.time_epoch', 'frame.len', 'frame.cap_len'],
  ...[
    'ip.src',
    'ipv6.src',
    'tcp.stream',
    'tcp.srcport',
    'tcp.dstport',
    'tcp.seq_raw',
    'tcp.ack_raw',
    'tcp.window_size_value',
    'tcp.len',
  ],
];

/** What we read from a file, in tshark's fields. Conversations are numbered in the order of their first packet. */
async function ourFields(file: string): Promise<string[][]> {
  const rows: string[][] = [];
  const decoder = new Decoder();
  const conversations = new Map<string, number>();
  await readCapture(file, (packet) => {
    const { number, seconds, nanoseconds, originalLength, start, end } = packet;
    const time = seconds === 0 && nanoseconds === 0 ? '' : `${seconds}.${String(nanoseconds).padStart(9, '0')}`;
    const frame = [String(number), time, String(originalLength), String(end - start)];
    if (!decoder.decode(packet)) {
      rows.push(frame);
      return;
    }
    const { data, source, destination, addressLength, sourcePort, destinationPort } = decoder.tcp;
    const { sequence, acknowledgement, window, payloadLength } = decoder.tcp;
    const rest = [sequence, acknowledgement, window, payloadLength];
    const address = formatIpAddress(data, source, addressLength);
    const ends = [`${address} ${sourcePort}`, `${formatIpAddress(data, destination, addressLength)} ${destinationPort}`]
      .sort()
      .join(' ');
    if (!conversations.has(ends)) conversations.set(ends, conversations.size);
    const numbers = [conversations.get(ends), sourcePort, destinationPort, ...rest];
    rows.push([
      ...frame,
      ...(addressLength === 4 ? [address, ''] : ['', address]),
      ...numbers.map((value) => String(value)),
    ]);
  });
  return rows;
}

/** The first four fields, for a packet that is not TCP or whose TCP header was cut off. */
function theirFields(file: string): string[][] {
  return tsharkFields(file, FIELDS, 'last').map((row) => {
    if (row[9] === '') return row.slice(0, 4);
    const [ip = '', ip6 = ''] = row.slice(4, 6);
    // With one version of IP inside the other, tshark has both. The last one is the inner one: see LAYER_CASES.
    const inner = ip !== '' && ip6 !== '' ? (ip === '127.0.0.1' ? [ip, ''] : ['', ip6]) : [ip, ip6];
    return [...row.slice(0, 4), ...inner, ...row.slice(6)];
  });
}

async function expectAgreement(file: string): Promise<string[][]> {
  const theirs = theirFields(file);
  expect(theirs.length).toBeGreaterThan(0);
  expect(await ourFields(file)).toEqual(theirs);
  return theirs;
}

let folder: string;
let sample: string;
let layers: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'servchat-conversions-'));
  sample = path.join(folder, 'sample.pcap');
  const writer = PcapWriter.open(sample, 1);
  for (let index = 0; index < 60; index += 1) {
    const [client, server] = index % 3 === 0 ? ['2001:db8::1', '2001:db8::2'] : ['192.0.2.1', '192.0.2.2'];
    const fromClient = index % 2 === 0;
    const packet = formatTcpPacket({
      sourceAddress: fromClient ? client : server,
      destinationAddress: fromClient ? server : client,
      sourcePort: fromClient ? 50_000 + (index % 4) : 4747,
      destinationPort: fromClient ? 4747 : 50_000 + (index % 4),
      sequence: (4_294_967_000 + 31 * index) % 2 ** 32,
      acknowledgement: index,
      flags: TCP_FLAGS.ACK,
      window: 512,
      payload: Buffer.alloc((index * 37) % 500, 'payload '),
    });
    writer.write({ seconds: 1_700_000_000 + index, nanoseconds: index * 1_001_000 }, packet);
  }
  writer.close();
  layers = path.join(folder, 'layers.pcapng');
  const blocks = [LITTLE, BIG].flatMap((order) => [
    section(order, option(order, 1, 'all layers')),
    ...CASES.map(({ linkType }, index) =>
      captureInterface(order, linkType, 0, option(order, 9, Buffer.of([0, 3, 6, 9, 0x94][index % 5] ?? 6))),
    ),
    ...CASES.map(({ data }, on) => enhanced(order, { on, data, time: 1_700_000_000_123_456n + BigInt(on) })),
  ]);
  writeFileSync(layers, Buffer.concat(blocks));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const NEEDED: readonly Tool[] = ['tshark', 'editcap', 'mergecap'];

describeWithTool(NEEDED, 'tshark and we read the same', () => {
  const made = (name: string, program: string, parameters: readonly string[]): string => {
    const file = path.join(folder, name);
    execFileSync(
      program,
      parameters.map((parameter) => (parameter === 'OUT' ? file : parameter)),
      { stdio: 'ignore' },
    );
    return file;
  };

  test.each<[string, readonly string[]]>([
    ['pcapng', ['-F', 'pcapng']],
    ['pcapng, snapped', ['-F', 'pcapng', '-s', '70']],
    ['pcapng, packets that end within their headers', ['-F', 'pcapng', '-s', '50']],
    ['nanoseconds', ['-F', 'nsecpcap', '-t', '0.000000123']],
    [
      'pcapng with a comment on the file and on a packet',
      ['-F', 'pcapng', '--capture-comment', 'of the file', '-a', '3:of the packet'],
    ],
  ])('from editcap: %s', async (name, parameters) => {
    const file = made(`${name}.cap`, 'editcap', [...parameters, sample, 'OUT']);
    expect(await expectAgreement(file)).toHaveLength(60);
    const compressed = `${file}.gz`;
    writeFileSync(compressed, gzipSync(readFileSync(file)));
    await expectAgreement(compressed);
  });

  test('comments', async () => {
    const file = made('comments.pcapng', 'editcap', [
      '-F',
      'pcapng',
      '--capture-comment',
      'of the file',
      '-a',
      '3:of the packet',
      '-a',
      '5:grüße 👋',
      sample,
      'OUT',
    ]);
    const { comments } = await readCapture(file, () => undefined);
    expect(comments).toEqual([
      { on: 'section', packet: null, text: 'of the file' },
      { on: 'packet', packet: 3, text: 'of the packet' },
      { on: 'packet', packet: 5, text: 'grüße 👋' },
    ]);
    expect(
      tsharkFields(file, ['frame.comment'])
        .flat()
        .filter((text) => text !== ''),
    ).toEqual(comments.slice(1).map(({ text }) => text));
  });

  test('secrets before the packets', async () => {
    const keys = path.join(folder, 'keys.txt');
    writeFileSync(keys, `CLIENT_RANDOM ${'ab'.repeat(32)} ${'cd'.repeat(48)}\n`);
    const file = made('secrets.pcapng', 'editcap', ['-F', 'pcapng', '--inject-secrets', `tls,${keys}`, sample, 'OUT']);
    expect(readFileSync(file).includes('CLIENT_RANDOM')).toBe(true);
    expect(await expectAgreement(file)).toHaveLength(60);
  });

  test('from mergecap: two link types in one file', async () => {
    const file = made('merged.pcapng', 'mergecap', ['-F', 'pcapng', '-w', 'OUT', sample, layers]);
    const { interfaces, linkTypes } = await readCapture(file, () => undefined);
    expect(interfaces.length).toBeGreaterThan(2);
    expect(linkTypes.length).toBeGreaterThan(10);
    expect(await expectAgreement(file)).toHaveLength(60 + 2 * CASES.length);
  });

  test('two sections of both byte orders, every link type, five units of time', async () => {
    expect(await expectAgreement(layers)).toHaveLength(2 * CASES.length);
  });

  test('the numbers of packets after custom blocks and journal entries', async () => {
    const file = path.join(folder, 'others.pcapng');
    const packets = CASES.filter(({ linkType }) => linkType === 1).map(({ data }) =>
      enhanced(LITTLE, { data, time: 1n }),
    );
    const custom = [0x0bad, 0x40000bad].map((type) => block(LITTLE, type, LITTLE.u32(32_473), Buffer.from('ours')));
    const entry = block(LITTLE, 9, Buffer.from('__REALTIME_TIMESTAMP=1700000000000000\nMESSAGE=hello\n'));
    writeFileSync(
      file,
      Buffer.concat([
        section(LITTLE),
        captureInterface(LITTLE, 1, 0),
        packets[0]!,
        ...custom,
        packets[1]!,
        entry,
        packets[2]!,
      ]),
    );
    const theirs = tsharkFields(file, ['frame.number', 'tcp.len'])
      .filter(([, length]) => length !== '')
      .map(([number]) => number);
    expect(theirs).toHaveLength(3);
    expect((await ourFields(file)).map(([number]) => number)).toEqual(theirs);
  });
});

describeWithTool('tshark', 'tshark writes', () => {
  test('a pcapng file that tshark wrote', async () => {
    const file = path.join(folder, 'by-tshark.pcapng');
    tshark(['-r', sample, '-w', file, '-F', 'pcapng']);
    expect(await expectAgreement(file)).toHaveLength(60);
  });
});
