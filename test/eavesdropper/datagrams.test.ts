/** Chats over UDP: each datagram is a message, which is shown and found. tshark finds the same ones. */
import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { inspectCapture } from '../../src/eavesdropper/inspect.js';
import { readUdp } from '../../src/eavesdropper/udp-reading.js';
import { inspectionTable } from '../../src/faces/inspection-table.js';
import { LITTLE, captureInterface, enhanced, section } from '../packets/blocks.js';
import { tsharkFields } from '../packets/tshark.js';
import { describeWithTool } from '../tools.js';
import { noise, tokenOf, withFiles } from './chats.js';

const ETHERNET = 1;
/** Of an Ethernet frame of 60 bytes, which is filled up with zeros. */
const LEAST_FRAME = 60;

/** UDP over IPv4 over Ethernet (RFC 768, RFC 791). The checksums are left out. */
function datagram(payload: Buffer | string, port = 9002, from = 9001): Buffer {
  const bytes = Buffer.from(payload);
  const udp = Buffer.alloc(8);
  udp.writeUInt16BE(from, 0);
  udp.writeUInt16BE(port, 2);
  udp.writeUInt16BE(8 + bytes.length, 4);
  const ip = Buffer.from('450000000000000040110000 7f000001 7f000001'.replaceAll(' ', ''), 'hex');
  ip.writeUInt16BE(20 + 8 + bytes.length, 2);
  const frame = Buffer.concat([Buffer.alloc(12), Buffer.from([8, 0]), ip, udp, bytes]);
  return Buffer.concat([frame, Buffer.alloc(Math.max(0, LEAST_FRAME - frame.length))]);
}

function captureOf(frames: readonly Buffer[]): Buffer {
  const records = frames.map((data) => enhanced(LITTLE, { on: 0, data }));
  return Buffer.concat([section(LITTLE), captureInterface(LITTLE, ETHERNET, 0), ...records]);
}

const TEXTS = ['Hello', 'Nice to Meet you', '{"text": "Grüße aus 北京 👋"}', 'hi'];
const SEALED = createHash('sha512').update('no text').digest();

describeWithTool('tshark', 'tshark and we', () => {
  test('find the same texts in datagrams', async () => {
    const frames = [SEALED, ...TEXTS, tokenOf('Nice to Meet you'), SEALED.subarray(0, 9)].map((each) => datagram(each));
    await withFiles({ 'udp.pcapng': captureOf(frames) }, async (path) => {
      const { findings, finds } = await inspectCapture(path('udp.pcapng'), { find: [...TEXTS, 'hidden'] });
      const theirs = tsharkFields(path('udp.pcapng'), ['frame.number', 'udp.payload'], 'first').flatMap(
        ([frame, hex = '']) => {
          const text = Buffer.from(hex.replaceAll(':', ''), 'hex').toString();
          return TEXTS.includes(text) ? [{ frame: Number(frame), text }] : [];
        },
      );
      expect(findings.contents.datagrams).toEqual({ readable: theirs.length, first: theirs[0] });
      expect(theirs).toHaveLength(TEXTS.length);
      expect(
        findings.udp?.flatMap(({ messages }) => messages.map(({ place, text }) => ({ frame: place.frame, text }))),
      ).toEqual(theirs);
      const places = finds.map(({ verdict }) => (verdict.readable ? verdict.hit.place : null));
      expect(places).toMatchObject([
        ...theirs.map(({ frame }) => ({ frame, lastFrame: frame, transport: 'UDP' })),
        null,
      ]);
      expect(finds.at(-1)).toMatchObject({ among: 'opaque' });
      expect(findings.otherPackets).toEqual({ UDP: frames.length });
      const table = inspectionTable(findings, [], { colour: false, width: 300 });
      expect(table).toContain('4 datagrams of UDP hold text that anyone can read');
      expect(table).toContain('The first is in frame 2: “Hello”');
    });
  });
});

test('datagrams that nobody can read, and those of a tunnel, are not counted as text', async () => {
  const frames = [SEALED, tokenOf('hidden'), ''].map((each) => datagram(each));
  const cut = datagram('cut in the middle of its header').subarray(0, 38);
  await withFiles(
    { 'udp.pcapng': captureOf([...frames, cut, datagram('VXLAN has this port', 4789)]) },
    async (path) => {
      const { findings } = await inspectCapture(path('udp.pcapng'));
      expect(findings.contents).not.toHaveProperty('datagrams');
    },
  );
});

