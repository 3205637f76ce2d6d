import { generateKeyPairSync, publicEncrypt, constants, randomBytes } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { keyParts, unsealEnvelope, unsealToken } from '../../src/keyholder/unsealing.js';
import { seal } from './seal.js';
import { byteView } from '../../src/lesson/parts/byte-view.js';
import { spkiFields } from '../../src/faces/spki.js';
import { toMarkdown } from 'mdast-util-to-markdown';
import { gfmTableToMarkdown } from 'mdast-util-gfm-table';
import { block, code } from '../../src/lesson/markdown.js';
import { reportOf } from '../../src/lesson/write-report.js';
import { lesson } from './fixture.js';
import type { Lesson } from '../../src/lesson/lesson.js';
import { tryStream } from '../../src/demo/two-sends.js';

describe('the byte view', () => {
  const { markdown, html } = byteView(
    'A line',
    [
      { name: 'word', bytes: Buffer.from('Hello, this is a '), meaning: ['said'] },
      { name: 'rest', bytes: Buffer.from([0xc3, 0xa9]), meaning: ['an é'] },
    ],
    { text: true },
  );

  test('rows of sixteen, with hexadecimal offsets and a name where a field starts', () => {
    const page = toMarkdown(
      { type: 'root', children: [...markdown] },
      {
        extensions: [gfmTableToMarkdown({ tablePipeAlign: false })],
        handlers: {
          lines: (node: { lines: string[] }) => block(node.lines),
          captured: (node: { value: string }) => code(node.value),
        },
      },
    );
    expect(page).toContain('0000  48 65 6c 6c 6f 2c 20 74 68 69 73 20 69 73 20 61  Hello, this is a  word\n');
    expect(page).toMatch(/^0010 {2}20 c3 a9 {41} \.\. {14} rest$/m);
    expect(page).toContain('| word | 0000–0010, 17 bytes | said |\n| rest | 0011–0012, 2 bytes | an é |');
  });

  test('a field, its bytes in each row and its explanation have the same number', () => {
    const page = JSON.stringify(html);
    // Drawn in halves of eight, so that each half fits a line on a phone.
    expect(page.match(/"dataField":"1"/g)!.length).toBe(3 + 3 + 2);
    expect(page.match(/"dataField":"2"/g)!.length).toBe(1 + 1 + 2);
  });
});

test('a very long line is drawn in part, and its fields keep their offsets', () => {
  const view = byteView(
    'A line',
    [
      { name: 'text', bytes: Buffer.alloc(1_000_000, 'a'), meaning: ['said'] },
      { name: 'LF', bytes: Buffer.from('\n'), meaning: ['the end'] },
    ],
    { text: true },
  );
  expect(JSON.stringify(view).length).toBeLessThan(200_000);
  expect(JSON.stringify(view.html)).toContain('the first 2048 of 1000001 bytes');
  // 1,000,000 is f4240 in hex.
  expect(JSON.stringify(view.markdown)).toContain('f4240, 1 byte');
});

test('no caption gives the same number of bytes twice', () => {
  const captions = Array.from(
    reportOf(lesson()).html.matchAll(/<figcaption>(.*?)<\/figcaption>/g),
    ([, caption]) => caption!,
  );
  expect(captions.filter((caption) => caption.includes('bytes)')).length).toBeGreaterThan(3);
  for (const caption of captions) {
    const counts = Array.from(caption.matchAll(/\d+ bytes?/g), String);
    expect(new Set(counts).size).toBe(counts.length);
  }
});

