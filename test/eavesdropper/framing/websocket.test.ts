/** Frames of WebSocket, written here as RFC 6455 and RFC 7692 say; tshark reads the same captures. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import * as zlib from 'node:zlib';
import { inspectCapture } from '../../../src/eavesdropper/inspect.js';
import { describeWithTool } from '../../tools.js';
import { CONVERSATION, captureOf, noise, withFiles, type Sent } from '../chats.js';
import { all, found, judged, messagesIn, readable } from './told.js';

const REQUEST = Buffer.from(
  'GET /chat HTTP/1.1\r\nHost: chat.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n' +
    'Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
);
const answerWith = (extensions: string): Buffer =>
  Buffer.from(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n${extensions}\r\n`,
  );
const ANSWER = answerWith('');
const TAKEOVER = answerWith('Sec-WebSocket-Extensions: permessage-deflate\r\n');

const OPCODE = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

interface FrameOptions {
  readonly mask?: Buffer | undefined;
  readonly isFinal?: boolean;
  readonly isPacked?: boolean;
}

function frame(opcode: number, payload: Buffer, { mask, isFinal = true, isPacked = false }: FrameOptions = {}): Buffer {
  const first = (isFinal ? 0x80 : 0) | (isPacked ? 0x40 : 0) | opcode;
  const masked = mask === undefined ? 0 : 0x80;
  const long = payload.length > 0xffff ? 8 : payload.length > 125 ? 2 : 0;
  const header = Buffer.alloc(2 + long);
  header[0] = first;
  header[1] = masked | (long === 0 ? payload.length : long === 2 ? 126 : 127);
  if (long === 2) header.writeUInt16BE(payload.length, 2);
  if (long === 8) header.writeBigUInt64BE(BigInt(payload.length), 2);
  if (mask === undefined) return Buffer.concat([header, payload]);
  return Buffer.concat([header, mask, payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}

/** Packs message after message; with `takeover` each may copy from those before it. */
function packer(takeover: boolean): (text: Buffer) => Buffer {
  let before = Buffer.alloc(0);
  return (text) => {
    const options = {
      finishFlush: zlib.constants.Z_SYNC_FLUSH,
      ...(before.length === 0 ? {} : { dictionary: before }),
    };
    const packed = zlib.deflateRawSync(text, options);
    if (takeover) before = Buffer.concat([before, text]).subarray(-32_768);
    return packed.subarray(0, -4);
  };
}

/** It may stand between two fragments of a message, and is no part of it. */
const PING = Buffer.from('are you still there, my friend?');

const someMessage = fc.record({
  text: fc.oneof(
    fc.constantFrom('Hello', 'Hi', 'Grüße aus Köln', 'Nice to Meet you'),
    fc.integer({ min: 20, max: 60_000 }).map((length) => 'I said it, and I say it again. '.repeat(length / 31 + 1)),
  ),
  cuts: fc.integer({ min: 1, max: 4 }),
  isPacked: fc.boolean(),
  pings: fc.boolean(),
});

