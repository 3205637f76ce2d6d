/** What is packed on the wire itself is unpacked: the other program is node:zlib, which shares no code with ours. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import * as zlib from 'node:zlib';
import { mayUnpackToText } from '../../../src/eavesdropper/framing/deflate-beginning.js';
import { Unpacker, type Packing } from '../../../src/eavesdropper/framing/unpacker.js';
import { inspectCapture } from '../../../src/eavesdropper/inspect.js';
import { describeWithTool } from '../../tools.js';
import { captureOf, noise, withFiles, type Sent } from '../chats.js';
import { all, found, judged, messagesIn, readable } from './told.js';
import { processorMs } from '../../processor-time.js';
import { examplesToTry } from '../../fuzz/asked.js';

const PACKERS: Readonly<Record<Packing, (bytes: Buffer, options: zlib.ZlibOptions) => Buffer>> = {
  gzip: zlib.gzipSync,
  zlib: zlib.deflateSync,
  deflate: zlib.deflateRawSync,
};

interface Unpacked {
  readonly content: Buffer;
  readonly isDone: boolean;
  readonly hasFailed: boolean;
  /** How far it read. */
  readonly at: number;
}

/** Unpacks what comes in pieces of `size` bytes. */
function unpacked(packing: Packing, bytes: Buffer, size: number): Unpacked {
  const unpacker = new Unpacker(packing);
  const content: Buffer[] = [];
  let [at, end] = [0, 0];
  for (;;) {
    const before = at;
    at = unpacker.step(bytes, at, end);
    content.push(Buffer.from(unpacker.output));
    if (!unpacker.isOpen) break;
    if (at > before || unpacker.output.length > 0) continue;
    if (end === bytes.length) break;
    end = Math.min(bytes.length, end + size);
  }
  unpacker.close();
  const { isDone, hasFailed } = unpacker;
  return { content: Buffer.concat(content), isDone, hasFailed, at };
}

const WORDS = Buffer.from('It was said that «Прощай» and 再见 mean the same, in other words: until we meet again.\n');

const someBytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.integer({ min: 0, max: 40_000 }).map((length) => noise(length, `packed ${length}`)),
  fc.integer({ min: 1, max: 3000 }).map((times) => Buffer.concat(Array.from({ length: times }, () => WORDS))),
  fc
    .array(fc.constantFrom('a', 'b', 'cc', ' and so on', '\n'), { maxLength: 4000 })
    .map((all) => Buffer.from(all.join(''))),
);
const somePacking = fc.constantFrom<Packing>('gzip', 'zlib', 'deflate');
const someOptions = fc.record({ level: fc.integer({ min: 0, max: 9 }), strategy: fc.integer({ min: 0, max: 4 }) });

describe('DEFLATE, zlib and gzip', () => {
  test('all that node:zlib packs is unpacked, however it comes, and up to its end', () => {
    fc.assert(
      fc.property(
        somePacking,
        someBytes,
        someOptions,
        fc.integer({ min: 1, max: 5000 }),
        (packing, bytes, options, size) => {
          const packed = PACKERS[packing](bytes, options);
          const { content, isDone, at } = unpacked(packing, Buffer.concat([packed, Buffer.from('and so on')]), size);
          expect([isDone, at, content.equals(bytes)]).toEqual([true, packed.length, true]);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('of what is cut off, what came is unpacked', () => {
    fc.assert(
      fc.property(somePacking, someBytes, fc.double({ min: 0, max: 0.99, noNaN: true }), (packing, bytes, part) => {
        const packed = PACKERS[packing](bytes, {});
        const cut = packed.subarray(0, Math.floor(part * packed.length));
        const { content, isDone, hasFailed } = unpacked(packing, cut, Infinity);
        expect([isDone, hasFailed, content.equals(bytes.subarray(0, content.length))]).toEqual([false, false, true]);
      }),
      { numRuns: 150 },
    );
    const half = unpacked('zlib', zlib.deflateSync(WORDS).subarray(0, 60), 60).content;
    expect(WORDS.toString()).toContain(half.toString());
    expect(half.length).toBeGreaterThan(20);
  });

  test('with one bit changed it is not done, or was not used', () => {
    for (const packing of ['gzip', 'zlib'] as const) {
      const packed = PACKERS[packing](WORDS, {});
      for (let bit = 0; bit < 8 * packed.length; bit += 1) {
        const changed = Buffer.from(packed);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const { content, isDone } = unpacked(packing, changed, Infinity);
        expect([bit, !isDone || content.equals(WORDS)]).toEqual([bit, true]);
      }
    }
  });

  test('the first bits rule out most other bytes, and no packed text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }), someOptions, (text, options) => {
        const bytes = Buffer.from(text.replace(/\p{Cc}/gu, ' '));
        const packed = zlib.deflateRawSync(bytes, options);
        expect(mayUnpackToText(packed, 0, packed.length)).toBe(true);
      }),
      { numRuns: examplesToTry({ usual: 100, fuzz: 5000 }) },
    );
    const bytes = noise(8000);
    const passed = Array.from({ length: 1000 }, (_, index) => mayUnpackToText(bytes, 8 * index, bytes.length));
    expect(passed.filter((may) => may).length).toBeLessThan(200);
  });

  test('nothing but bytes: no text comes out of them', () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const bytes = Buffer.concat([
        Buffer.from(['789c', '7801', '1f8b0800000000000003'][seed % 3] ?? '', 'hex'),
        noise(400, `p ${seed}`),
      ]);
      expect(readable(judged(bytes))).toBe(0);
    }
  });
});

