/** UTF-7 (RFC 2152): `Gr+APwA3w Gott`, where `+` begins base64 of UTF-16, up to `-` or another sign. */
import type { Disguise, Disguised } from './disguise.js';
import { lettersOfOtherScripts } from './scripts.js';
import { isTyped } from './text-bytes.js';

const DISGUISE = { name: 'UTF-7', patterns: () => [] } as const;
const PLUS = 0x2b;

/** Two rows with one name: in a line, and where so much of it is base64 that it could be taken for base64. */
export const UTF_7: readonly Disguise<'UTF-7'>[] = [
  // A message in ASCII looks the same in UTF-7. Then no other does.
  {
    ...DISGUISE,
    recognised: { within: 'line', sign: PLUS, of: utf7Of },
    madeOf: { needs: Buffer.of(PLUS) },
    ofMessage,
  },
  {
    ...DISGUISE,
    recognised: {
      within: 'token',
      letters: 63,
      of: (bytes, start, end) => (bytes[start] === PLUS ? utf7Of(bytes, start, end) : null),
    },
  },
];

function ofMessage(message: Buffer): Buffer | null {
  return utf7Of(message, 0, message.length)?.decoded(message.length) ?? null;
}

const SHIFTED = /\+([A-Za-z0-9+/]*)-?/g;
/** Whole units of 16 bits, and fewer than six bits that are zero. */
const LEAST_SIGNS = 3;

function utf7Of(bytes: Buffer, start: number, end: number): Disguised<'UTF-7'> | null {
  const line = bytes.toString('latin1', start, end);
  if (/[^\p{ASCII}]/u.test(line)) return null;
  let hasLetters = false;
  for (const [, signs = ''] of line.matchAll(SHIFTED)) {
    if (signs === '') continue;
    const text = unitsOf(signs);
    if (text === null || !/[^\P{L}\p{ASCII}]|[\u2010-\u203a\u20ac]/u.test(text)) return null;
    if (/[^\p{L}\p{M}\p{P}\p{S}\p{Z}]/u.test(text)) return null;
    hasLetters = true;
  }
  if (!hasLetters) return null;
  const decoded = (most: number): Buffer => {
    const part = line.slice(0, most);
    return Buffer.from(part.replace(SHIFTED, (all, signs: string) => (signs === '' ? '+' : (unitsOf(signs) ?? all))));
  };
  const text = decoded(line.length);
  return isTyped(text) && lettersOfOtherScripts(text.toString('utf8')) === 0
    ? { as: 'UTF-7', decoded, otherwise: 'words' }
    : null;
}

function unitsOf(signs: string): string | null {
  if (signs.length < LEAST_SIGNS) return null;
  const bytes = Buffer.from(signs, 'base64');
  const whole = bytes.length - (bytes.length % 2);
  // What is left over is less than a sign, and zero.
  if (Math.ceil((8 * whole) / 6) !== signs.length) return null;
  if (bytes.subarray(0, whole).toString('base64').replace(/=+$/, '') !== signs) return null;
  const text = Buffer.from(bytes.subarray(0, whole)).swap16().toString('utf16le');
  return /\p{Cs}/u.test(text) ? null : text;
}
