/**
 * How often the listener takes for text in a code page, a toy cipher or the like what is none: hardly ever. And how
 * long it takes for bytes that almost are.
 */
import { describe, expect, test } from '@jest/globals';
import { createCipheriv } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Readability } from '../../../src/eavesdropper/content/readability.js';
import { CODE_PAGES } from '../../../src/eavesdropper/disguises/code-pages.js';
import { DOUBLE_BYTE } from '../../../src/eavesdropper/disguises/double-byte.js';
import { ISO_2022_JP } from '../../../src/eavesdropper/disguises/iso-2022-jp.js';
import { TWICE_UTF8 } from '../../../src/eavesdropper/disguises/mojibake.js';
import { REPEATED_XOR } from '../../../src/eavesdropper/disguises/repeated-xor.js';
import { TOYS } from '../../../src/eavesdropper/disguises/toys.js';
import { UTF_32 } from '../../../src/eavesdropper/disguises/utf-32.js';
import { UTF_7 } from '../../../src/eavesdropper/disguises/utf-7.js';
import { UUENCODE } from '../../../src/eavesdropper/disguises/uuencode.js';
import { BASE100 } from '../../../src/eavesdropper/disguises/base100.js';
import { BASE45 } from '../../../src/eavesdropper/disguises/base45.js';
import { BASE91, Z85 } from '../../../src/eavesdropper/disguises/base85.js';
import { BIG_BASES } from '../../../src/eavesdropper/disguises/big-bases.js';
import { LETTER_SIGNS } from '../../../src/eavesdropper/disguises/letter-signs.js';
import { PRINTED_SHIFT } from '../../../src/eavesdropper/disguises/printed-shift.js';
import { PUNYCODE } from '../../../src/eavesdropper/disguises/punycode.js';
import { REVERSED_BASE64 } from '../../../src/eavesdropper/disguises/reversed-base64.js';
import { TRANSPOSED } from '../../../src/eavesdropper/disguises/transposed.js';
import { VIGENERE } from '../../../src/eavesdropper/disguises/vigenere.js';
import { processorMs } from '../../processor-time.js';
import { longTest, longTestEach } from '../../tools.js';

const MEGABYTE = 2 ** 20;
const NAMES = [
  ...CODE_PAGES,
  ...DOUBLE_BYTE,
  ...TOYS,
  ...UTF_32,
  ...UTF_7,
  ...TWICE_UTF8,
  REPEATED_XOR,
  VIGENERE,
  UUENCODE,
  ISO_2022_JP,
  ...LETTER_SIGNS,
  PRINTED_SHIFT,
  ...TRANSPOSED,
  REVERSED_BASE64,
  ...BIG_BASES,
  BASE45,
  Z85,
  BASE91,
  BASE100,
  PUNYCODE,
].map(({ name }) => name);

/** As evenly spread as random bytes, and the same each time. */
function evenBytes(length: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, 'key'), Buffer.alloc(16)).update(Buffer.alloc(length));
}

function chunksOf(bytes: Buffer, length: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.subarray(length * index, length * (index + 1)),
  );
}

/** Bytes that are taken for one of these, or for letters of no language; each of `streams` is judged by itself. */
function wronglyTaken(streams: readonly Buffer[]): number {
  let wrong = 0;
  for (const stream of streams) {
    const readability = new Readability((as, start, end) => {
      const name = as.replace(/ in .*$/, '');
      if (NAMES.some((known) => name.startsWith(known)) || /^(XOR|printed characters)/.test(name)) wrong += end - start;
    });
    readability.take(stream, 0, stream.length, true);
    wrong += readability.findings().letters ?? 0;
  }
  return wrong;
}

/** A megabyte of the files with such names in the packages that are installed. */
function filesOf(name: RegExp): Buffer {
  const folder = fileURLToPath(new URL('../../../node_modules/', import.meta.url));
  const texts = readdirSync(folder)
    .filter((each) => !each.startsWith('.') && !each.startsWith('@'))
    .flatMap((each) =>
      readdirSync(folder + each)
        .filter((file) => name.test(file))
        .map((file) => readFileSync(`${folder}${each}/${file}`)),
    );
  return Buffer.concat(texts).subarray(0, MEGABYTE);
}

const RANDOM = evenBytes(MEGABYTE);

describe.each([
  ['random bytes', RANDOM],
  ['base64 of random bytes', Buffer.from(RANDOM.toString('base64').slice(0, MEGABYTE))],
  ['hex of random bytes', Buffer.from(RANDOM.toString('hex').slice(0, MEGABYTE))],
  // English that people wrote, and programs, settings and lists.
  ['English', filesOf(/^(LICEN[CS]E|README)(\.md)?$/i)],
  ['JavaScript and JSON', filesOf(/\.(js|json)$/)],
])('a megabyte of %s', (_, bytes) => {
  longTestEach([[40], [300], [MEGABYTE]], 'in streams of %i bytes', (length) => {
    // One in a hundred thousand, as it is here, may be a character that a stream cuts.
    expect(wronglyTaken(chunksOf(bytes, length))).toBeLessThanOrEqual(20);
  });

  if (bytes !== RANDOM)
    longTest('line by line', () => {
      const lines = bytes.toString('latin1').split(/(?<=\n)/);
      expect(wronglyTaken(lines.map((line) => Buffer.from(line, 'latin1')))).toBeLessThanOrEqual(20);
    });
});

longTest('none of the parts of a program is taken for UTF-32 or a repeated XOR', () => {
  const program = readFileSync(process.execPath).subarray(0, 4 * MEGABYTE);
  const taken = new Set<string>();
  for (const part of chunksOf(program, 1024)) {
    const readability = new Readability((as) => taken.add(as.replace(/ in .*$/, '')));
    readability.take(part, 0, part.length, true);
  }
  expect([...taken].filter((as) => /^(UTF-32|XOR with a repeated|Vigenère|uuencode|ISO-2022)/.test(as))).toEqual([]);
});

