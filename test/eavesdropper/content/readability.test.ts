/** Samples that our own code did not make: Buffer, zlib, a cipher with a fixed key, lines of real protocols. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCipheriv } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { isSurelyReadable } from '../../../src/eavesdropper/content/quick-looks.js';
import { Readability } from '../../../src/eavesdropper/content/readability.js';
import { noise } from '../chats.js';
import type { ReadabilityFindings } from '../../../src/eavesdropper/content/readability.js';
import type { Disguises } from '../../../src/eavesdropper/disguises/disguises.js';
import { processorMs } from '../../processor-time.js';
import { longTest } from '../../tools.js';

/**
 * Judges the bytes in one piece, or in pieces of `size` bytes. The unread rest comes again with the next piece, as in a
 * stream.
 */
function judged(bytes: Buffer, size = bytes.length): ReadabilityFindings {
  const readability = new Readability();
  let seen = 0;
  for (let end = Math.min(size, bytes.length); seen < bytes.length; end = Math.min(end + size, bytes.length)) {
    seen = readability.take(bytes, seen, end, end === bytes.length);
  }
  return readability.findings();
}

function sum({ text, disguised, encoded, framing = 0, other }: ReadabilityFindings): number {
  return text + encoded + framing + other + Object.values(disguised).reduce((total, count) => total + count, 0);
}

const ENGLISH = 'It was a bright cold day in April, and the clocks were striking thirteen.\n';

describe('text, in any script', () => {
  test.each([
    ['English', ENGLISH],
    ['two letters', 'Hi'],
    ['German', 'Grüße aus Köln, die Straße ist naß.\n'],
    ['Russian', 'Все счастливые семьи похожи друг на друга.\n'],
    ['Greek', 'Ἄνδρα μοι ἔννεπε, μοῦσα, πολύτροπον\n'],
    ['Arabic', 'ألف ليلة وليلة، حكايات\n'],
    ['Hebrew', 'בראשית ברא אלהים את השמים\n'],
    ['Hindi', 'सभी मनुष्य जन्म से स्वतंत्र हैं।\n'],
    ['Chinese', '道可道，非常道。名可名，非常名。\n'],
    ['Japanese', '国境の長いトンネルを抜けると雪国であった。\n'],
    ['Korean', '모든 인간은 태어날 때부터 자유로우며\n'],
    ['emoji', '👋🌍 🫠🎉\n'],
    ['a path and long words', '/usr/share/doc/wireshark-common/README.Debian internationalization\n'],
    ['a long number', 'call 00491701234567890123456789012345 now\n'],
    ['source code', 'for (let at = 0; at < bytes.length; at += 1) counts[bytes[at]] += 1;\n'],
  ])('%s', (_, text) => {
    const bytes = Buffer.from(text);
    expect(judged(bytes)).toMatchObject({
      text: bytes.length,
      disguised: {},
      encoded: 0,
      other: 0,
      samples: [{ offset: 0, as: 'text', text: text.trim() }],
    });
  });

  test('a run that is long enough, among bytes that are not text', () => {
    const found = judged(
      Buffer.concat([noise(3000, 'a'), Buffer.from('\0the password is swordfish\0'), noise(3000, 'b')]),
    );
    expect(found.samples.map(({ as, text }) => [as, text])).toEqual([
      ['text', expect.stringContaining('the password is swordfish')],
    ]);
    expect(found.text).toBeGreaterThanOrEqual(25);
    expect(found.text).toBeLessThan(32);
  });
});

