import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { TapRecorder, type ConnectionTap, type Endpoints, type TapSource } from '../../src/capture/tap.js';
import { decode } from '../../src/packets/headers/decode.js';
import { TCP_FLAGS, type CapturedPacket } from '../../src/packets/headers/packet.js';
import { CaptureFileError } from '../../src/packets/file/pcap.js';
import { readFile } from '../packets/reading.js';
import { tsharkChecked, tsharkFields, tsharkFollow, tsharkWarnings } from '../packets/tshark.js';
import { describeWithTool } from '../tools.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'servchat-tap-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let files = 0;
function newFile(): string {
  files += 1;
  return path.join(folder, `${files}.pcap`);
}

const ADDRESSES: Endpoints = {
  client: { address: '127.0.0.1', port: 50_000 },
  server: { address: '127.0.0.1', port: 4747 },
};
const IPV6_ADDRESSES: Endpoints = { client: { address: '::1', port: 50_000 }, server: { address: '::1', port: 4747 } };

/** A clock that advances by a millisecond at each look, from 1,700,000,000 s. Sequence numbers come from the list. */
function fake(...sequences: number[]): TapSource {
  let time = 1_700_000_000_000_000;
  return { now: () => (time += 1000), initialSequence: () => sequences.shift() ?? 0 };
}

/** Records what `chat` does with one connection. Returns the file's path. */
function record(addresses: Endpoints, chat: (tap: ConnectionTap) => void, source?: TapSource): string {
  const file = newFile();
  const recorder = TapRecorder.open(file, source);
  chat(recorder.connection(addresses, 'client'));
  recorder.close();
  return file;
}

async function packetsOf(file: string): Promise<CapturedPacket[]> {
  const packets: CapturedPacket[] = [];
  expect(await readFile(file, (packet) => packets.push(packet))).toMatchObject({
    interfaces: [{ linkType: 1 }],
    damage: null,
  });
  return packets;
}

const FLAG_LETTERS = Object.entries(TCP_FLAGS).map(([name, bit]) => ({ letter: name.charAt(0), bit }));

/** Each segment as a line: its sender, flags, sequence number, acknowledgement number and payload. */
async function transcript(file: string): Promise<string[]> {
  return (await packetsOf(file)).map((packet) => {
    const decoded = decode(packet);
    if (decoded.kind !== 'tcp') throw new Error(decoded.name);
    const { sourcePort, flags, sequence, acknowledgement, payload } = decoded.segment;
    const letters = FLAG_LETTERS.filter(({ bit }) => (flags & bit) !== 0)
      .map(({ letter }) => letter)
      .join('');
    return `${sourcePort === 4747 ? 'server' : 'client'} ${letters} ${sequence} ${acknowledgement} ${payload.toString()}`.trim();
  });
}

function politeChat(tap: ConnectionTap): void {
  tap.sent(Buffer.from('Hello\n'));
  tap.received(Buffer.from('Hi\n'));
  tap.sent(Buffer.from('Exit\n'));
  tap.ended();
  tap.peerEnded();
  tap.close();
}

