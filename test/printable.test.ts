import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { printable, printableBytes } from '../src/printable.js';
import { processorMs } from './processor-time.js';
import { longTestEach } from './tools.js';

test.each([
  ['plain text', 'Nice to Meet you', 'Nice to Meet you'],
  ['other scripts and emoji', 'Привет 你好 👩‍💻', 'Привет 你好 👩‍💻'],
  ['an escape sequence', '\x1b[2Jgone', '\\x1b[2Jgone'],
  ['the same with the one-byte control character', '\u009b2J', '\\x9b2J'],
  ['a line break, a tab, a bell', 'a\r\n\tb\x07', 'a\\x0d\\x0a\\x09b\\x07'],
  ['text that would be shown backwards', 'a\u202ecba', 'a\\u{202e}cba'],
  ['a lone surrogate', 'a\ud800b', 'a\\u{d800}b'],
  ['a backslash', 'C:\\x1b', 'C:\\x1b'],
])('%s', (_, text, shown) => {
  expect(printable(text)).toBe(shown);
});

/** Words, names and emoji as people write them, from Unicode's chapters on the scripts and its emoji-test.txt. */
test.each([
  ['families, professions, flags, keycaps', '👨‍👩‍👧‍👦 👩🏽‍💻 🧑🏿‍🦰 🏳️‍🌈 🏳️‍⚧️ 🏴‍☠️ ❤️‍🔥 👁️‍🗨️ 🐦‍⬛ 1️⃣ #️⃣ ☺︎ ©️ 🇩🇪'],
  ['the flag of Scotland', '\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}'],
  ['Persian: a plural whose parts do not join', 'می\u200cخواهم کتاب\u200cها'],
  ['Arabic: a letter in its joined form, and vowels', 'ه\u200d العَرَبِيَّةُ ﷺ'],
  ['Hindi, Bengali, Malayalam, Sinhala', 'हिन्दी क्\u200dष क्\u200cष ক্\u200cষ ശ്രീ ශ්\u200dරී'],
  ['Thai, Khmer with its invisible spaces, Burmese', 'ที่ ภาษา\u200bไทย ភាសា\u200bខ្មែរ ကြွှို့'],
  ['Hebrew with vowels and accents', 'שָׁלוֹם בְּרֵאשִׁ֖ית'],
  ['Tibetan letters below letters', 'ཧཱུྃ རྒྱལ་ཁབ'],
  ['Mongolian', 'ᠮᠣᠩᠭᠣᠯ\u180eᠠ ᠭ\u180bᠠ'],
  ['a Japanese name', '葛\u{e0100}城'],
  ['modern and old Korean', '한국어 ᄒᆞᆫ \u115fᅡ ᄀ\u1160'],
  ['Braille', '⠓⠑⠇⠇⠕⠀⠺⠕⠗⠇⠙'],
  ['accents of their own', 'Vie\u0323\u0302t Nam e\u0301'],
])('stays as it is: %s', (_, text) => {
  expect(printable(text)).toBe(text);
});

test.each([
  ['a soft hyphen', 'a\u00adb', 'a\\xadb'],
  ['a grapheme joiner', 'a\u034fb', 'a\\u{34f}b'],
  ['Hangul fillers without Hangul', 'a\u115fb\u1160c\u3164d\uffa0', 'a\\u{115f}b\\u{1160}c\\u{3164}d\\u{ffa0}'],
  ['a Mongolian vowel separator without Mongolian', 'a\u180eb', 'a\\u{180e}b'],
  ['joiners between letters that do not join', 'a\u200cb\u200dc\u200bd', 'a\\u{200c}b\\u{200d}c\\u{200b}d'],
  ['several joiners where one is allowed', 'م\u200c\u200c\u200cم', 'م\\u{200c}\\u{200c}\\u{200c}م'],
  ['an emoji joined to no other', '👨\u200dx', '👨\\u{200d}x'],
  ['invisible operators, old format characters', '\u2061\u2064\u206a\u206f', '\\u{2061}\\u{2064}\\u{206a}\\u{206f}'],
  ['a Braille blank without Braille', 'a\u2800\u2800b', 'a\\u{2800}\\u{2800}b'],
  [
    'variation selectors that belong to no character',
    'a\ufe0f1\ufe0f \ufe00\u{e0100}',
    'a\\u{fe0f}1\\u{fe0f} \\u{fe00}\\u{e0100}',
  ],
  ['a second variation selector after a first', '葛\u{e0100}\u{e0101}', '葛\u{e0100}\\u{e0101}'],
  [
    'tags, also after a flag',
    'a\u{e0041}\u{1f3f4}\u{e0068}\u{e0069}\u{e007f}',
    'a\\u{e0041}\u{1f3f4}\\u{e0068}\\u{e0069}\\u{e007f}',
  ],
  [
    'musical and shorthand controls',
    '\u{1d159}\u{1d173}\u{1d17a}\u{1bca0}',
    '\\u{1d159}\\u{1d173}\\u{1d17a}\\u{1bca0}',
  ],
  ['noncharacters', 'a\ufdd0b\ufdefc\uffff\u{1fffe}\u{10ffff}', 'a\\u{fdd0}b\\u{fdef}c\\u{ffff}\\u{1fffe}\\u{10ffff}'],
  ['private use', 'a\ue000b\uf8ffc\u{f0000}\u{10fffd}', 'a\\u{e000}b\\u{f8ff}c\\u{f0000}\\u{10fffd}'],
  ['a pile of marks', `e${'\u0301'.repeat(6)}`, `e${'\u0301'.repeat(4)}${'\\u{301}'.repeat(2)}`],
  ['a pile of marks of several scripts', 'e\u0489\u20dd\u0e47\u0301\u0489', 'e\u0489\u20dd\u0e47\u0301\\u{489}'],
  ['a mark at the start, which would sit on the character before the text', '\u0301x', '\\u{301}x'],
])('is shown as what it is: %s', (_, text, shown) => {
  expect(printable(text)).toBe(shown);
});

