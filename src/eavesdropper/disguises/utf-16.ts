/**
 * UTF-16: two bytes for most characters, in either order. One recognition tells the two orders apart, because the same
 * bytes can be valid text in both.
 */
import { bytesIn } from './byte-kinds.js';
import { asItStands, type Disguise, type Recognition } from './disguise.js';
import { behindLetters } from './runs.js';
import { isText } from './text-bytes.js';
import { usualCharacters } from './usual-characters.js';
import { nextUtf16 } from './utf16-text.js';

type Utf16 = 'UTF-16LE' | 'UTF-16BE';

/** Two letters of ASCII are one unit of UTF-16, but nobody means that. */
export const IS_ASCII = new Uint8Array(256).fill(1, 0x09, 0x7f);
const MADE_OF = { needs: bytesIn(IS_ASCII.map((isAscii) => 1 - isAscii)) };

const RECOGNISED: Recognition<Utf16> = { within: 'others', next: nextUtf16 };

export const UTF_16LE: Disguise<'UTF-16LE', Utf16> = {
  name: 'UTF-16LE',
  recognised: RECOGNISED,
  patterns: (text) => [{ ...asItStands(Buffer.from(text, 'utf16le')), isThere: mayBeLittleEndian }],
  madeOf: MADE_OF,
  ofMessage: (message) => (mayBeUtf16(message) ? ofUtf16Message(message) : null),
};

export const UTF_16BE: Disguise<'UTF-16BE', Utf16> = {
  name: 'UTF-16BE',
  recognised: RECOGNISED,
  patterns: (text) => [{ ...asItStands(Buffer.from(text, 'utf16le').swap16()), isThere: mayBeBigEndian }],
  madeOf: MADE_OF,
  ofMessage: (message) => (mayBeUtf16(message) ? ofUtf16Message(Buffer.from(message).swap16()) : null),
};

/**
 * Among letters of ASCII, each second byte is zero, so they fit both orders, one byte apart. What tells the orders
 * apart is whether the row of them begins with a letter and ends with a zero, or the other way round; null if it does
 * neither, as where a number stands in front of it.
 */
function orderAt(bytes: Buffer, zero: number): Utf16 | null {
  let from = zero;
  while (from > 1 && bytes[from - 2] === 0 && bytes[from - 1] !== 0) from -= 2;
  let to = zero;
  while (to + 2 < bytes.length && bytes[to + 2] === 0 && bytes[to + 1] !== 0) to += 2;
  const beginsWithLetter = from > 0 && bytes[from - 1] !== 0;
  const endsWithLetter = to + 1 < bytes.length && bytes[to + 1] !== 0;
  if (beginsWithLetter === endsWithLetter) return null;
  return beginsWithLetter ? 'UTF-16LE' : 'UTF-16BE';
}

function mayBeLittleEndian(bytes: Buffer, start: number): boolean {
  return bytes[start] === 0 || bytes[start + 1] !== 0 || orderAt(bytes, start + 1) !== 'UTF-16BE';
}

function mayBeBigEndian(bytes: Buffer, start: number): boolean {
  return bytes[start] !== 0 || bytes[start + 1] === 0 || orderAt(bytes, start) !== 'UTF-16LE';
}

/** The first unit of many texts (RFC 2781, section 3.2). It is no part of what they say. */
const MARK = '\ufeff';
/** Letters of the scripts that are written most, and signs. Of random units, 4 of 100 are among these. */
const OF_SCRIPTS =
  /[ -~«»‘’“”–—…、。！？，：；\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Thai}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const LEAST_KNOWN = 0.6;

/**
 * Most units are a character of some script, but few of them are one that people use. So without a mark, most
 * characters have to be such a one.
 */
function ofUtf16Message(littleEndian: Buffer): Buffer | null {
  const all = littleEndian.toString('utf16le');
  const text = all.startsWith(MARK) ? all.slice(MARK.length) : all;
  if (text === '' || text.includes('\0') || (text === all && !areUsual(text))) return null;
  const utf8 = Buffer.from(text);
  // A half of a pair, which stands for nothing alone, became U+FFFD.
  return isText(utf8, utf8.length) && utf8.toString() === text ? utf8 : null;
}

function mayBeUtf16(message: Buffer): boolean {
  return message.length % 2 === 0 && behindLetters(IS_ASCII, message, 0, message.length) < message.length;
}

function areUsual(text: string): boolean {
  let [count, others] = [0, 0];
  for (const character of text) {
    count += 1;
    if (isUsual(character)) continue;
    others += 1;
    // However many characters are still to come, these are too many.
    if (others > (1 - LEAST_KNOWN) * text.length) return false;
  }
  return count - others >= LEAST_KNOWN * count;
}

function isUsual(character: string): boolean {
  if (OF_SCRIPTS.test(character)) return true;
  const { traditional, japanese, korean } = usualCharacters();
  return traditional.has(character) || japanese.has(character) || korean.has(character);
}