describe('a chat in the record', () => {
  test('seen from the client', async () => {
    expect(await transcript(record(ADDRESSES, politeChat, fake(100, 200)))).toEqual([
      'client S 100 0',
      'server SA 200 101',
      'client A 101 201',
      'client PA 101 201 Hello',
      'server A 201 107',
      'server PA 201 107 Hi',
      'client A 107 204',
      'client PA 107 204 Exit',
      'server A 204 112',
      'client FA 112 204',
      'server A 204 113',
      'server FA 204 113',
      'client A 113 205',
    ]);
  });

  test('seen from the server', async () => {
    const file = newFile();
    const recorder = TapRecorder.open(file, fake(100, 200));
    const tap = recorder.connection(ADDRESSES, 'server');
    tap.received(Buffer.from('Hello'));
    tap.sent(Buffer.from('Hi'));
    tap.ended();
    recorder.close();
    expect((await transcript(file)).slice(3)).toEqual([
      'client PA 101 201 Hello',
      'server A 201 106',
      'server PA 201 106 Hi',
      'client A 106 203',
      'server FA 203 106',
      'client A 106 204',
    ]);
  });

  test('sequence numbers wrap', async () => {
    const file = record(ADDRESSES, politeChat, fake(0xfffffffe, 0xffffffff));
    expect((await transcript(file)).slice(0, 7)).toEqual([
      'client S 4294967294 0',
      'server SA 4294967295 4294967295',
      'client A 4294967295 0',
      'client PA 4294967295 0 Hello',
      'server A 0 5',
      'server PA 0 5 Hi',
      'client A 5 3',
    ]);
  });

  test('one direction stays open until it is ended', async () => {
    const file = record(
      ADDRESSES,
      (tap) => {
        tap.ended();
        tap.received(Buffer.from('wait'));
        tap.close();
      },
      fake(100, 200),
    );
    expect((await transcript(file)).slice(3)).toEqual([
      'client FA 101 201',
      'server A 201 102',
      'server PA 201 102 wait',
      'client A 102 205',
    ]);
  });

  test('a reset, and nothing after it', async () => {
    const file = record(
      ADDRESSES,
      (tap) => {
        tap.sent(Buffer.from('Hello'));
        tap.reset('peer');
        tap.reset('us');
        tap.sent(Buffer.from('anyone?'));
        tap.ended();
        tap.peerEnded();
      },
      fake(100, 200),
    );
    expect((await transcript(file)).slice(5)).toEqual(['server RA 201 106']);
  });

  test('nothing is sent after the end, a second end does nothing, and no bytes make no segment', async () => {
    const file = record(
      ADDRESSES,
      (tap) => {
        tap.sent(Buffer.alloc(0));
        tap.ended();
        tap.ended();
        tap.sent(Buffer.from('late'));
        tap.close();
        tap.peerEnded();
      },
      fake(100, 200),
    );
    expect((await transcript(file)).slice(3)).toEqual(['client FA 101 201', 'server A 201 102']);
  });

  test.each([
    ['IPv4', ADDRESSES, 65_495],
    ['IPv6', IPV6_ADDRESSES, 65_476],
  ])('in %s a long write is cut into packets of the largest payload', async (_, addresses, most) => {
    const bytes = Buffer.alloc(2 * most + 1, 'x');
    const file = record(
      addresses,
      (tap) => {
        tap.sent(bytes);
      },
      fake(1, 1),
    );
    const segments = (await packetsOf(file))
      .map((packet) => decode(packet))
      .flatMap((one) => (one.kind === 'tcp' ? [one.segment] : []));
    const data = segments.filter(({ payload }) => payload.length > 0);
    expect(data.map(({ payload }) => payload.length)).toEqual([most, most, 1]);
    expect(data.map(({ flags }) => (flags & TCP_FLAGS.PSH) !== 0)).toEqual([false, false, true]);
    expect(Buffer.concat(data.map(({ payload }) => payload)).equals(bytes)).toBe(true);
  });

  test.each([
    ['an IPv4-mapped address is IPv4', '::ffff:127.0.0.1', '127.0.0.1', '127.0.0.1'],
    ['a zone is dropped', 'fe80::1%eth0', 'fe80::2', 'fe80::1'],
    ['IPv6 on one side makes both IPv6', '10.0.0.1', '::1', '::ffff:10.0.0.1'],
  ])('%s', async (_, client, server, seen) => {
    const file = record(
      { client: { address: client, port: 1 }, server: { address: server, port: 2 } },
      () => undefined,
    );
    expect(decode((await packetsOf(file))[0]!)).toMatchObject({ kind: 'tcp', segment: { sourceAddress: seen } });
  });

  test('a text that is not an address is refused', () => {
    const recorder = TapRecorder.open(newFile());
    const addresses = { ...ADDRESSES, client: { address: 'localhost', port: 1 } };
    expect(() => recorder.connection(addresses, 'client')).toThrow(TypeError);
    recorder.close();
  });
});