describe('text in a disguise', () => {
  const said = 'Meet me at the old bridge, and bring the letter with you.';
  test.each([
    ['base64', Buffer.from(said).toString('base64'), said],
    ['base64', Buffer.from('Встретимся у старого моста').toString('base64url'), 'Встретимся у старого моста'],
    ['hex', Buffer.from(said).toString('hex'), said],
    ['hex', Buffer.from(said).toString('hex').toUpperCase(), said],
    ['URL escapes', encodeURIComponent('Grüße & Küsse / ещё раз'), 'Grüße & Küsse / ещё раз'],
    ['quoted-printable', 'Sch=C3=B6ne Gr=C3=BC=C3=9Fe', 'Schöne Grüße'],
    ['UTF-16LE', Buffer.from(said, 'utf16le'), said],
    ['UTF-16BE', Buffer.from(said, 'utf16le').swap16(), said],
    [
      'UTF-16LE',
      Buffer.from('Все счастливые семьи похожи друг на друга', 'utf16le'),
      'Все счастливые семьи похожи друг на друга',
    ],
    [
      'UTF-16LE',
      Buffer.from('道可道，非常道。名可名，非常名。无名天地之始；有名万物之母。', 'utf16le'),
      '道可道，非常道。名可名，非常名。无名天地之始；有名万物之母。',
    ],
  ] as [keyof ReadabilityFindings['disguised'], string | Buffer, string][])('%s', (disguise, wire, text) => {
    const bytes = Buffer.from(wire as string);
    const found = judged(bytes);
    expect(found.samples).toEqual([{ offset: expect.any(Number), as: disguise, text }]);
    expect(found.disguised[disguise]).toBeGreaterThanOrEqual(bytes.length - 2);
    expect(sum(found)).toBe(bytes.length);
  });

  test('in a line of text: only the disguised part counts as disguised', () => {
    const token = Buffer.from(said).toString('base64');
    const found = judged(Buffer.from(`Authorization: Basic ${token}\r\nHost: example.org\r\n`));
    expect(found.disguised).toEqual({ base64: token.length });
    expect(found.text).toBe('Authorization: Basic \r\nHost: example.org\r\n'.length);
  });

  test('a base64 run that decodes to random bytes is opaque, not text', () => {
    const encoded = noise(48, 'key').toString('base64');
    expect(judged(Buffer.from(`key ${encoded}\n`))).toMatchObject({
      text: 'key \n'.length,
      disguised: {},
      encoded: encoded.length,
      other: 0,
    });
    expect(judged(Buffer.from(`sum ${noise(32, 'sum').toString('hex')}\n`))).toMatchObject({
      text: 'sum \n'.length,
      encoded: 64,
    });
  });

  test('as much as a mail holds, in lines', () => {
    const lines = noise(30_000, 'mail')
      .toString('base64')
      .replace(/(.{76})/g, '$1\r\n');
    const found = judged(Buffer.from(lines));
    expect(found.encoded / lines.length).toBeGreaterThan(0.96);
  });
});

describe('bytes that are not text', () => {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16, 9));
  const encrypted = cipher.update(Buffer.alloc(200_000));

  test('encrypted: no text is found in it, and it looks random', () => {
    expect(judged(encrypted)).toMatchObject({
      text: 0,
      disguised: {},
      encoded: 0,
      other: 200_000,
      entropy: { looksRandom: true, certainty: 'high' },
      samples: [],
    });
  });

  test('compressed: no text is found in it, and hardly a pattern', () => {
    const words = Array.from({ length: 40_000 }, (_, index) => noise(3, `${index}`).toString('hex')).join(' ');
    const found = judged(deflateRawSync(words));
    expect(found).toMatchObject({ text: 0, disguised: {} });
    expect(found.entropy!.bitsPerByte).toBeGreaterThan(7.9);
  });

  test('with more bytes, the judgement is more certain', () => {
    const certainties = [20, 100, 5000, 50_000].map(
      (length) => judged(encrypted.subarray(0, length)).entropy!.certainty,
    );
    expect(certainties).toEqual(['none', 'low', 'fair', 'high']);
  });

  test('a format with a structure does not look random', () => {
    const records = Buffer.alloc(16_000);
    for (let at = 0; at < records.length; at += 16) records.writeUInt32LE(at, at);
    expect(judged(records)).toMatchObject({ text: 0, disguised: {}, entropy: { looksRandom: false } });
  });

  test('of 200 streams of random bytes, almost none counts as text', () => {
    const wrong = Array.from({ length: 200 }, (_, index) => judged(noise(4096, `stream ${index}`))).filter(
      ({ samples }) => samples.length > 0,
    );
    expect(wrong.length).toBeLessThanOrEqual(1);
  });
});

