/**
 * Which ways to write bytes can be read without a key. A text in each of them can be read; ciphertext in the same form
 * cannot. Buffer and plain arithmetic write each one here. The ciphertext is AES of node:crypto.
 */
import { describe, expect, test } from '@jest/globals';
import { createCipheriv } from 'node:crypto';
import { Readability } from '../../../src/eavesdropper/content/readability.js';
import { Haystack, search } from '../../../src/eavesdropper/search/search.js';
import { held } from './held.js';

const TEXT = 'Meet me at the old bridge at nine, and bring the map';

function ciphertext(seed: number): Buffer {
  const cipher = createCipheriv('aes-128-cbc', Buffer.alloc(16, 'key'), Buffer.alloc(16, seed));
  return Buffer.concat([cipher.update(TEXT), cipher.final()]);
}

const hex = (bytes: Buffer, sign: string, before = ''): string =>
  [...bytes].map((byte) => before + byte.toString(16).padStart(2, '0')).join(sign);
const base64 = (bytes: Buffer): string => bytes.toString('base64');
const utf16 = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('latin1'), 'utf16le');

/** base32 and base85 by long division, which no part of the program uses. */
function inBase(bytes: Buffer, alphabet: string, group: number, signs: number): string {
  const padded = Buffer.concat([bytes, Buffer.alloc((group - (bytes.length % group)) % group)]);
  const groups = Array.from({ length: padded.length / group }, (_, index) => {
    let value = BigInt(`0x${padded.toString('hex', group * index, group * (index + 1))}`);
    return Array.from({ length: signs }, () => {
      const sign = alphabet[Number(value % BigInt(alphabet.length))] ?? '';
      value /= BigInt(alphabet.length);
      return sign;
    })
      .reverse()
      .join('');
  });
  return groups.join('').slice(0, Math.ceil((bytes.length * signs) / group));
}
const OF_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const OF_85 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';

const SPELLINGS: Readonly<Record<string, (bytes: Buffer) => string>> = {
  'hex with colons': (bytes) => hex(bytes, ':'),
  'HEX WITH BLANKS': (bytes) => hex(bytes, ' ').toUpperCase(),
  'hex as a list': (bytes) => `[${hex(bytes, ', ', '0x')}]`,
  'escapes of a language': (bytes) => `b'${hex(bytes, '', '\\x')}'`,
  'URL escapes': (bytes) => hex(bytes, '', '%'),
  'a list of numbers': (bytes) => `[${bytes.join(', ')}]`,
  'numbers with blanks': (bytes) => bytes.join(' '),
  'a long number': (bytes) => BigInt(`0x${bytes.toString('hex')}`).toString(),
  '0s and 1s': (bytes) => [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join(''),
  'groups of 0s and 1s': (bytes) => [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join(' '),
  base32: (bytes) => inBase(bytes, OF_32, 5, 8),
  base85: (bytes) => inBase(bytes, OF_85, 4, 5),
  'base85 in JSON': (bytes) => `{"data":"${inBase(bytes, OF_85, 4, 5)}"}`,
  'base64 of base64': (bytes) => base64(Buffer.from(base64(bytes))),
  'base64 of hex': (bytes) => base64(Buffer.from(bytes.toString('hex'))),
  'hex of base64': (bytes) => Buffer.from(base64(bytes)).toString('hex'),
  'base64 of a list': (bytes) => base64(Buffer.from(bytes.join(', '))),
  'base64 of base64 of base64': (bytes) => base64(Buffer.from(base64(Buffer.from(base64(bytes))))),
};

function judged(wire: string): { readonly readable: number; readonly opaque: number; readonly shown: string } {
  const bytes = Buffer.from(wire);
  const readability = new Readability();
  readability.take(bytes, 0, bytes.length, true);
  const { text, disguised, encoded, other, samples } = readability.findings();
  const readable = Object.values(disguised).reduce((sum, count) => sum + count, text);
  return { readable, opaque: encoded + other, shown: samples.map((sample) => sample.text).join('') };
}

describe.each(Object.entries(SPELLINGS))('%s', (_, spelled) => {
  test('text in it is shown and found', () => {
    const wire = `${spelled(Buffer.from(TEXT))}\n`;
    expect(judged(wire)).toMatchObject({ opaque: 0 });
    expect(judged(wire).shown).toContain(TEXT);
    const hits = search('the old bridge', [new Haystack(0, 'client', held(Buffer.from(wire)), 'unknown')]);
    expect(hits.map(({ meaning }) => meaning)).toContain('text');
  });

  test('ciphertext in it is not text', () => {
    for (let seed = 0; seed < 40; seed += 1) {
      const wire = `${spelled(ciphertext(seed))}\n`;
      const { readable, opaque } = judged(wire);
      // The bytes around it, `{"data":` or the brackets, are text. In base85 a cut-off piece beside a token can be too.
      expect(readable).toBeLessThanOrEqual(0.3 * wire.length);
      expect(opaque).toBe(wire.length - readable);
    }
  });
});

test('ciphertext that was taken for Latin-1 and written as UTF-8 holds no text', () => {
  let readable = 0;
  for (let chat = 0; chat < 40; chat += 1) {
    const lines = Array.from({ length: 8 }, (_, seed) => `${ciphertext(8 * chat + seed).toString('latin1')}\n`);
    readable += judged(lines.join('')).readable;
  }
  expect(readable).toBe(0);
});

test('XOR of ASCII with letters is no text in hex, though few of its digits are letters', () => {
  const key = Buffer.from('apple');
  const bytes = Buffer.from(TEXT).map((byte, at) => byte ^ (key[at % key.length] ?? 0));
  expect(judged(Buffer.from(bytes).toString('hex'))).toMatchObject({ readable: 0 });
});

test('base64 of UTF-16 is read, and of UTF-16 in Russian', () => {
  expect(judged(base64(utf16(Buffer.from(TEXT)))).shown).toBe(TEXT);
  const russian = 'Встретимся у старого моста';
  expect(judged(base64(Buffer.from(russian, 'utf16le'))).shown).toBe(russian);
});

test.each([
  ['dates', '2023-11-14 22:13:20, 2023-11-15 10:00:00, 2023-11-16 09:30:00\n'],
  ['an address of a network card', 'my card is 00:1b:44:11:3a:b7\n'],
  ['marks', 'their marks: 12, 14, 9, 15, 11, 13, 10, 8, 14, 12, 13, 9, 15, 11\n'],
  ['years of age', '[34, 45, 67, 33, 41, 52, 38, 47, 61, 29, 35, 44]\n'],
  ['a telephone number', 'call 0049 221 9876543210 or 00491701234567890\n'],
  ['bits of a mask', 'the mask is 11111111 00000000\n'],
  ['a path of Windows', 'C:\\Users\\ann\\xenon\\ubuntu\\new.txt and D:\\x86\\u2\n'],
  ['source code', 'if (a[i] != b[j] && c->d) { x = y ? z : *w; } // 0x1F, 0xFF\n'],
  ['JSON', '{"type":"chat","from":"Ann","to":"Bob","n":[1,2,3],"ok":true}\n'],
  ['a link', 'see https://example.com/a/b?c=d&e=f#Section-2.1 for it\n'],
])('%s are text as typed', (_, text) => {
  expect(judged(text)).toEqual({ readable: text.length, opaque: 0, shown: text.trim() });
});
