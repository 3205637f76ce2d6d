/** A capture that is cut anywhere: everything before the cut is found as in the whole file, and the cut is reported. */
import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { inspectChunks } from '../../src/eavesdropper/inspect.js';
import { CaptureFileError } from '../../src/packets/file/capture-file.js';
import { read } from '../packets/reading.js';
import { tsharkFields, tsharkFollow } from '../packets/tshark.js';
import { describeWithTool } from '../tools.js';
import { CONVERSATION, conversationOf, encryptedChat, plaintextChat, withFiles } from './chats.js';
import { pcapOf, pcapngOfFrames } from './wire.js';
import type {
  CaptureFindings,
  ConversationFindings,
  HandshakeFindings,
  StreamFindings,
} from '../../src/eavesdropper/findings/findings.js';
import { examplesToTry } from '../fuzz/asked.js';

const sample = (mode: string): Buffer => readFileSync(`captures/samples/${mode}.pcap`);

/** Two chats whose packets alternate. */
const TWO = pcapOf(
  [plaintextChat(CONVERSATION.slice(0, 3)), encryptedChat(CONVERSATION.slice(0, 2))]
    .flatMap((sent, index) =>
      conversationOf(sent).map((packet, turn) => ({ turn, packet: { ...packet, clientPort: 40_000 + index } })),
    )
    .sort((one, other) => one.turn - other.turn)
    .map(({ packet }) => packet),
);

/**
 * From one cut to the next. Seven has no divisor in common with the sizes of headers, so each place in a header is cut
 * in some record. The end of each record, and one byte before and after it, is always cut. `npm run fuzz` cuts at each
 * byte.
 */
const STEP = examplesToTry({ usual: 7, fuzz: 1 });

const FILES: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['plaintext.pcap', sample('plaintext')],
  ['encrypted.pcap', sample('encrypted')],
  ['tls.pcap', sample('tls')],
  ['two.pcap', TWO],
  ['plaintext.pcapng', pcapngOfFrames(read([sample('plaintext')]).packets, 1)],
  ['encrypted.pcapng', pcapngOfFrames(read([sample('encrypted')]).packets, 1)],
];

const ENHANCED_PACKET = 6;

async function findingsOf(bytes: Buffer): Promise<CaptureFindings> {
  async function* source(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(bytes);
  }
  return (await inspectChunks(source(), { searchable: false })).findings;
}

interface End {
  readonly at: number;
  /** The number of packets before. */
  readonly packets: number;
}

/**
 * Where the file can end without a loss. Both formats give the length of each record. In a pcapng file, each block is a
 * record.
 */
function endsOf(bytes: Buffer): End[] {
  const isPcapng = bytes.readUInt32LE(0) === 0x0a0d0d0a;
  const ends = [{ at: isPcapng ? bytes.readUInt32LE(4) : 24, packets: 0 }];
  for (let { at, packets } = ends[0]!; at < bytes.length; ends.push({ at, packets })) {
    if (!isPcapng || bytes.readUInt32LE(at) === ENHANCED_PACKET) packets += 1;
    at += isPcapng ? bytes.readUInt32LE(at + 4) : 16 + bytes.readUInt32LE(at + 8);
  }
  return ends;
}

function lengthsOf(bytes: Buffer, ends: readonly End[]): number[] {
  const steps = Array.from({ length: Math.ceil(bytes.length / STEP) }, (_, index) => index * STEP);
  const around = ends.flatMap(({ at }) => [at - 1, at, at + 1]).filter((length) => length <= bytes.length);
  return [...new Set([...steps, ...around])];
}

interface Frame {
  readonly conversation: number;
  readonly isClients: boolean;
  readonly bytes: number;
}

function framesOf(file: string): Frame[] {
  const clients = new Map<string, string>();
  return tsharkFields(file, ['tcp.stream', 'tcp.srcport', 'tcp.len']).map(([stream, port, bytes]) => {
    // Each of these conversations starts with its client's SYN.
    if (!clients.has(stream!)) clients.set(stream!, port!);
    return { conversation: Number(stream), isClients: clients.get(stream!) === port, bytes: Number(bytes) };
  });
}