const SAID = ['Hello', 'I am from cyber security department', 'Nice to Meet you', 'Ok Bye'];

describe('messages that are packed one by one', () => {
  test.each(['gzip', 'zlib'] as const)('%s, one behind the other', (packing) => {
    const bytes = Buffer.concat(SAID.map((text) => PACKERS[packing](Buffer.from(text), {})));
    expect(messagesIn(bytes)).toEqual(SAID);
    expect(judged(bytes)).toMatchObject({ text: 0, encoded: 0, other: 0, disguised: { [packing]: bytes.length } });
    expect(found('Nice to Meet you', bytes)).toEqual([packing]);
  });

  test.each(['gzip', 'zlib'] as const)('%s, with its length in front', (packing) => {
    for (const [size, write] of [
      [4, 'writeUInt32BE'],
      [4, 'writeUInt32LE'],
      [2, 'writeUInt16BE'],
      [2, 'writeUInt16LE'],
    ] as const) {
      const bytes = Buffer.concat(
        SAID.flatMap((text) => {
          const packed = PACKERS[packing](Buffer.from(text), {});
          const prefix = Buffer.alloc(size);
          prefix[write](packed.length);
          return [prefix, packed];
        }),
      );
      expect(messagesIn(bytes)).toEqual(SAID);
      expect(judged(bytes)).toMatchObject({ framing: 4 * size, other: 0 });
      expect(judged(bytes).samples.map(({ as, text }) => [as, text])).toEqual(SAID.map((text) => [packing, text]));
    }
  });

  test('what came out is judged again', () => {
    const text = Buffer.from('Meet me at the old bridge at nine, and bring the map');
    expect(judged(zlib.gzipSync(zlib.deflateSync(text))).samples[0]).toMatchObject({ as: 'zlib in gzip' });
    expect(judged(zlib.deflateSync(text.toString('base64'))).samples[0]).toMatchObject({ as: 'base64 in zlib' });
    expect(judged(zlib.deflateSync(Buffer.from(text.toString(), 'utf16le'))).samples[0]).toMatchObject({
      as: 'UTF-16LE in zlib',
    });
    expect(readable(judged(zlib.deflateSync(noise(3000).toString('base64'))))).toBe(0);
    expect(readable(judged(zlib.gzipSync(noise(3000))))).toBe(0);
  });
});

type Coding = 'gzip' | 'deflate' | 'raw deflate' | 'br' | 'none';

function bodyOf(coding: Coding, text: Buffer): Buffer {
  switch (coding) {
    case 'gzip':
      return zlib.gzipSync(text);
    case 'deflate':
      return zlib.deflateSync(text);
    case 'raw deflate':
      return zlib.deflateRawSync(text);
    case 'br':
      return zlib.brotliCompressSync(text);
    case 'none':
      return text;
  }
}