describe('an RSA public key', () => {
  test.each([2048, 3072])('of %d bits is divided into fields without a gap', (modulusLength) => {
    const der = generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ type: 'spki', format: 'der' });
    const fields = spkiFields(der);
    expect(Buffer.concat(fields.map(({ bytes }) => bytes))).toEqual(der);
    expect(fields.map(({ name }) => name)).toEqual([
      'sequence',
      'algorithm',
      'wrapping',
      'integer',
      'modulus',
      'exponent',
    ]);
    expect(JSON.stringify(fields[4]!.meaning)).toContain(`${modulusLength} bits`);
    expect(JSON.stringify(fields[5]!.meaning)).toContain('65537');
  });

  test('bytes that are not a key are shown as bytes', () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'der' });
    for (const der of [Buffer.alloc(0), Buffer.of(0x30, 0x85), randomBytes(40), ec]) {
      expect(spkiFields(der)).toEqual([
        { name: 'bytes', bytes: der, meaning: [expect.stringContaining('not an RSA public key')] },
      ]);
    }
  });
});

describe('unsealing', () => {
  const key = Buffer.from(Array.from({ length: 64 }, (_, at) => at));
  const parts = keyParts(key);

  test('a token: signature, padded text, text', () => {
    const inside = unsealToken(seal('Hello', key), parts)!;
    expect([inside.text.toString(), inside.padding.toString('hex'), inside.padded.length]).toEqual([
      'Hello',
      '0b'.repeat(11),
      16,
    ]);
    expect(inside.computed).toEqual(inside.hmac);
  });

  test('another key decrypts nothing', () => {
    expect(unsealToken(seal('Hello', key), keyParts(Buffer.alloc(64)))).toBeNull();
  });

  test('an envelope: the result of RSA, without its mask, is the message', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const envelope = publicEncrypt(
      { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
      key,
    );
    const inside = unsealEnvelope(envelope, pem)!;
    expect(inside.message).toEqual(key);
    expect([inside.encoded.length, inside.encoded[0], inside.zeros.length]).toEqual([
      256,
      0,
      256 - 1 - 32 - 32 - 1 - 64,
    ]);
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
    // RSA itself refuses a number that is larger than the other key's modulus.
    const opened = (() => {
      try {
        return unsealEnvelope(envelope, other);
      } catch {
        return null;
      }
    })();
    expect(opened).toBeNull();
  });

  test('keyParts: 16 bytes sign, 16 encrypt, 32 check', () => {
    expect([parts.signing, parts.encryption, parts.check]).toEqual([
      key.subarray(0, 16),
      key.subarray(16, 32),
      key.subarray(32),
    ]);
  });
});

test('two sends arrive as one piece, and a long one as several; nothing is lost', async () => {
  const { few, long } = await tryStream(['one', 'two']);
  expect(few.writes.map(String)).toEqual(['one\n', 'two\n']);
  expect(Buffer.concat(few.reads).toString()).toBe('one\ntwo\n');
  expect(few.reads).toHaveLength(1);
  expect(long.reads.length).toBeGreaterThan(1);
  expect(long.reads.reduce((sum, length) => sum + length, 0)).toBe(long.write);
});

describe('what a capture lacks stands where the captures are listed', () => {
  const whole = lesson();
  const { capture, conversation } = whole.plaintext!;
  const page = (changes: Partial<NonNullable<Lesson['plaintext']>>): string =>
    reportOf({ ...whole, plaintext: { ...whole.plaintext!, ...changes } }).markdown;

  test('nothing is said of a whole capture', () => {
    expect(page({})).not.toMatch(/is a guess|missing from the capture|had forgotten/);
  });

  test('the beginning, bytes in the middle, and bytes after the end', () => {
    expect(page({ conversation: { ...conversation, guessedSides: true } })).toMatch(
      /Which side is the client is a guess/,
    );
    const client = { ...conversation.streams.client, missing: 7 };
    expect(page({ conversation: { ...conversation, streams: { ...conversation.streams, client } } })).toContain(
      '7 bytes of the chat are missing from the capture',
    );
    const leftOut = { ...capture.leftOut, latePackets: 2, lateBytes: 31 };
    expect(page({ capture: { ...capture, leftOut } })).toContain('31 bytes came after servchat had forgotten');
  });
});