test('of very many, the rest is counted and not looked at', async () => {
  const frames = Array.from({ length: 20_003 }, () => datagram('Hello again'));
  await withFiles({ 'udp.pcapng': captureOf(frames) }, async (path) => {
    const { findings } = await inspectCapture(path('udp.pcapng'));
    expect(findings.contents.datagrams).toMatchObject({ readable: 20_000, unlooked: 3 });
  });
});

test('what a datagram says cannot move the cursor', async () => {
  await withFiles({ 'udp.pcapng': captureOf([datagram('\u202egnirts\u202c and more')]) }, async (path) => {
    const { findings } = await inspectCapture(path('udp.pcapng'));
    expect(inspectionTable(findings, [], { colour: false, width: 300 })).not.toContain('\u202e');
  });
});

const SAID = [
  'hello',
  'Grüße aus Köln',
  'I am Anna from the second year',
  'für wen fragst du?',
  'ok',
  'bis später in der Bücherei',
  'meet me at the old bridge tomorrow morning',
  'and do not tell anybody that we will be there',
  'all right, I will wait for your sign',
];
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

/** As other programs write it: Buffer and node:zlib. */
const WAYS: readonly (readonly [name: string | undefined, write: (text: string) => Buffer | string])[] = [
  [undefined, (text) => text],
  [undefined, (text) => `${text}\n`],
  [undefined, (text) => `{"from":"anna","text":"${text}"}`],
  ['base64', (text) => Buffer.from(text).toString('base64')],
  ['hex', (text) => Buffer.from(text).toString('hex')],
  ['UTF-16LE', utf16],
  ['zlib', (text) => deflateSync(text)],
  ['XOR with the byte 0x2a', (text) => Buffer.from(Buffer.from(text).map((byte) => byte ^ 0x2a))],
  ['Latin-1 or Windows-1252', (text) => Buffer.from(text, 'latin1')],
];

test.each(WAYS)('messages in datagrams are shown and found: %s', async (name, write) => {
  const frames = SAID.map((text, index) =>
    index % 2 === 0 ? datagram(write(text)) : datagram(write(text), 9001, 9002),
  );
  await withFiles({ 'udp.pcapng': captureOf(frames) }, async (path) => {
    const { findings, finds } = await inspectCapture(path('udp.pcapng'), { find: [...SAID, 'Köln I am'] });
    const [talk, ...others] = findings.udp ?? [];
    expect(others).toEqual([]);
    expect(talk).toMatchObject({ client: { port: 9001 }, server: { port: 9002 }, datagrams: SAID.length });
    expect(talk?.disguise).toBe(name);
    expect(talk?.readable).toBe(talk?.bytes);
    for (const [index, text] of SAID.entries()) {
      const side = index % 2 === 0 ? 'client' : 'server';
      expect(talk?.messages[index]).toMatchObject({ place: { side, frame: index + 1 } });
      expect(talk?.messages[index]?.text).toContain(text);
      const place = { transport: 'UDP', conversation: 0, side, frame: index + 1, lastFrame: index + 1 };
      expect(finds[index]?.verdict).toMatchObject({ readable: true, hit: { place } });
    }
    // It would go on from one datagram to the next.
    expect(finds.at(-1)?.verdict.readable).toBe(false);
  });
});

/** A question and its answer, by RFC 1035. */
const DNS = Buffer.from('000101000001000000000000 076578616d706c65036f7267 00 0001 0001'.replaceAll(' ', ''), 'hex');
const NTP = Buffer.concat([Buffer.from([0x23]), Buffer.alloc(47)]);
const STUN = Buffer.from('000100002112a4420102030405060708090a0b0c', 'hex');
const SNMP = Buffer.from('302602010104067075626c6963a019020101020100020100300e300c06082b060102010101000500', 'hex');
/** A record of the handshake, and one of application data. */
const DTLS = ['16fefd0000000000000000000401000000', '17fefd000100000000000100040a0b0c0d'].map((hex) =>
  Buffer.from(hex, 'hex'),
);