test.each([
  ['an alphabet', 'words and words and words'],
  ['Chinese', '所有幸福的家庭都是相似的，不幸的家庭各有各的不幸。所有幸福的家庭都是相似的'],
  ['Korean', '모든 행복한 가정은 서로 비슷하지만 불행한 가정은 저마다의 이유로 불행하다'],
])('UTF-16 of %s among noise is found and read, wherever it begins', (_, text) => {
  for (const as of ['UTF-16LE', 'UTF-16BE'] as const) {
    const units = Buffer.from(text, 'utf16le');
    if (as === 'UTF-16BE') units.swap16();
    for (let before = 200; before < 300; before += 1) {
      const { samples } = judged(Buffer.concat([noise(before, as), units, noise(200, text)]));
      // Bytes beside it may look like one more character, or like half of one.
      expect([before, samples.filter((sample) => sample.text.includes(text.slice(1, -1)))]).toEqual([
        before,
        [expect.anything()],
      ]);
    }
  }
});

test.each([
  // The cipher suites and signature algorithms of a TLS 1.2 client (RFC 8422, RFC 8446, section 4.2.3).
  ['cipher suites', 'c02cc030c02bc02fcca9cca8c024c028c023c027c00ac014c009c013'],
  ['signature algorithms', '0403050306030807080808090080a080b08040805080604010501060103030301'],
  ['DNS over TCP', '002500010100000100000000000003777777076578616d706c6503636f6d0000010001'],
])('numbers of two bytes are no text of UTF-16: %s', (_, numbers) => {
  expect(judged(Buffer.concat([noise(40), Buffer.from(numbers, 'hex'), noise(40, 'behind')]))).toMatchObject({
    disguised: {},
  });
});

test('the base64 of a key gets the same judgement for every key', () => {
  for (let key = 0; key < 50; key += 1) {
    const spki = Buffer.concat([
      Buffer.from('30820122300d06092a864886f70d01010105000382010f003082010a0282010100', 'hex'),
      noise(256, `key ${key}`),
      Buffer.from('0203010001', 'hex'),
    ]);
    expect(judged(Buffer.from(`PUBLIC-KEY ${spki.toString('base64')}\n`)).encoded).toBe(392);
  }
});

describe('in pieces', () => {
  const parts = fc.constantFrom(
    ...[
      ENGLISH,
      'Привет, мир! ',
      Buffer.from(ENGLISH).toString('base64'),
      '\n',
      ' ',
      '%41%42%43',
      '=C3=A4',
      'word',
      noise(40).toString('base64'),
    ].map((text) => Buffer.from(text)),
    ...[noise(3), noise(700, 'x'), Buffer.from(ENGLISH, 'utf16le'), Buffer.alloc(40), Buffer.from([0xe2, 0x82])],
  );

  test('each byte is counted once, however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(parts, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 3000 }),
        (pieces, size) => {
          const bytes = Buffer.concat(pieces);
          expect(sum(judged(bytes, size))).toBe(bytes.length);
        },
      ),
      { seed: 20_260_101 },
    );
  });

  test('a long text is text, however it is cut', () => {
    const bytes = Buffer.from(`${ENGLISH}Все счастливые семьи похожи друг на друга.\n`.repeat(200));
    for (const size of [600, 1024, 4096, 8191])
      expect(judged(bytes, size)).toMatchObject({ text: bytes.length, other: 0 });
  });

  test('base64 without a line end is read, however it is cut', () => {
    const bytes = Buffer.from(Buffer.from(ENGLISH.repeat(300)).toString('base64'));
    for (const size of [1000, 4096, 5001])
      expect(judged(bytes, size).disguised['base64']).toBeGreaterThan(0.99 * bytes.length);
  });
});