test.each([
  'Grüße aus Köln, wir kommen morgen früh um acht am Bahnhof an und gehen über die Brücke',
  'Où êtes-vous ? Le café était déjà fermé, nous vous attendons à côté de l’école',
  'Привет, как дела? Встретимся завтра у старого моста, я буду ждать там с восьми часов',
  '你好，今天天气怎么样？我们明天早上八点在车站见面，然后一起去学校吧。',
  'こんにちは、お元気ですか？明日の朝八時に駅で会いましょう。',
  'Merhaba, yarın sabah istasyonda görüşürüz; hava çok güzel olacakmış',
  'Vêtement « été » à São Paulo: 25 °C, ±3 ½ µm, § 7 ¶ 2, © 2026, 10 €',
  '1 + 1 = 2, a+b-c, C++ and +49-221-9876, +Abc- is no word',
  'Huomenta, tavataan huomenna asemalla kello kahdeksan, älä myöhästy',
  'SELECT name, age FROM students WHERE class = 7 ORDER BY name;',
  'ls -la /usr/local/bin && cat /etc/hosts | grep -v 127.0.0.1',
  'HELLO WORLD THIS IS A TEST MESSAGE FROM THE CLIENT',
  'mov eax, ebx; xor ecx, ecx; jnz loop; push ebp; call printf',
  'qwertyuiop asdfghjkl zxcvbnm qwertyuiop asdfghjkl zxcvbnm',
  "if (besti+bestsize < ahi && bestj+bestsize < bhi) s = '-arch +ppc +cls. h+ONE_THIRD'",
  'begin 644 is what uuencode writes, and 10+20 or CTRL+C are no shifts of UTF-7',
])('%s: is text as it was typed', (text) => {
  const taken: string[] = [];
  const bytes = Buffer.from(`${text}\n`);
  const readability = new Readability((as) => taken.push(as));
  readability.take(bytes, 0, bytes.length, true);
  expect([...new Set(taken)]).toEqual(['text']);
});

// tr 'A-Za-z' 'D-ZA-Cd-za-c', and rev
test.each(['kl\n', 'Khoor\n', 'rn ebh\n', 'olleh\n', 'Ok Bye'])('%j is too short to tell', (text) => {
  const taken: string[] = [];
  const readability = new Readability((as) => taken.push(as));
  readability.take(Buffer.from(text), 0, text.length, true);
  expect(taken).toEqual(['text']);
});

test('a list of ciphers of TLS is numbers, not UTF-16', () => {
  // As of the IANA registry: 006b 006a 0069 0068 0039 0038 0037 0036, and 0067 0040 003f 003e 0033 0032 0031 0030.
  const list = Buffer.from('006b006a0069006800390038003700360067' + '0040003f003e0033003200310030', 'hex');
  const readability = new Readability();
  readability.take(Buffer.concat([RANDOM.subarray(0, 40), list, RANDOM.subarray(40, 60)]), 0, 60 + list.length, true);
  expect(readability.findings().disguised).toEqual({});
});

/** English in which each letter stands for another: no key of several letters brings it back. */
function noLanguage(): string {
  const letters = 'qazwsxedcrfvtgbyhnujmikolp';
  const text = 'meet me at the old bridge tomorrow and bring the map with you and some money for the ferry ';
  return text.replace(/[a-z]/g, (letter) => letters[letter.charCodeAt(0) - 0x61] ?? '');
}

const WORDS = Buffer.from('meet me at the old bridge tomorrow and bring the map with you, ');
const ALMOST: readonly (readonly [name: string, unit: Buffer])[] = [
  ['words in Latin-1 with a control in each', Buffer.from('caf\xe9 gr\xfc\xdfe \x01', 'latin1')],
  ['letters of one code page and of another', Buffer.from('cff0e8e2e5f220f0d2c9d7c5d420', 'hex')],
  ['lead bytes without a trail', Buffer.from('c4e3bac320c420', 'hex')],
  ['half of a Shift-JIS text', Buffer.from('82b182f182c982bf82cd8141820a', 'hex')],
  ['shifted words without a word that is known', Buffer.from('zqxjk vwpbf zzqxj kvwpb ')],
  ['XOR with two bytes in turns', Buffer.from(WORDS.map((byte, at) => byte ^ (at % 2 === 0 ? 0x91 : 0x2a)))],
  ['numbers of four bytes', Buffer.from('00000041000000420000004300000001', 'hex')],
  ['letters of no language', Buffer.from(noLanguage())],
  ['letters of no language in base64', Buffer.from(`${Buffer.from(noLanguage()).toString('base64')} `)],
  [
    'a substitution under XOR',
    Buffer.from(Buffer.from(noLanguage()).map((byte, at) => byte ^ (at % 5 === 0 ? 0x13 : 0x0b))),
  ],
  ['lines that are almost uuencode', Buffer.from('M!"#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ\n')],
  ['ESC without Japanese', Buffer.from('\x1b$B\x1b(B!!\x1b$B ')],
  ['text and XOR in turns', Buffer.concat([WORDS, Buffer.from(WORDS.map((byte) => byte ^ 0x91)), Buffer.from([0, 1])])],
];

longTestEach(ALMOST, '%s: time grows with the bytes alone', (_, unit) => {
  const bytes = Buffer.alloc(2 * MEGABYTE, unit);
  const started = processorMs();
  const readability = new Readability();
  readability.take(bytes, 0, bytes.length, true);
  expect(processorMs() - started).toBeLessThan(6000);
});
