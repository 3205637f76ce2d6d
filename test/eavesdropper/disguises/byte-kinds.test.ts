/** The one look at a text that refuses disguises: it must never refuse what it does not know for certain. */
import { describe, expect, test } from '@jest/globals';
import { ByteKinds, bytesIn, refuses, type MadeOf } from '../../../src/eavesdropper/disguises/byte-kinds.js';
import { DISGUISES } from '../../../src/eavesdropper/disguises/disguises.js';
import type { Disguise } from '../../../src/eavesdropper/disguises/disguise.js';

const DIGITS = { only: [Buffer.from('0123456789')] };
const CASES: readonly MadeOf[] = [
  DIGITS,
  { only: [Buffer.from('abc'), Buffer.from('ABC')] },
  { needs: Buffer.from('=%') },
  { only: [Buffer.from('01 ')], needs: Buffer.from(' ') },
  {},
];

/** Plain reason, byte by byte. */
function isPossible({ only, needs }: MadeOf, text: Buffer): boolean {
  const isOfOne = only?.some((bytes) => text.every((byte) => bytes.includes(byte))) ?? true;
  return isOfOne && (needs === undefined || text.some((byte) => needs.includes(byte)));
}

test.each(['0', '12 34', 'abc', 'ABCABC', 'abC', 'a=b', '100%', ' ', '\0\xff'])('of %j', (letters) => {
  const text = Buffer.from(letters, 'latin1');
  const kinds = new ByteKinds(CASES);
  for (const madeOf of CASES)
    expect({ madeOf, refused: refuses(kinds.refusalOf(madeOf), kinds.in(text, 0, text.length)) }).toEqual({
      madeOf,
      refused: !isPossible(madeOf, text),
    });
});

test('of a part of the bytes, only that part is looked at', () => {
  const kinds = new ByteKinds(CASES);
  const part = kinds.in(Buffer.from('ab12cd'), 2, 4);
  expect(refuses(kinds.refusalOf(DIGITS), part)).toBe(false);
});

test('a table of letters as the bytes in it', () => {
  expect([...bytesIn(new Uint8Array(256).fill(1, 0x30, 0x33))]).toEqual([0x30, 0x31, 0x32]);
});

describe('a disguise reads nothing in a message that the look refuses', () => {
  const rows = (DISGUISES as readonly Disguise<string, string>[]).filter(({ madeOf }) => madeOf !== undefined);
  const kinds = new ByteKinds(rows.map(({ madeOf }) => madeOf));
  const texts = [
    'Hello, who is there?',
    'SGVsbG8sIHdvcmxk',
    'a=b&c=d',
    '~{VPND~}',
    '48 65 6c',
    'caf\u00e9',
    'IJKL%20',
    '\\x41',
  ];

  test.each(rows)('$name', ({ madeOf, ofMessage }) => {
    for (const text of texts.map((each) => Buffer.from(each)))
      if (refuses(kinds.refusalOf(madeOf), kinds.in(text, 0, text.length)))
        expect(ofMessage?.(text) ?? null).toBeNull();
    expect.assertions(texts.filter((each) => refuses(kinds.refusalOf(madeOf), kindsOf(each))).length);
  });

  function kindsOf(text: string): number {
    const bytes = Buffer.from(text);
    return kinds.in(bytes, 0, bytes.length);
  }
});
