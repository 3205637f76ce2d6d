import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { patternsOf } from '../../../src/eavesdropper/disguises/disguises.js';
import { ASCII_WITHOUT_CASE, hintOfCase, hintOfUrlEscapes } from '../../../src/eavesdropper/disguises/hint.js';
import { Haystack } from '../../../src/eavesdropper/search/search.js';
import { held } from './held.js';

/** Every character outside ASCII. */
function* beyondAscii(): Generator<string, void, void> {
  for (let code = 0x80; code < 0x11_0000; code += 1) {
    if (code < 0xd800 || code > 0xdfff) yield String.fromCodePoint(code);
  }
}

// eslint-disable-next-line no-control-regex -- all of ASCII
const SOME_ASCII = /[\x00-\x7f]/;

describe('characters that contain ASCII after case folding', () => {
  test('the list is complete for each way in which JavaScript folds case', () => {
    const reaching = [...beyondAscii()].filter((character) => {
      const upper = character.toUpperCase();
      return [upper, character.toLowerCase(), upper.toLowerCase()].some((other) => SOME_ASCII.test(other));
    });
    expect(reaching.sort()).toEqual(Array.from(ASCII_WITHOUT_CASE).sort());
  });

  test('the list contains those that a case-insensitive regular expression matches with ASCII', () => {
    const reaching = [...beyondAscii()].filter((character) => /[a-z]/iu.test(character));
    expect(reaching).toEqual(['ſ', '\u212a']);
    for (const character of reaching) expect(ASCII_WITHOUT_CASE).toContain(character);
  });
});

test.each([
  // The text as typed is not a hit of “in another case”. A text with another case is.
  [hintOfCase(Buffer.from('hello'), 'Hello'), 'Hello Hell hell', false],
  [hintOfCase(Buffer.from('hello'), 'Hello'), 'Hello hello', true],
  [hintOfCase(Buffer.from('strasse'), 'STRASSE'), Buffer.from('Straße').toString('latin1'), true],
  [hintOfCase(Buffer.from('a.c'), 'a.c'), 'aXc', false],
  [hintOfUrlEscapes(Buffer.from('a b'), false), 'a b 100%25', false],
  [hintOfUrlEscapes(Buffer.from('a b'), false), 'a%20b', true],
  [hintOfUrlEscapes(Buffer.from('a+b'), true), 'a+b', true],
  [hintOfUrlEscapes(Buffer.from('/'), false), '%2F', true],
])('%s in %j: %p', (hint, bytes, matches) => {
  expect(hint?.test(bytes)).toBe(matches);
});

test('a text without ASCII has no hint', () => {
  expect(hintOfCase(Buffer.from('привет'), 'Привет')).toBeNull();
});

const PIECES = [
  ...[
    'ß',
    'İ',
    'ı',
    'ŉ',
    'ſ',
    'ǰ',
    'ẖ',
    '\u212a',
    'ﬁ',
    'ﬃ',
    'ﬆ',
    'S',
    's',
    'K',
    'k',
    'f',
    'i',
    'h',
    'é',
    'Я',
    'я',
    ' ',
    '\n',
  ],
  ...['%', '%4', '%53', '%73', '%66', '%25', '+'],
].map((text) => Buffer.from(text));
/** UTF-8 characters that are cut, and bytes that are never UTF-8. */
const TORN = [0xc3, 0xe2, 0x84, 0xef, 0x80, 0xf0, 0xff].map((byte) => Buffer.from([byte]));
const TEXTS = [
  's',
  'ss',
  'fi',
  'k',
  'i',
  'hs',
  'St',
  'sS',
  'f i',
  'K',
  'ſ',
  'ß',
  'я',
  's+k',
  '%',
  'kﬁ',
  'i\u0307',
  'ffi',
  '736b',
];

test('from any place on, a search with its hint finds what a search of all bytes without it finds', () => {
  const bytes = fc
    .array(fc.constantFrom(...PIECES, ...TORN), { minLength: 5, maxLength: 40 })
    .map((pieces) => Buffer.concat(pieces));
  let found = 0;
  fc.assert(
    fc.property(bytes, fc.constantFrom(...TEXTS), fc.constantFrom(0, 0, 0.3, 0.7), (source, text, share) => {
      const from = Math.floor(share * source.length);
      for (const pattern of patternsOf(text)) {
        const all = [...new Haystack(0, 'client', held(source), 'unknown').spans({ ...pattern, hint: null })];
        const hinted = [...new Haystack(0, 'client', held(source), 'unknown').spans(pattern, from)];
        expect(hinted).toEqual(all.filter(({ start }) => start >= from));
        found += hinted.length;
      }
    }),
    { numRuns: 1500 },
  );
  expect(found).toBeGreaterThan(300);
});
