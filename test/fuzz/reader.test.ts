/**
 * The reader and the decoder on files with random changes. Four claims: no crash, no hang, bounded memory, and the same
 * answer whether the file comes whole, in pieces or byte by byte.
 *
 * The tests use some hundred files, the same ones each time. `npm run fuzz` uses as many others as you ask for:
 *
 *     FUZZ_FILES=100000 FUZZ_SEED=1 npm run fuzz
 */
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { CaptureFileError } from '../../src/packets/file/capture-file.js';
import { CaptureReader } from '../../src/packets/file/capture-reader.js';
import { Decoder } from '../../src/packets/headers/decoder.js';
import { formatPcapHeader, formatPcapRecord } from '../../src/packets/file/pcap-format.js';
import { readChunks } from '../../src/packets/file/read-capture.js';
import type { PacketView } from '../../src/packets/headers/packet.js';
import { BIG, LITTLE, block, captureInterface, enhanced, option, section, type Order } from '../packets/blocks.js';
import { hex } from '../packets/hex.js';
import { IPV4, LAYER_CASES, TCP_HI } from '../packets/layer-cases.js';
import { pieces } from '../packets/reading.js';
import { SEED, filesToTry } from './asked.js';
import { mutated, randomFrom } from './mutations.js';
import { processorMs } from '../processor-time.js';

const FILES = filesToTry({ usual: 800, fuzz: 50_000 });
const COMPRESSED_FILES = Math.ceil(FILES / 50);

/** IPv4 packets, each in two fragments. */
const FRAGMENTS = ['0001', '0002'].flatMap((id) => {
  const header = (length: string, flags: string): string => IPV4.replace('002a 0001 4000', `${length} ${id} ${flags}`);
  return [
    hex(`${header('0024', '2000')} ${TCP_HI.slice(0, 39)}`.slice(0, -1)),
    hex(`${header('001a', '0002')} 0000 0000 4869`),
  ];
});

/** The first 42 of 1,040 bytes, which end inside the TCP options. */
const SNAPPED = {
  data: hex(`${IPV4.replace('002a', '0410')} ${TCP_HI.replace('50 18', 'f0 18')}`),
  originalLength: 1040,
};

function pcapng(order: Order): Buffer {
  const cases = LAYER_CASES.filter((_, index) => index % 4 === (order === LITTLE ? 0 : 1));
  return Buffer.concat([
    section(order, option(order, 1, 'comment'), option(order, 0, '')),
    ...cases.map(({ linkType }, index) =>
      captureInterface(
        order,
        linkType,
        0,
        option(order, 9, Buffer.of([6, 9, 0x8a, 12][index % 4] ?? 6)),
        option(order, 14, order.u64(5n)),
      ),
    ),
    block(order, 10, order.u32(0x544c534b), order.u32(4), Buffer.from('keys')),
    ...cases.map(({ data }, on) =>
      enhanced(
        order,
        { on, data, time: 1_700_000_000_000_000n },
        ...(on % 5 === 0 ? [option(order, 1, 'note'), option(order, 0, '')] : []),
      ),
    ),
    block(order, 3, order.u32(5), Buffer.from('hello')),
  ]);
}

const ORIGINALS: readonly Buffer[] = [
  readFileSync('captures/samples/plaintext.pcap'),
  Buffer.concat([
    formatPcapHeader(101),
    ...FRAGMENTS.map((data, seconds) => formatPcapRecord({ seconds, nanoseconds: 0 }, data)),
  ]),
  Buffer.concat([
    hex('a1b23c4d 0002 0004 00000000 00000000 00040000 00000001'),
    ...[0, 1, 2].map((second) => hex(`0000000${second} 00000005 00000004 00000004 01020304`)),
  ]),
  hex(
    `736e6f6f70000000 00000002 00000004 ${'00000010 0000000e 00000028 00000000 65000000 00000005 000000000000000000000000 0806 0000'.repeat(3)}`,
  ),
  pcapng(LITTLE),
  pcapng(BIG),
  Buffer.concat([pcapng(BIG), pcapng(LITTLE)]),
  Buffer.concat([section(BIG), captureInterface(BIG, 101, 42), enhanced(BIG, SNAPPED), enhanced(BIG, SNAPPED)]),
];

/** Everything that we learn from a file, as text to compare. */
class Witness {
  readonly #decoder = new Decoder();
  readonly #seen: string[] = [];

