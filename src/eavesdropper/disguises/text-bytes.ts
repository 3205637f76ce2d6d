/** Whether bytes that came out of a disguise are text: UTF-8 without control characters. */
import { isUtf8 } from 'node:buffer';
import { behindLetters } from './runs.js';
import { usualCharacters } from './usual-characters.js';

export function isControl(byte: number): boolean {
  return (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d) || byte === 0x7f;
}

/**
 * Whether bytes are UTF-8 without control characters. A character may be cut at either end, because a line of base64
 * can end inside a character.
 */
export function isText(bytes: Buffer, count: number): boolean {
  for (let at = 0; at < count; at += 1) if (isControl(bytes[at] ?? 0)) return false;
  return isUtf8Inside(bytes, count);
}

/** Whether bytes are UTF-8 but for a character that is cut at either end. */
export function isUtf8Inside(bytes: Buffer, count: number): boolean {
  let start = 0;
  while (start < Math.min(3, count) && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  let end = count;
  for (let back = 1; back <= Math.min(3, count); back += 1) {
    const byte = bytes[count - back] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      if (length > back) end = count - back;
      break;
    }
  }
  return isUtf8(bytes.subarray(start, end));
}

/** A quick test that rules out most bytes that are not text, in any disguise. */
export function mayHoldText(bytes: Buffer): boolean {
  return isSeparatedText(bytes) || (beginsAsUtf16(bytes) && !isNoise(bytes)) || isPacked(bytes);
}

/** gzip (RFC 1952, section 2.3.1) and zlib (RFC 1950, section 2.2: a multiple of 31). */
export function isPacked(bytes: Buffer, at = 0): boolean {
  const [first, second, third] = [bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
  if (first === 0x1f) return second === 0x8b && third === 8;
  return first === 0x78 && (second & 0x20) === 0 && (256 * first + second) % 31 === 0;
}

/** Text whose parts may be separated by NUL, as in SASL PLAIN. */
function isSeparatedText(bytes: Buffer): boolean {
  const { length } = bytes;
  return behindLetters(IS_SEPARATED_TEXT, bytes, 0, length) === length && isUtf8Inside(bytes, length);
}

const IS_SEPARATED_TEXT = new Uint8Array(256).map((_, byte) => (byte === 0 || !isControl(byte) ? 1 : 0));

/** All its characters are in one block of Unicode, so every second byte is the same. */
function beginsAsUtf16(bytes: Buffer): boolean {
  if (bytes.length < 8) return false;
  // Text does not contain U+0000. The date of a Fernet token starts with zeros.
  for (let at = 0; at < 8; at += 2) if (bytes[at] === 0 && bytes[at + 1] === 0) return false;
  const hasMark = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return hasMark || haveSameByte(bytes, 0) || haveSameByte(bytes, 1);
}

/** Whether the first characters have the same byte at `place`: the first or the second of each. */
function haveSameByte(bytes: Buffer, place: number): boolean {
  const second = bytes[place + 2];
  return bytes[place] === second || second === bytes[place + 4];
}

/** Bytes that are looked at. Of fewer than the least, nothing can be said. */
const NOISE = { least: 32, most: 64 } as const;
const counts = new Uint8Array(256);

/**
 * Whether equal bytes are as rare as in random ones (see `content/entropy.ts`). In text they are not, in whatever code
 * page or cipher of single bytes it is; nor in UTF-16, but for Chinese.
 */
function isNoise(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, NOISE.most);
  if (length < NOISE.least) return false;
  counts.fill(0);
  let equal = 0;
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at] ?? 0;
    equal += counts[byte] ?? 0;
    counts[byte] = (counts[byte] ?? 0) + 1;
  }
  const usual = (length * (length - 1)) / 2 / 256;
  return equal <= usual + 4 * Math.sqrt(usual) && !areIdeographs(bytes, 0) && !areIdeographs(bytes, 1);
}

/** Whether the first units of UTF-16, whose upper bytes stand at `upper`, are Chinese or signs. */
function areIdeographs(bytes: Buffer, upper: number): boolean {
  let count = 0;
  for (let at = upper; at < UNITS_BYTES; at += 2) {
    const byte = bytes[at] ?? 0;
    if ((byte >= 0x4e && byte <= 0x9f) || byte === 0 || byte === 0x20 || byte === 0x30 || byte === 0xff) count += 1;
  }
  return count >= UNITS_BYTES / 2 - 1;
}
const UNITS_BYTES = 16;

/**
 * The least share of letters and blanks in text that a person typed. A longer text needs less, because it may be JSON.
 */
const LEAST_LETTERS = { short: 0.65, long: 0.4 } as const;
const LONG = 16;
/** At most one in this many pairs of neighbours has a digit, or a capital letter after a small one. */
const CHARACTERS_PER_CHANGE = 8;

