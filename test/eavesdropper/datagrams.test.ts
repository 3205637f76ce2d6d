/** Chats over UDP: not followed, but the listener says how many datagrams anyone can read. tshark counts too. */
import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { inspectCapture } from '../../src/eavesdropper/inspect.js';
import { inspectionTable } from '../../src/faces/inspection-table.js';
import { LITTLE, captureInterface, enhanced, section } from '../packets/blocks.js';
import { tsharkFields } from '../packets/tshark.js';
import { describeWithTool } from '../tools.js';
import { tokenOf, withFiles } from './chats.js';

const ETHERNET = 1;
/** Of an Ethernet frame of 60 bytes, which is filled up with zeros. */
const LEAST_FRAME = 60;

/** UDP over IPv4 over Ethernet (RFC 768, RFC 791). The checksums are left out. */
function datagram(payload: Buffer | string, port = 9002): Buffer {
  const bytes = Buffer.from(payload);
  const udp = Buffer.alloc(8);
  udp.writeUInt16BE(9001, 0);
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
      const { findings } = await inspectCapture(path('udp.pcapng'), { find: ['Nice'] });
      const theirs = tsharkFields(path('udp.pcapng'), ['frame.number', 'udp.payload'], 'first').flatMap(
        ([frame, hex = '']) => {
          const text = Buffer.from(hex.replaceAll(':', ''), 'hex').toString();
          return TEXTS.includes(text) ? [{ frame: Number(frame), text }] : [];
        },
      );
      expect(findings.contents.datagrams).toEqual({ readable: theirs.length, first: theirs[0] });
      expect(theirs).toHaveLength(TEXTS.length);
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
