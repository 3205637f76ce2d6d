import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { occurrences } from '../../../src/eavesdropper/search/occurrences.js';

/** Tries each place. */
function tried(haystack: Buffer, needle: Buffer, from: number): number[] {
  const found: number[] = [];
  for (let at = from; at + needle.length <= haystack.length; at += 1) {
    if (haystack.subarray(at, at + needle.length).equals(needle)) found.push(at);
  }
  return found;
}

test('all places, overlapping ones too', () => {
  expect([...occurrences(Buffer.from('aaaa'), Buffer.from('aa'))]).toEqual([0, 1, 2]);
  expect([...occurrences(Buffer.from('aaaa'), Buffer.from('aa'), 1)]).toEqual([1, 2]);
  expect([...occurrences(Buffer.from('aaaa'), Buffer.from(''))]).toEqual([]);
  expect([...occurrences(Buffer.from('aa'), Buffer.from('aaa'))]).toEqual([]);
});

/** Only two letters, so that long texts occur, and almost occur, often. */
const letters = (minLength: number, maxLength: number): fc.Arbitrary<Buffer> =>
  fc.array(fc.constantFrom(0x61, 0x62), { minLength, maxLength }).map((bytes) => Buffer.from(bytes));

test.each([
  ['short', 1, 6],
  ['long', 65, 80],
])('%s needles as by trying each place', (_, least, most) => {
  fc.assert(
    fc.property(
      letters(least, most),
      fc.array(fc.oneof(fc.constant(null), letters(0, 9)), { maxLength: 12 }),
      fc.nat(20),
      (needle, parts, from) => {
        const haystack = Buffer.concat(parts.map((part) => part ?? needle));
        expect([...occurrences(haystack, needle, from)]).toEqual(tried(haystack, needle, from));
      },
    ),
  );
});

test('a text that almost occurs everywhere takes time only for its length', () => {
  const haystack = Buffer.alloc(4_000_000, 'a');
  const needle = Buffer.from(`b${'a'.repeat(60_000)}`);
  // A comparison at each place would take 240,000,000,000 steps, and some minutes.
  expect([...occurrences(haystack, needle)]).toEqual([]);
});