/**
 * Whether a person or a program could have written this text, in any language: most of it is letters and blanks. For
 * disguises in which numbers and names can decode to text by accident.
 */
export function isTyped(bytes: Buffer): boolean {
  if (!isText(bytes, bytes.length)) return false;
  const text = bytes.toString('utf8').trim();
  const letters = text.match(/[\p{L}\p{M}\p{Zs}]/gu)?.length ?? 0;
  const changes = text.match(/\p{Ll}\p{Lu}|\d\p{L}|\p{L}\d/gu)?.length ?? 0;
  const characters = Array.from(text).length;
  const least = characters >= LONG ? LEAST_LETTERS.long : LEAST_LETTERS.short;
  return (
    characters >= 2 &&
    letters >= least * characters &&
    changes <= characters / CHARACTERS_PER_CHANGE &&
    isInOneScript(text)
  );
}

/** Scripts of chats; each is written beside Latin letters, but not beside the others. */
const SCRIPTS: readonly RegExp[] = [
  /[\p{Script=Cyrillic}]/gu,
  /[\p{Script=Greek}]/gu,
  /[\u0600-\u06ff\u0750-\u077f]/gu,
  /[\p{Script=Hebrew}]/gu,
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc\p{Script=Hangul}]/gu,
  /[\p{Script=Devanagari}]/gu,
  /[\p{Script=Thai}]/gu,
  /[\p{Script=Armenian}]/gu,
  /[\p{Script=Georgian}]/gu,
  /[\p{Script=Bengali}]/gu,
  /[\p{Script=Tamil}]/gu,
  /[\p{Script=Telugu}]/gu,
  /[\p{Script=Gujarati}]/gu,
  /[\p{Script=Gurmukhi}]/gu,
  /[\p{Script=Kannada}]/gu,
  /[\p{Script=Malayalam}]/gu,
  /[\p{Script=Sinhala}]/gu,
  /[\p{Script=Khmer}]/gu,
  /[\p{Script=Lao}]/gu,
  /[\p{Script=Myanmar}]/gu,
  /[\p{Script=Ethiopic}]/gu,
  /[\p{Script=Tibetan}]/gu,
];
const NOT_LATIN = /(?!\p{Script=Latin}|\p{Script=Inherited})[\p{L}\p{M}]/gu;
const LEAST_OF_SCRIPT = 0.8;
const CHARACTERS_PER_RARE = 6;
const IS_ASCII = /^\p{ASCII}*$/u;
/** Of Chinese and Korean, six in ten characters are of those that are used most; of all that there are, few are. */
const IDEOGRAPHS = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const OTHER_LETTER =
  '(?![\\p{Script=Latin}\\p{Script=Inherited}\\p{Script=Han}\\p{Script=Hangul}\\p{Script=Hiragana}\\p{Script=Katakana}])[\\p{L}\\p{M}]';
/** Nobody writes Latin and other letters in one word; but Chinese and Japanese have no blanks. */
const MIXED_WORD = new RegExp(`\\p{Script=Latin}${OTHER_LETTER}|${OTHER_LETTER}\\p{Script=Latin}`, 'gu');
const LEAST_USUAL = 0.4;
/** Longer texts can have other subjects. */
const MOST_WEIGHED = 16;

/** Letters of Latin that few languages have. */
const RARE_LATIN =
  /(?![\u0041-\u017f\u01a0\u01a1\u01af\u01b0\u01cd-\u01dc\u0218-\u021b\u0259\u1e00-\u1eff])\p{Script=Latin}/gu;
const MARKED_LATIN = /(?!\p{ASCII})\p{Script=Latin}/u;

/** Whether the letters are Latin, and of one other script at most. Random code points are of many. */
function isInOneScript(text: string): boolean {
  if (IS_ASCII.test(text)) return true;
  const others = text.match(NOT_LATIN)?.length ?? 0;
  if (CHARACTERS_PER_RARE * (text.match(RARE_LATIN)?.length ?? 0) > text.length) return false;
  if (others === 0) return true;
  const most = Math.max(...SCRIPTS.map((script) => text.match(script)?.length ?? 0));
  if (most < LEAST_OF_SCRIPT * others || 4 * (text.match(MIXED_WORD)?.length ?? 0) > others) return false;
  const ideographs = text.match(IDEOGRAPHS) ?? [];
  if (ideographs.length < others || others > MOST_WEIGHED) return true;
  if (MARKED_LATIN.test(text)) return false;
  const { traditional, japanese, korean } = usualCharacters();
  const usual = ideographs.filter((each) => [traditional, japanese, korean].some((set) => set.has(each))).length;
  return usual >= LEAST_USUAL * ideographs.length;
}