/**
 * Code points from Unicode, sections 23.7 (noncharacters: the last two of each plane, and a block of 32) and 23.5
 * (private use: three areas).
 */
test('a noncharacter or a private character is escaped, and its neighbours are not', () => {
  const isNone = (code: number): boolean => (code & 0xfffe) === 0xfffe || (code >= 0xfdd0 && code <= 0xfdef);
  const isPrivate = (code: number): boolean =>
    (code >= 0xe000 && code <= 0xf8ff) || (code >= 0xf0000 && (code & 0xffff) < 0xfffe);
  const bounds = [
    0xe000,
    0xf8ff,
    0xfdd0,
    0xfdef,
    0xf0000,
    0x100000,
    0x10ffff,
    ...Array.from({ length: 16 }, (_, plane) => plane * 0x10000 + 0xfffe),
  ];
  for (const code of bounds.flatMap((bound) => [bound - 1, bound, Math.min(bound + 1, 0x10ffff)])) {
    // Other rules escape lone surrogates and what a font ignores.
    const character = String.fromCodePoint(code);
    if (/[\p{Surrogate}\p{Default_Ignorable_Code_Point}]/u.test(character)) continue;
    expect(printable(character)).toBe(isNone(code) || isPrivate(code) ? `\\u{${code.toString(16)}}` : character);
  }
});

test('an invisible character is escaped, unless a script or an emoji needs it', () => {
  for (let code = 0; code <= 0x10ffff; code += 1) {
    const character = String.fromCodePoint(code);
    if (!/\p{Default_Ignorable_Code_Point}/u.test(character)) continue;
    expect(printable(`a${character}b`)).toBe(
      `a${code < 0x100 ? `\\x${code.toString(16)}` : `\\u{${code.toString(16)}}`}b`,
    );
  }
});

const UNITS: readonly (readonly [of: string, unit: string])[] = [
  ['joiners', 'a\u200d'],
  ['marks', '\u0301'],
  ['controls', '\x1b'],
  ['families', '👨‍👩‍👧‍👦'],
  ['a black flag with tags that make no flag', '\u{1f3f4}\u{e0067}\u{e0062}'],
];

longTestEach(UNITS, 'a text of half a million units takes no time to speak of: %s', (_, unit) => {
  const text = unit.repeat(Math.ceil(500_000 / unit.length));
  const start = processorMs();
  printable(text);
  // It takes less than a second. It would take minutes if the time grew with the square of the length.
  expect(processorMs() - start).toBeLessThan(5000);
});

test.each([
  ['UTF-8', 'c3a9', 'é'],
  ['a byte that starts no character', '61ff62', 'a\\xffb'],
  ['a sequence that is cut off', '61e282', 'a\\xe2\\x82'],
  ['an overlong form of /', 'c0af', '\\xc0\\xaf'],
  ['good text around bad bytes', 'e282acfee282ac', '€\\xfe€'],
])('bytes: %s', (_, hex, shown) => {
  expect(printableBytes(Buffer.from(hex, 'hex'))).toBe(shown);
});

test('no bytes leave a control character', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(printableBytes(bytes)).not.toMatch(/\p{Cc}/u);
    }),
  );
});