/** What the first `packets` packets of the capture must show of a conversation. */
function shown({ messages, handshake }: ConversationFindings, packets: number): unknown {
  const has = ({ place }: { readonly place: { readonly lastFrame: number } }): boolean => place.lastFrame <= packets;
  const part = <Key extends 'hello' | 'publicKey' | 'sessionKey'>(key: Key): HandshakeFindings[Key] => {
    const found = handshake?.[key] ?? null;
    return found !== null && has(found) ? found : null;
  };
  return {
    messages: messages.filter(has),
    hello: part('hello'),
    publicKey: part('publicKey'),
    sessionKey: part('sessionKey'),
  };
}

function sums({ bytes, sha256, missing }: StreamFindings): Pick<StreamFindings, 'bytes' | 'sha256' | 'missing'> {
  return { bytes, sha256, missing };
}

/** Asks Jest only if they differ: its question takes as long as the inspection of a prefix. */
function expectSame(got: string, due: string | undefined): void {
  if (got !== due) expect(got).toBe(due);
}

describeWithTool('tshark', 'each prefix', () => {
  test.each(FILES)('of %s', async (name, bytes) => {
    const { frames, follow } = await withFiles({ [name]: bytes }, async (path) => {
      const found = framesOf(path(name));
      const count = 1 + Math.max(...found.map(({ conversation }) => conversation));
      return Promise.resolve({
        frames: found,
        follow: Array.from({ length: count }, (_, number) => tsharkFollow(path(name), number)),
      });
    });
    const whole = await findingsOf(bytes);
    const ends = endsOf(bytes);
    expect(ends.at(-1)).toEqual({ at: bytes.length, packets: frames.length });
    expect(whole.conversations).toHaveLength(follow.length);

    const sent = (before: readonly Frame[], number: number, side: 'client' | 'server'): unknown => {
      const own = before.filter(
        ({ conversation, isClients }) => conversation === number && isClients === (side === 'client'),
      );
      const count = own.reduce((sum, frame) => sum + frame.bytes, 0);
      return {
        bytes: count,
        sha256: createHash('sha256').update(follow[number]![side].subarray(0, count)).digest('hex'),
        missing: 0,
      };
    };
    /** The results by number of packets, as text: comparing text is a hundred times faster. */
    const due = Array.from({ length: frames.length + 1 }, (_, packets) => {
      const before = frames.slice(0, packets);
      const numbers = [...new Set(before.map(({ conversation }) => conversation))];
      return JSON.stringify(
        numbers.map((number) => ({
          number,
          frames: before.filter(({ conversation }) => conversation === number).length,
          streams: { client: sent(before, number, 'client'), server: sent(before, number, 'server') },
          shown: shown(whole.conversations[number]!, packets),
        })),
      );
    });

    for (const length of lengthsOf(bytes, ends)) {
      const end = ends.findLast(({ at }) => at <= length);
      if (end === undefined) {
        await expect(findingsOf(bytes.subarray(0, length))).rejects.toThrow(CaptureFileError);
        continue;
      }
      const { damage, conversations, ...found } = await findingsOf(bytes.subarray(0, length));
      const { at: offset, packets } = end;
      const cut = length === offset ? null : { packet: packets + 1, offset };
      const told = { length, packets: found.packets, cut: damage && { packet: damage.packet, offset: damage.offset } };
      expectSame(JSON.stringify(told), JSON.stringify({ length, packets, cut }));
      const got = conversations.map((each) => ({
        number: each.number,
        frames: each.frames,
        streams: { client: sums(each.streams.client), server: sums(each.streams.server) },
        shown: shown(each, Infinity),
      }));
      expectSame(JSON.stringify(got), due[packets]);
    }
  });
});