describe('time', () => {
  test('is that of the clock, to the microsecond; the handshake starts when the client connects', async () => {
    const file = newFile();
    let time = 1_700_000_000_123_456;
    const recorder = TapRecorder.open(file, { now: () => time, initialSequence: () => 0 });
    const began = recorder.now();
    time += 2_000_001;
    recorder.connection(ADDRESSES, 'client', began);
    expect((await packetsOf(file)).map(({ seconds, nanoseconds }) => [seconds, nanoseconds])).toEqual([
      [1_700_000_000, 123_456_000],
      [1_700_000_002, 123_457_000],
      [1_700_000_002, 123_457_000],
    ]);
    recorder.close();
  });

  test('never goes backwards in a file', async () => {
    const file = newFile();
    const times = [5_000_000, 4_000_000, 6_000_000];
    let time = 0;
    const recorder = TapRecorder.open(file, { now: () => time, initialSequence: () => 0 });
    const tap = recorder.connection(ADDRESSES, 'client');
    for (time of times) tap.sent(Buffer.from('x'));
    recorder.close();
    const data = (await packetsOf(file)).slice(3).filter((_, index) => index % 2 === 0);
    expect(data.map(({ seconds }) => seconds)).toEqual([5, 5, 6]);
  });

  test('the real clock agrees with the clock of the system', async () => {
    const before = Date.now();
    const [first] = await packetsOf(record(ADDRESSES, politeChat));
    const milliseconds = first!.seconds * 1000 + first!.nanoseconds / 1e6;
    expect(Math.abs(milliseconds - before)).toBeLessThan(5_000);
  });
});

test('each connection has its own sequence numbers', async () => {
  const sequences = new Set<number>();
  for (let count = 0; count < 3; count += 1) {
    for (const packet of (await packetsOf(record(ADDRESSES, () => undefined))).slice(0, 2)) {
      const decoded = decode(packet);
      if (decoded.kind === 'tcp') sequences.add(decoded.segment.sequence);
    }
  }
  expect(sequences.size).toBe(6);
});

describe('a file that cannot be written', () => {
  test('a path that cannot be opened', () => {
    expect(() => TapRecorder.open(folder)).toThrow(CaptureFileError);
  });

  (process.platform === 'win32' ? test.skip : test)(
    'a file that fails during the chat ends the record, but not the chat',
    () => {
      // The reader of this pipe goes away. Each later write fails, as it does on a full disk.
      const pipe = newFile();
      execFileSync('mkfifo', [pipe]);
      const reader = openSync(pipe, 'r+');
      const recorder = TapRecorder.open(pipe);
      const tap = recorder.connection(ADDRESSES, 'client');
      tap.sent(Buffer.from('Hello'));
      expect(recorder.failure).toBeNull();

      closeSync(reader);
      politeChat(tap);
      expect(recorder.failure).toBeInstanceOf(CaptureFileError);
      expect(recorder.failure?.message).toMatch(
        /^Cannot write the capture [^\n]*: the program that read from this pipe has ended$/,
      );
      const first = recorder.failure;
      politeChat(recorder.connection(ADDRESSES, 'client'));
      expect(recorder.failure).toBe(first);
      recorder.close();
    },
  );

  test('a tap does nothing after its recorder has ended', () => {
    const file = newFile();
    const recorder = TapRecorder.open(file);
    const tap = recorder.connection(ADDRESSES, 'client');
    recorder.close();
    const size = statSync(file).size;
    politeChat(tap);
    recorder.close();
    expect(statSync(file).size).toBe(size);
    expect(recorder.failure).toBeNull();
  });
});

