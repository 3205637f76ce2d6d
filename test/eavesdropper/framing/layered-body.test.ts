/** Bodies of HTTP, packed more than once. node:zlib packs them; curl, which unpacks them too, is the measure. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { execFile } from 'node:child_process';
import net from 'node:net';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { describeWithTool } from '../../tools.js';
import { noise } from '../chats.js';
import { processorMs } from '../../processor-time.js';
import { all, found, judged, readable } from './told.js';

const PACK: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => zlib.gzipSync(bytes),
  deflate: (bytes) => zlib.deflateSync(bytes),
  br: (bytes) => zlib.brotliCompressSync(bytes),
};
const NAMES: Readonly<Record<string, RegExp>> = { gzip: /gzip/, deflate: /deflate|zlib/, br: /brotli/ };

interface Answer {
  readonly content: readonly string[];
  readonly transfer: readonly string[];
  readonly isChunked: boolean;
  /** Whether each coding has a field of its own. */
  readonly isApart: boolean;
}

/** The codings are done from left to right, first those of the content (RFC 9110, section 8.4; RFC 9112, section 7). */
function answerWith({ content, transfer, isChunked, isApart }: Answer, text: Buffer): Buffer {
  const body = [...content, ...transfer].reduce((bytes, coding) => PACK[coding]!(bytes), text);
  const fields = isApart
    ? content.map((coding) => `Content-Encoding: ${coding}`)
    : [`Content-Encoding: ${content.join(', ')}`];
  const head = [
    'HTTP/1.1 200 OK',
    ...(content.length === 0 ? [] : fields),
    ...(isChunked ? [`Transfer-Encoding: ${[...transfer, 'chunked'].join(', ')}`] : [`Content-Length: ${body.length}`]),
    'Connection: close',
  ];
  const start = Buffer.from(`${head.join('\r\n')}\r\n\r\n`);
  if (!isChunked) return Buffer.concat([start, body]);
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; at += 700) {
    const piece = body.subarray(at, at + 700);
    chunks.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  return Buffer.concat([start, ...chunks, Buffer.from('0\r\n\r\n')]);
}

const TEXT = Buffer.from(Array.from({ length: 400 }, (_, line) => `${line}: the exam results of the year\n`).join(''));

const LAYERED: readonly (readonly [string, Answer])[] = [
  ['gzip, br', { content: ['gzip', 'br'], transfer: [], isChunked: false, isApart: false }],
  ['deflate, gzip', { content: ['deflate', 'gzip'], transfer: [], isChunked: true, isApart: false }],
  [
    'br, deflate, gzip in fields of their own',
    { content: ['br', 'deflate', 'gzip'], transfer: [], isChunked: true, isApart: true },
  ],
  ['Transfer-Encoding: gzip, chunked', { content: [], transfer: ['gzip'], isChunked: true, isApart: false }],
  [
    'Content-Encoding: br, Transfer-Encoding: gzip, chunked',
    { content: ['br'], transfer: ['gzip'], isChunked: true, isApart: false },
  ],
];

describe.each(LAYERED)('%s', (_, answer) => {
  const bytes = answerWith(answer, TEXT);

  test('is unpacked to its end, however it comes', () => {
    for (const size of [20, 100, 1400, Infinity]) {
      const told = judged(bytes, size);
      expect([all(told), told.other, told.encoded]).toEqual([bytes.length, 0, 0]);
      const [as = ''] = Object.keys(told.disguised);
      const layers = [...answer.content, ...answer.transfer];
      expect(as.split(' in ')).toEqual(layers.map((coding) => expect.stringMatching(NAMES[coding]!)));
    }
    for (const line of ['of the year\n1: the exam results', '199: the exam', '399: the exam results'])
      expect(found(line, bytes)).toHaveLength(1);
  });

  test('is no text if noise is in it, and each byte of a damaged one is counted once', () => {
    const opaque = answerWith(answer, noise(20_000));
    const head = opaque.indexOf('\r\n\r\n') + 4;
    expect(readable(judged(opaque))).toBe(head);
    fc.assert(
      fc.property(
        fc.nat(bytes.length - 1),
        fc.nat(255),
        fc.nat(bytes.length),
        fc.constantFrom(100, 1400, Infinity),
        (at, value, end, size) => {
          const damaged = Buffer.from(bytes);
          damaged[at] = value;
          expect(all(judged(damaged.subarray(0, end), size))).toBe(end);
        },
      ),
      { numRuns: 60 },
    );
  });
});

test('a body that becomes far too long in its second layer is not unpacked to its end', () => {
  const bomb = answerWith(LAYERED[1]![1], zlib.gzipSync(Buffer.alloc(2 ** 25, 'a')));
  const twice = answerWith(LAYERED[1]![1], Buffer.alloc(2 ** 27, 'a'));
  for (const bytes of [bomb, twice]) {
    const started = processorMs();
    const told = judged(bytes);
    expect(told.notUnpacked?.map(({ why }) => why)).toContain('too much');
    expect(all(told)).toBe(bytes.length);
    expect(processorMs() - started).toBeLessThan(6000);
  }
});

describeWithTool('curl', 'curl and we', () => {
  let server: net.Server;
  let port = 0;
  beforeAll(async () => {
    server = net.createServer((socket) => {
      socket.once('data', (request) => {
        const index = Number(/GET \/(\d+)/.exec(request.toString('latin1'))?.[1] ?? 0);
        socket.end(answerWith(LAYERED[index]![1], TEXT));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as net.AddressInfo).port;
  });
  afterAll(() => {
    server.close();
  });

  test.each(LAYERED.map(([name], index) => [name, index] as const))('unpack the same text of %s', async (_, index) => {
    const url = `http://127.0.0.1:${port}/${index}`;
    const run = promisify(execFile);
    const { stdout } = await run('curl', ['--silent', '--show-error', '--compressed', '--tr-encoding', url]);
    expect(stdout).toBe(TEXT.toString());
    const bytes = answerWith(LAYERED[index]![1], TEXT);
    for (const line of stdout.trim().split('\n').slice(-5)) expect(found(line, bytes)).toHaveLength(1);
  });
});