longTest('time grows only with the number of bytes, also for input that is made to be slow', () => {
  const size = 2 ** 20;
  const pace = (bytes: Buffer): number => {
    const started = process.cpuUsage();
    judged(bytes, 65_536);
    const { user, system } = process.cpuUsage(started);
    return user + system;
  };
  const usual = pace(noise(size));
  for (const unit of ['a', '%41', '=41', '=', '%', 'A ', '\u0400', 'a\0', '\0a', '\u4e00', 'QUFB']) {
    const bytes = Buffer.alloc(size, unit);
    expect([unit, pace(bytes) < 40 * usual + 2e6]).toEqual([unit, true]);
  }
});

test('what the quick look takes for readable, the careful look does too', () => {
  const part = fc.oneof(
    fc.constantFrom('the ', 'words, ', 'Größe ', 'слово ', '日本', '\u0085', '\x07', '%41', '=C3', '&#72;', '\\x48'),
    fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString('base64')),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    fc.array(fc.nat(255), { maxLength: 15 }).map((numbers) => numbers.join(', ')),
    fc.string({ unit: 'binary-ascii', maxLength: 30 }),
    fc.uint8Array({ maxLength: 3 }),
  );
  const line = fc
    .array(part, { minLength: 1, maxLength: 5 })
    .map((parts) => Buffer.concat(parts.map((each) => Buffer.from(each as string))));
  let passed = 0;
  fc.assert(
    fc.property(line, (bytes) => {
      if (bytes.length === 0 || !isSurelyReadable(bytes, 0, bytes.length)) return;
      passed += 1;
      const { encoded, other } = judged(bytes);
      expect([encoded, other]).toEqual([0, 0]);
    }),
    { numRuns: 3000 },
  );
  expect(passed).toBeGreaterThan(200);
  const [text, mixed] = [Buffer.from(ENGLISH), Buffer.from(`${ENGLISH} ${noise(40).toString('base64')}`)];
  expect(isSurelyReadable(text, 0, text.length)).toBe(true);
  expect(isSurelyReadable(mixed, 0, mixed.length)).toBe(false);
});

test('code pages: messages with nothing between them are words all the same', () => {
  // "HalloGrüß GottSchöne Grüße aus KölnNatürlich, um fünf UhrTschüß".encode('mac-roman')
  const bytes = Buffer.from(
    '48616c6c6f47729fa720476f74745363689a6e652047729fa76520617573204b9a6c6e4e61749f726c6963682c20756d20669f6e6620556872' +
      '547363689fa7',
    'hex',
  );
  expect(judged(bytes)).toMatchObject({ text: 0, other: 0, disguised: { 'Mac Roman': bytes.length } });
});

test('Vigenère: a long text is read to its end, in bounded time', () => {
  const key = 'lemonade';
  let place = 0;
  const shifted = (letter: string): string => {
    const first = letter < 'a' ? 65 : 97;
    const by = key.charCodeAt(place++ % key.length) - 97;
    return String.fromCharCode(first + ((letter.charCodeAt(0) - first + by) % 26));
  };
  const said = `${ENGLISH}She said that nobody would come before noon, and that the garden gate stood open.
We met the old man near the river, where he was mending his boat with a piece of rope.\n`;
  const bytes = Buffer.from(said.repeat(1000).replace(/[A-Za-z]/g, shifted));
  const started = processorMs();
  const { disguised, other } = judged(bytes, 2 ** 16);
  expect(disguised).toMatchObject({ 'Vigenère, key of 8 letters': expect.any(Number) });
  expect(disguised['Vigenère, key of 8 letters' as Disguises]).toBeGreaterThan(0.99 * bytes.length);
  expect(other).toBe(0);
  // A quarter of a megabyte. A search for the key in each piece took four seconds.
  expect(processorMs() - started).toBeLessThan(2500);
});