/** An answer of HTTP; `chunk`: the size of its chunks, 0 for a Content-Length. */
function answer(coding: Coding, text: Buffer, chunk: number): Buffer {
  const body = bodyOf(coding, text);
  const fields = [
    'HTTP/1.1 200 OK',
    'Content-Type: text/plain',
    ...(coding === 'none' ? [] : [`Content-Encoding: ${coding.replace('raw ', '')}`]),
    chunk === 0 ? `Content-Length: ${body.length}` : 'Transfer-Encoding: chunked',
  ];
  const parts: Buffer[] = [Buffer.from(`${fields.join('\r\n')}\r\n\r\n`)];
  for (let at = 0; chunk > 0 && at < body.length; at += chunk) {
    const piece = body.subarray(at, at + chunk);
    parts.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  parts.push(chunk === 0 ? body : Buffer.from('0\r\n\r\n'));
  return Buffer.concat(parts);
}

const someAnswer = fc.record({
  coding: fc.constantFrom<Coding>('gzip', 'deflate', 'raw deflate', 'br', 'none'),
  times: fc.integer({ min: 1, max: 400 }),
  chunk: fc.constantFrom(0, 0, 7, 100, 4096),
});

describe('bodies of HTTP', () => {
  test('several on one connection, packed in any way, in chunks or not, however they come', () => {
    fc.assert(
      fc.property(
        fc.array(someAnswer, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(700, 2048, Infinity),
        (answers, size) => {
          const bytes = Buffer.concat(
            answers.map(({ coding, times, chunk }, index) => {
              const lines = Array.from(
                { length: times },
                (_, line) => `line ${line} of the text with number ${index}, as it was said\n`,
              );
              return answer(coding, Buffer.from(lines.join('')), chunk);
            }),
          );
          const told = judged(bytes, size);
          expect([all(told), told.other, told.encoded]).toEqual([bytes.length, 0, 0]);
          // In chunks that are not packed, the length of a chunk stands in the middle of the text.
          for (const [index, { coding, chunk }] of answers.entries()) {
            if (coding !== 'none' || chunk === 0)
              expect(found(`line 0 of the text with number ${index},`, bytes)).not.toEqual([]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('until the connection ends, and cut off', () => {
    const text = Buffer.from(Array.from({ length: 500 }, (_, line) => `${line}: exam results of the year\n`).join(''));
    for (const [as, coding] of [
      ['gzip', 'gzip'],
      ['deflate', 'raw deflate'],
    ] as const) {
      const head = Buffer.from(`HTTP/1.0 200 OK\r\nContent-Encoding: ${as}\r\n\r\n`);
      const whole = Buffer.concat([head, bodyOf(coding, text)]);
      expect(judged(whole).disguised).toEqual({ [as]: whole.length - head.length });
      expect(found('499: exam results', whole)).toEqual([as]);
      const cut = whole.subarray(0, whole.length - 200);
      expect(judged(cut).disguised).toEqual({ [as]: cut.length - head.length });
      expect(found('\n10: exam results', cut)).toEqual([as]);
    }
  });

  test('an answer to HEAD has no body, and the next answer is read', () => {
    const head = Buffer.from('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5000\r\n\r\n');
    const bytes = Buffer.concat([head, answer('gzip', Buffer.from('the text of the second answer'), 0)]);
    expect(judged(bytes).other).toBe(0);
    expect(found('the second answer', bytes)).toEqual(['gzip']);
  });

  test('a body that is not what its head says is no text', () => {
    const head = Buffer.from('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3000\r\n\r\n');
    const told = judged(Buffer.concat([head, noise(3000)]));
    expect([readable(told), told.other]).toEqual([head.length, 3000]);
    expect(told.notUnpacked).toEqual([{ as: 'gzip', bytes: 0, why: 'damaged' }]);
  });

  test('pictures stay pictures', () => {
    const bytes = answer('gzip', noise(50_000), 0);
    expect(readable(judged(bytes))).toBe(bytes.indexOf('\r\n\r\n') + 4);
  });
});

test('each byte of damaged answers is counted once, however they come', () => {
  const text = Buffer.from('exam results of the year. '.repeat(400));
  const bytes = Buffer.concat([answer('gzip', text, 50), answer('deflate', text, 0), answer('br', text, 9)]);
  fc.assert(
    fc.property(
      fc.array(fc.record({ at: fc.nat(bytes.length - 1), value: fc.nat(255) }), { maxLength: 4 }),
      fc.nat(bytes.length),
      fc.constantFrom(20, 300, 2048, Infinity),
      (changes, end, size) => {
        const damaged = Buffer.from(bytes);
        for (const { at, value } of changes) damaged[at] = value;
        expect(all(judged(damaged.subarray(0, end), size))).toBe(end);
      },
    ),
    { numRuns: examplesToTry({ usual: 60, fuzz: 4000 }) },
  );
});

describe('bombs', () => {
  /** Of zeros, one into another, as far as they stay small. */
  function bomb(times: number, length: number): Buffer {
    let bytes = zlib.gzipSync(Buffer.alloc(length, 'a'));
    for (let time = 1; time < times; time += 1) bytes = zlib.gzipSync(bytes);
    return bytes;
  }

  test('what becomes far too long is not unpacked to its end, and that is said', () => {
    for (const times of [1, 2, 3]) {
      const bytes = bomb(times, 64 * 2 ** 20);
      const started = processorMs();
      const told = judged(bytes);
      expect(told.notUnpacked?.[0]).toMatchObject({ why: 'too much' });
      expect(all(told)).toBe(bytes.length);
      // It takes a tenth of a second. To unpack all of it, and to read it, would take a minute.
      expect(processorMs() - started).toBeLessThan(20_000);
    }
  });
});

test('a text among letters that are no words is found, packed or not', () => {
  const letters = Array.from(noise(2000), (byte) => String.fromCharCode(0x61 + (byte % 26))).join('');
  const lines = Buffer.from(`${letters.replace(/(.{7})/g, '$1 ')}\nmeet me at the bridge\n`);
  expect(judged(lines).letters).toBeGreaterThan(1000);
  expect(found('meet me at the bridge', lines)).toContain('as typed');
  expect(found('meet me at the bridge', zlib.gzipSync(lines))).not.toEqual([]);
});

const PLAIN_WORDS =
  'and but come garden hello in letter morning noon of people read say table under very what you'.split(' ');

function wordsOf(bytes: Buffer): string {
  return Array.from(bytes, (byte) => PLAIN_WORDS[byte % PLAIN_WORDS.length]).join(' ');
}

describe('in a capture', () => {
  const LINES = Array.from({ length: 3 }, (_, body) =>
    Array.from({ length: 300 }, (_, line) => `the result ${line} of exam ${body}: tulip\n`),
  );
  const ANSWERS = [
    answer('gzip', Buffer.from(LINES[0]!.join('')), 100),
    answer('deflate', Buffer.from(LINES[1]!.join('')), 0),
    answer('gzip', Buffer.from(LINES[2]!.join('')), 0),
  ];
  const request = (path: number): string => `GET /${path} HTTP/1.1\r\nHost: intra.example\r\n\r\n`;

  test('a body that is far longer than what is held is searched up to its end', async () => {
    const lines = Array.from({ length: 30_000 }, (_, line) => `${line}: ${wordsOf(noise(24, `line ${line}`))}\n`);
    const bytes = answer('gzip', Buffer.from(`${lines.join('')}the last words\n`), 0);
    expect(bytes.length).toBeGreaterThan(2 ** 19);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 1400) }, (_, index): Sent => {
      return { side: 'server', bytes: bytes.subarray(1400 * index, 1400 * (index + 1)) };
    });
    await withFiles({ 'http.pcap': captureOf([{ side: 'client', bytes: request(0) }, ...pieces]) }, async (path) => {
      const find = ['the last words', '15000: ', '29999: '];
      const { finds, findings } = await inspectCapture(path('http.pcap'), { find, searchable: false });
      expect(finds.map(({ verdict }) => verdict.readable)).toEqual([true, true, true]);
      const { readability } = findings.conversations[0]!.streams.server;
      expect(readability.disguised['gzip']).toBe(bytes.length - bytes.indexOf('\r\n\r\n') - 4);
    });
  });

  describeWithTool('tshark', 'tshark and we', () => {
    test('read the same bodies of answers that follow each other', async () => {
      const bytes = Buffer.concat(ANSWERS);
      const pieces = Array.from({ length: Math.ceil(bytes.length / 300) }, (_, index): Sent => {
        return { side: 'server', bytes: bytes.subarray(300 * index, 300 * (index + 1)) };
      });
      const asked: Sent = { side: 'client', bytes: [0, 1, 2].map(request).join('') };
      await withFiles({ 'http.pcap': captureOf([asked, ...pieces]) }, async (path) => {
        const fields = ['-d', 'tcp.port==4747,http', '-Y', 'http.response', '-T', 'fields', '-e', 'http.file_data'];
        const theirs = execFileSync('tshark', ['-r', path('http.pcap'), ...fields], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        expect(theirs.trim().split('\n')).toEqual(LINES.map((lines) => lines.join('').replaceAll('\n', '\\n')));
        const find = LINES.flatMap((lines) => [lines[0]!.trim(), lines[150]!.trim(), lines[299]!.trim()]);
        const { finds, findings } = await inspectCapture(path('http.pcap'), { find });
        expect(finds.map(({ verdict }) => verdict.readable)).toEqual(find.map(() => true));
        expect(findings.conversations[0]!.streams.server.readability.other).toBe(0);
      });
    });
  });
});
