/**
 * The table of the disguises, and all forms in which a text is searched for. A disguise that is missing here is neither
 * shown nor found.
 */
import { BACKSLASH_ESCAPES } from './backslash-escapes.js';
import { BASE32 } from './base32.js';
import { BASE64 } from './base64.js';
import { ASCII85, BASE85, BASE91, Z85 } from './base85.js';
import { BASE45 } from './base45.js';
import { BASE100 } from './base100.js';
import { BIG_BASES } from './big-bases.js';
import { BINARY_DIGITS, DECIMAL_NUMBERS, HEX_BYTES, LONG_NUMBER, OCTAL_NUMBERS } from './digits.js';
import { DOUBLE_BYTE } from './double-byte.js';
import { HTML_ESCAPES } from './html-escapes.js';
import {
  BROTLI,
  CORRECTED_TYPING,
  DEFLATE,
  PERMESSAGE_DEFLATE,
  WEBSOCKET_FRAGMENTS,
  WEBSOCKET_MASK,
  ZSTD,
} from './framed.js';
import { CODE_PAGES } from './code-pages.js';
import { asItStands, type Disguise, type SearchedFor } from './disguise.js';
import { HEX } from './hex.js';
import { hintOfCase } from './hint.js';
import { HZ } from './hz.js';
import { LETTER_SIGNS } from './letter-signs.js';
import { ISO_2022_JP } from './iso-2022-jp.js';
import { ISO_2022_KR } from './iso-2022-kr.js';
import { HTTP_BASIC, SASL_LOGIN } from './login.js';
import { GZIP, ZLIB } from './packed.js';
import { PRINTED_SHIFT, type PrintedShiftName } from './printed-shift.js';
import { PUNYCODE } from './punycode.js';
import { REVERSED_BASE64 } from './reversed-base64.js';
import { TRANSPOSED, type TransposedName } from './transposed.js';
import { QUOTED_PRINTABLE } from './quoted-printable.js';
import { REPEATED_XOR, type RepeatedXorName } from './repeated-xor.js';
import { Respelling, WITHOUT_CASE } from './respelling.js';
import { SASL_PLAIN } from './sasl-plain.js';
import { TOYS, type ShiftedBytesName } from './toys.js';
import type { AlphabetName } from './alphabets.js';
import { URL_ESCAPES } from './url-escapes.js';
import type { XorName } from './substituted.js';
import { TWICE_UTF8 } from './mojibake.js';
import { UTF_16BE, UTF_16LE } from './utf-16.js';
import { UTF_32 } from './utf-32.js';
import { UTF_7 } from './utf-7.js';
import { UUENCODE } from './uuencode.js';
import { VIGENERE, type VigenereName } from './vigenere.js';
import { XOR } from './xor.js';

/** In the order in which hits are reported. */
export const DISGUISES = [
  BASE64,
  HEX,
  URL_ESCAPES,
  QUOTED_PRINTABLE,
  UTF_16LE,
  UTF_16BE,
  BASE32,
  BASE85,
  ASCII85,
  HEX_BYTES,
  OCTAL_NUMBERS,
  DECIMAL_NUMBERS,
  BINARY_DIGITS,
  LONG_NUMBER,
  BACKSLASH_ESCAPES,
  HTML_ESCAPES,
  SASL_PLAIN,
  HTTP_BASIC,
  SASL_LOGIN,
  GZIP,
  ZLIB,
  DEFLATE,
  BROTLI,
  ZSTD,
  WEBSOCKET_MASK,
  WEBSOCKET_FRAGMENTS,
  PERMESSAGE_DEFLATE,
  CORRECTED_TYPING,
  ...CODE_PAGES,
  ...DOUBLE_BYTE,
  XOR,
  REPEATED_XOR,
  ...TOYS,
  VIGENERE,
  ...UTF_32,
  ...UTF_7,
  UUENCODE,
  ISO_2022_JP,
  ISO_2022_KR,
  HZ,
  ...TWICE_UTF8,
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
] as const;
/** The name of a row. What is found may be named more closely, such as with a key. */
export type DisguiseName = (typeof DISGUISES)[number]['name'];
export type FoundName =
  | DisguiseName
  | XorName
  | RepeatedXorName
  | AlphabetName
  | ShiftedBytesName
  | VigenereName
  | PrintedShiftName
  | TransposedName;
/** The name of a disguise, or of several, the innermost first: `UTF-16LE in base64`. */
export type Disguises = string;

const TOY_NAMES = (DISGUISES as readonly Disguise<string, FoundName>[]).flatMap(({ toyNames = [] }) => toyNames);

/** Whether the innermost of some disguises is a toy cipher. */
export function isToyCipher(disguises: Disguises): boolean {
  return TOY_NAMES.some((name) => disguises.startsWith(name));
}

/** `ü` as one character, or as `u` and two dots: Unicode's forms NFC and NFD, which look the same. */
const OTHERWISE_COMPOSED = 'otherwise composed';

/** The shape in which a text was found: as it was typed, in another case, or as in {@link Disguises}. */
export type Shape = string;
export const SHAPES: readonly Shape[] = [
  'as typed',
  'in another case',
  OTHERWISE_COMPOSED,
  ...new Set(DISGUISES.map(({ name }) => name)),
];

export interface Pattern extends SearchedFor {
  readonly shape: Shape;
}

/** All patterns that find `text`. A pattern that would have no characters left is dropped. */
export function patternsOf(text: string): readonly Pattern[] {
  const typed = Buffer.from(text, 'utf8');
  const patterns: readonly Pattern[] = [
    { shape: 'as typed', ...asItStands(typed) },
    inAnotherCase(text, typed),
    ...otherForms(text).flatMap((form): Pattern[] => [
      { shape: OTHERWISE_COMPOSED, ...asItStands(Buffer.from(form)) },
      { ...inAnotherCase(form, Buffer.from(form)), shape: OTHERWISE_COMPOSED },
    ]),
    ...[text, ...otherForms(text)].flatMap((form) =>
      DISGUISES.flatMap(({ name, ...disguise }) =>
        disguise.patterns(form, Buffer.from(form)).map((each) => ({ shape: name, ...each })),
      ),
    ),
  ];
  return patterns.filter(({ bytes, isNotUtf8 }, index) => {
    // Many letters are the same byte in several code pages: the first of them is told.
    const isDouble =
      isNotUtf8 === true && patterns.slice(0, index).some((other) => other.isNotUtf8 && other.bytes.equals(bytes));
    return bytes.length > 0 && !isDouble;
  });
}

/** The other forms in which Unicode writes the same letters; most texts have none. */
export function otherForms(text: string): readonly string[] {
  return [...new Set([text.normalize('NFC'), text.normalize('NFD')])].filter((form) => form !== text);
}

function inAnotherCase(text: string, typed: Buffer): Pattern {
  const { bytes } = new Respelling(typed, WITHOUT_CASE);
  return {
    shape: 'in another case',
    bytes,
    spelling: WITHOUT_CASE,
    unlessSource: typed,
    hint: hintOfCase(bytes, text),
  };
}