describe('frames of WebSocket', () => {
  test('each message of either side is read, packed or not, in fragments or not, however they come', () => {
    fc.assert(
      fc.property(
        fc.array(someMessage, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom(700, 3000, Infinity),
        (messages, isClient, takeover, size) => {
          const mask = isClient ? Buffer.from('37fa213d', 'hex') : undefined;
          const pack = packer(takeover);
          const frames = messages.flatMap(({ text, cuts, isPacked, pings }) => {
            const payload = isPacked ? pack(Buffer.from(text)) : Buffer.from(text);
            const size = Math.ceil(payload.length / cuts);
            const parts = Array.from({ length: cuts }, (_, index) => {
              const part = payload.subarray(size * index, size * (index + 1));
              const isFinal = index === cuts - 1;
              const opcode = index === 0 ? OPCODE.text : OPCODE.more;
              return frame(opcode, part, { mask, isFinal, isPacked: isPacked && index === 0 });
            });
            return pings ? [parts[0]!, frame(OPCODE.ping, PING, { mask }), ...parts.slice(1)] : parts;
          });
          const bytes = Buffer.concat([isClient ? REQUEST : TAKEOVER, ...frames]);
          expect(messagesIn(bytes)).toEqual(messages.map(({ text }) => text));
          const told = judged(bytes, size);
          expect([all(told), told.other]).toEqual([bytes.length, 0]);
          for (const { text } of messages)
            expect([text, found(text.slice(0, 60), bytes).length > 0]).toEqual([text, true]);
        },
      ),
      { numRuns: 80 },
    );
  });

  test('control frames are told, and why the connection was closed', () => {
    const goodbye = Buffer.concat([Buffer.from([0x03, 0xe8]), Buffer.from('until tomorrow')]);
    const mask = Buffer.from([1, 2, 3, 4]);
    const bytes = Buffer.concat([
      REQUEST,
      frame(OPCODE.ping, Buffer.alloc(0), { mask }),
      frame(OPCODE.ping, Buffer.alloc(0), { mask }),
      frame(OPCODE.close, goodbye, { mask }),
    ]);
    expect(judged(bytes)).toMatchObject({ controls: { ping: 2, 'close 1000': 1 }, other: 0 });
    expect(found('until tomorrow', bytes)).toEqual(['WebSocket mask']);
  });

  test('ciphertext in frames is no text', () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const mask = noise(4, `mask ${seed}`);
      const frames = Array.from({ length: 5 }, (_, index) =>
        frame(OPCODE.binary, noise(16, `${seed} ${index}`), { mask }),
      );
      const bytes = Buffer.concat([REQUEST, ...frames]);
      const told = judged(bytes);
      expect([readable(told) + told.encoded, told.other]).toEqual([REQUEST.length, 80]);
    }
  });

  test('what refuses WebSocket goes on as HTTP', () => {
    const bytes = Buffer.concat([REQUEST, Buffer.from('GET /other HTTP/1.1\r\nHost: chat.example\r\n\r\n')]);
    expect(judged(bytes)).toMatchObject({ other: 0 });
    expect(messagesIn(bytes)).toEqual([]);
  });

  test.each([
    ['a length of 2^63', Buffer.from('827f8000000000000000', 'hex')],
    ['a length of 2^53', Buffer.from('827f0020000000000000', 'hex')],
    ['a kind that is reserved', Buffer.from('8b00', 'hex')],
    ['a fragment of nothing', Buffer.from('8000', 'hex')],
    ['a mask where none may be', frame(OPCODE.text, Buffer.from('Hi'), { mask: Buffer.alloc(4) })],
  ])('%s ends the frames, and what came before is kept', (_, bytes) => {
    const whole = Buffer.concat([ANSWER, frame(OPCODE.text, Buffer.from('Hello')), bytes, noise(50)]);
    expect(messagesIn(whole)[0]).toBe('Hello');
    expect(all(judged(whole))).toBe(whole.length);
  });
});

function chat(takeover: boolean | null): Sent[] {
  const packs = { client: packer(takeover === true), server: packer(takeover === true) };
  return [
    { side: 'client', bytes: REQUEST },
    { side: 'server', bytes: takeover === null ? ANSWER : TAKEOVER },
    ...CONVERSATION.map(({ side, text }): Sent => {
      const mask = side === 'client' ? Buffer.from('37fa213d', 'hex') : undefined;
      const payload = takeover === null ? Buffer.from(text) : packs[side](Buffer.from(text));
      return { side, bytes: frame(OPCODE.text, payload, { mask, isPacked: takeover !== null }) };
    }),
  ];
}

describeWithTool('tshark', 'tshark and we', () => {
  test.each([
    ['as they are', null],
    ['packed, each by itself', false],
    ['packed, and copied from those before', true],
  ])('read the same messages in the same frames: %s', async (_, takeover) => {
    await withFiles({ 'websocket.pcap': captureOf(chat(takeover)) }, async (path) => {
      const file = path('websocket.pcap');
      const fields = ['-Y', 'websocket', '-T', 'fields', '-e', 'frame.number', '-e', 'text'];
      const theirs = execFileSync('tshark', ['-r', file, ...fields], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const { findings } = await inspectCapture(file);
      const [conversation] = findings.conversations;
      const ours = (conversation?.messages ?? []).map((message) =>
        message.kind === 'readable' ? `${message.place.frame}\t${message.text}` : '',
      );
      // The other field of this name is a heading of tshark's own.
      expect(ours).toEqual(theirs.trim().replaceAll('\tTimestamps,', '\t').split('\n'));
      expect(ours).toHaveLength(CONVERSATION.length);
      expect(conversation?.protocol).toEqual({ name: 'WebSocket', encrypts: false });
    });
  });
});