  readonly take = (packet: PacketView): void => {
    const { number, seconds, nanoseconds, linkType, originalLength, data, start, end } = packet;
    if (!(start >= 0 && start <= end && end <= data.length))
      throw new Error(`packet ${number} from ${start} to ${end} of ${data.length}`);
    this.#seen.push(
      `${number} ${seconds}.${nanoseconds} ${linkType} ${originalLength} ${data.toString('latin1', start, end)}`,
    );
    if (!this.#decoder.decode(packet)) {
      if (this.#decoder.other === '') throw new Error(`packet ${number} is nothing`);
      this.#seen.push(this.#decoder.other);
      return;
    }
    do this.#takeSegment(number);
    while (this.#decoder.next(packet));
  };

  #takeSegment(number: number): void {
    const tcp = this.#decoder.tcp;
    const captured = tcp.payloadEnd - tcp.payloadStart;
    const isInside =
      tcp.payloadStart >= 0 &&
      tcp.payloadEnd <= tcp.data.length &&
      tcp.source >= 0 &&
      tcp.destination + tcp.addressLength <= tcp.data.length;
    if (!isInside || captured < 0 || captured > tcp.payloadLength)
      throw new Error(`packet ${number} has a segment that cannot be: ${JSON.stringify({ ...tcp, data: null })}`);
    const addresses = [tcp.source, tcp.destination].map((at) =>
      tcp.data.toString('latin1', at, at + tcp.addressLength),
    );
    this.#seen.push(
      [
        ...addresses,
        tcp.sourcePort,
        tcp.destinationPort,
        tcp.sequence,
        tcp.flags,
        tcp.payloadLength,
        tcp.data.toString('latin1', tcp.payloadStart, tcp.payloadEnd),
      ].join(' '),
    );
  }

  told(end: unknown): string {
    return [...this.#seen, JSON.stringify(this.#decoder.fragments), JSON.stringify(end)].join('\n');
  }
}

function refusal(error: unknown): string {
  if (!(error instanceof CaptureFileError)) throw error;
  return error.message;
}

function witnessed(chunks: Iterable<Buffer>): string {
  const witness = new Witness();
  try {
    const reader = new CaptureReader(witness.take);
    for (const chunk of chunks) reader.push(chunk);
    return witness.told(reader.end());
  } catch (error) {
    return witness.told(refusal(error));
  }
}

async function witnessedAsync(chunks: Iterable<Buffer>): Promise<string> {
  const witness = new Witness();
  async function* source(): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield await Promise.resolve(chunk);
  }
  try {
    return witness.told(await readChunks(source(), witness.take));
  } catch (error) {
    return witness.told(refusal(error));
  }
}

/** Much more than the largest of these files needs, also on a busy machine. */
const MOST_MILLISECONDS = 5000;
const MOST_BYTES = 200 * 1024 * 1024;

test('each original is read to its end', () => {
  for (const bytes of ORIGINALS) expect(witnessed([bytes])).toMatch(/"damage":null/);
});

test(`${FILES} files, seed ${SEED}`, () => {
  const random = randomFrom(SEED);
  const before = process.memoryUsage().arrayBuffers;
  let damaged = 0;
  for (let file = 0; file < FILES; file += 1) {
    const bytes = mutated(ORIGINALS, random);
    const started = processorMs();
    const whole = witnessed([bytes]);
    const ways = [witnessed(pieces(bytes, 1)), witnessed(pieces(bytes, 2 + random(300)))];
    const milliseconds = processorMs() - started;
    if (ways.some((way) => way !== whole))
      expect({ file, hex: bytes.toString('hex'), ways }).toEqual({ ways: [whole, whole] });
    if (milliseconds > MOST_MILLISECONDS)
      expect({ file, hex: bytes.toString('hex'), milliseconds }).toEqual({ milliseconds: 0 });
    if (whole.includes('"damage":{')) damaged += 1;
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MOST_BYTES);
  // Neither all nor none.
  expect(damaged / FILES).toBeGreaterThan(0.1);
  expect(damaged / FILES).toBeLessThan(0.9);
});

test(`${COMPRESSED_FILES} compressed files, seed ${SEED}`, async () => {
  const random = randomFrom(SEED);
  const originals = ORIGINALS.map((bytes) => gzipSync(bytes));
  for (let file = 0; file < COMPRESSED_FILES; file += 1) {
    const bytes = mutated(originals, random);
    const whole = await witnessedAsync([bytes]);
    const ways = [await witnessedAsync(pieces(bytes, 1)), await witnessedAsync(pieces(bytes, 2 + random(300)))];
    if (ways.some((way) => way !== whole))
      expect({ file, hex: bytes.toString('hex'), ways }).toEqual({ ways: [whole, whole] });
  }
});