describeWithTool('tshark', 'protocols that are no chat', () => {
  test('are named as tshark names them', async () => {
    const frames = [
      datagram(DNS, 53),
      datagram(DNS, 9001, 53),
      datagram(DNS, 5353, 5353),
      datagram(NTP, 123),
      datagram(STUN, 3478),
      datagram(SNMP, 161),
      ...DTLS.map((record) => datagram(record, 4433)),
    ];
    await withFiles({ 'udp.pcapng': captureOf(frames) }, async (path) => {
      const { findings } = await inspectCapture(path('udp.pcapng'), { find: ['example'] });
      const theirs: Record<string, number> = {};
      for (const [protocol = ''] of tsharkFields(path('udp.pcapng'), ['_ws.col.Protocol'], 'first')) {
        const name = { MDNS: 'mDNS', 'DTLSv1.2': 'DTLS', DTLS: 'DTLS' }[protocol] ?? protocol;
        theirs[name] = (theirs[name] ?? 0) + 1;
      }
      expect(findings.otherPackets).toEqual(theirs);
      expect(findings).not.toHaveProperty('udp');
    });
  });
});

test('QUIC is named, with what follows in short headers', async () => {
  const long = Buffer.concat([Buffer.from('c30000000108', 'hex'), SEALED]);
  const short = Buffer.concat([Buffer.from([0x41]), SEALED]);
  await withFiles({ 'udp.pcapng': captureOf([datagram(long, 443), datagram(short, 9001, 443)]) }, async (path) => {
    const { findings } = await inspectCapture(path('udp.pcapng'));
    expect(findings.otherPackets).toEqual({ QUIC: 2 });
    expect(inspectionTable(findings, [], { colour: false, width: 300 })).toContain('2 QUIC (encrypted)');
  });
});

test('a chat at the port of another protocol is a chat', async () => {
  const frames = [53, 123, 161, 5353].map((port) => datagram('Nice to meet you', port));
  await withFiles({ 'udp.pcapng': captureOf(frames) }, async (path) => {
    const { findings } = await inspectCapture(path('udp.pcapng'));
    expect(findings.udp?.map(({ messages }) => messages.map(({ text }) => text))).toEqual(
      frames.map(() => ['Nice to meet you']),
    );
  });
});

test('where datagrams were not looked at, not found means cannot tell', async () => {
  const frames = Array.from({ length: 20_001 }, () => datagram('Hello again'));
  await withFiles({ 'udp.pcapng': captureOf(frames) }, async (path) => {
    const { finds } = await inspectCapture(path('udp.pcapng'), { find: ['hidden'] });
    expect(finds).toMatchObject([{ among: 'unread', verdict: { readable: false } }]);
  });
});

test('random bytes are text in fewer than 1 of 10,000 datagrams, and in few of many between two ends', () => {
  const ends = { client: { address: '127.0.0.1', port: 9001 }, server: { address: '127.0.0.1', port: 9002 } };
  const sent = (bytes: Buffer, index: number): Parameters<typeof readUdp>[0]['datagrams'][number] => ({
    side: 'client',
    frame: index + 1,
    time: index,
    bytes,
  });
  const random = noise(80_000, 'datagrams');
  const datagrams = Array.from({ length: 10_000 }, (_, index) => random.subarray(8 * index, 8 * index + 8));
  const alone = datagrams.filter((bytes) => readUdp({ ...ends, datagrams: [sent(bytes, 0)] }, 0).findings.readable > 0);
  expect(alone.length).toBeLessThanOrEqual(1);
  const together = Array.from({ length: 50 }, (_, talk) => {
    const some = datagrams.slice(200 * talk, 200 * talk + 200).map(sent);
    return readUdp({ ...ends, datagrams: some }, 0).findings.messages.length;
  });
  expect(together.reduce((sum, count) => sum + count, 0)).toBe(0);
  const short = ['hi', 'ok!', '42', 'да', '你好', 'Grüße'].map((text) => Buffer.from(text));
  for (const bytes of short)
    expect(readUdp({ ...ends, datagrams: [sent(bytes, 0)] }, 0).findings.messages).toHaveLength(1);
});