describeWithTool('tshark', 'tshark agrees', () => {
  test.each([
    ['IPv4', ADDRESSES],
    ['IPv6', IPV6_ADDRESSES],
    [
      'IPv4-mapped',
      { client: { address: '::ffff:10.1.2.3', port: 1024 }, server: { address: '::ffff:10.1.2.4', port: 4747 } },
    ],
  ])('a chat in %s: no warning, and Follow TCP Stream shows it', (_, addresses) => {
    const file = record(addresses, politeChat);
    expect(tsharkChecked(file, 0)).toEqual({
      warnings: '',
      followed: { client: Buffer.from('Hello\nExit\n'), server: Buffer.from('Hi\n') },
    });
    const checks = tsharkFields(file, ['tcp.len', 'tcp.window_size', 'tcp.options.mss_val']);
    expect(checks[3]?.slice(0, 2)).toEqual(['6', '65536']);
  });

  test('the check can fail: tshark warns about one flipped byte', () => {
    const file = record(ADDRESSES, politeChat);
    const bytes = readFileSync(file);
    const at = bytes.indexOf('Hello');
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(file, bytes);
    expect(tsharkChecked(file, 0).warnings).toContain('Bad checksum');
  });

  test('long writes in both directions, while the sequence numbers wrap', () => {
    for (const addresses of [ADDRESSES, IPV6_ADDRESSES]) {
      const big = Buffer.alloc(300_000, 'abcdefghij');
      const file = record(
        addresses,
        (tap) => {
          tap.sent(big);
          tap.received(big.subarray(0, 65_536));
          tap.received(big);
          tap.peerEnded();
          tap.sent(big);
          tap.ended();
        },
        fake(2 ** 32 - 100_000, 2 ** 32 - 70_000),
      );
      const {
        warnings,
        followed: { client, server },
      } = tsharkChecked(file, 0);
      expect(warnings).toBe('');
      expect(client.equals(Buffer.concat([big, big]))).toBe(true);
      expect(server.equals(Buffer.concat([big.subarray(0, 65_536), big]))).toBe(true);
    }
  });

  test('connections on the same ports one after another, and interleaved ones', () => {
    const file = newFile();
    const recorder = TapRecorder.open(file);
    politeChat(recorder.connection(ADDRESSES, 'server'));
    politeChat(recorder.connection(ADDRESSES, 'server'));
    const other = { ...ADDRESSES, client: { address: '127.0.0.1', port: 50_001 } };
    const [one, two] = [recorder.connection(ADDRESSES, 'server'), recorder.connection(other, 'server')];
    one.received(Buffer.from('one'));
    two.received(Buffer.from('two'));
    one.sent(Buffer.from('eins'));
    two.sent(Buffer.from('zwei'));
    for (const tap of [two, one]) {
      tap.ended();
      tap.peerEnded();
    }
    recorder.close();
    expect(tsharkChecked(file, 2)).toEqual({
      warnings: '',
      followed: { client: Buffer.from('one'), server: Buffer.from('eins') },
    });
    expect(tsharkFollow(file, 3)).toEqual({ client: Buffer.from('two'), server: Buffer.from('zwei') });
  });

  test('any order of events without a reset', () => {
    const event = fc.oneof(
      fc.record({
        type: fc.constantFrom('sent' as const, 'received' as const),
        bytes: fc.uint8Array({ maxLength: 20 }),
      }),
      fc.record({
        type: fc.constantFrom('ended' as const, 'peerEnded' as const),
        bytes: fc.constant(new Uint8Array()),
      }),
    );
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 12 }),
        fc.constantFrom('client' as const, 'server' as const),
        (events, observer) => {
          const file = newFile();
          const recorder = TapRecorder.open(file);
          const tap = recorder.connection(ADDRESSES, observer);
          const expected = { sent: [] as Uint8Array[], received: [] as Uint8Array[] };
          const over = { sent: false, received: false };
          for (const { type, bytes } of events) {
            if (type === 'ended') over.sent = true;
            else if (type === 'peerEnded') over.received = true;
            else if (!over[type]) expected[type].push(bytes);
            if (type === 'sent' || type === 'received') tap[type](bytes);
            else tap[type]();
          }
          recorder.close();
          const {
            warnings,
            followed: { client, server },
          } = tsharkChecked(file, 0);
          expect(warnings).toBe('');
          const [ours, theirs] = observer === 'client' ? [client, server] : [server, client];
          expect(ours).toEqual(Buffer.concat(expected.sent));
          expect(theirs).toEqual(Buffer.concat(expected.received));
        },
      ),
      { numRuns: 8 },
    );
  });

  test('for a reset, tshark warns only that it is a reset', () => {
    const file = record(ADDRESSES, (tap) => {
      tap.sent(Buffer.from('Hello'));
      tap.reset('peer');
    });
    const [title, , heading, ...warnings] = tsharkWarnings(file).split('\n');
    expect([title, heading]).toEqual(['Warns (1)', expect.stringContaining('Summary')]);
    expect(warnings).toEqual([expect.stringContaining('Connection reset (RST)')]);
  });
});
