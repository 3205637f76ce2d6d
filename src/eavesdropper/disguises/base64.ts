/**
 * base64 and base64url (RFC 4648, sections 4 and 5).
 *
 * base64 turns 3 bytes into 4 characters. So a text inside a longer one comes out in one of three ways; which one
 * depends on where the text begins in its group of three. The characters at its two ends also hold bits of the
 * neighbours, so we cannot know them in advance:
 *
 *     text at offset 1        ?        H        i        ?
 *     bits                    ........ 01001000 01101001 ........
 *     characters              .[....0][010010][000110][ 1001..]     two characters depend on the text alone: `SG`
 */
import { asItStands, type Disguise, type Disguised } from './disguise.js';
import { behindLetters, lettersOf } from './runs.js';
import { mayHoldText } from './text-bytes.js';

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const USED = `${LETTERS_AND_DIGITS}+/-_=`;
export const MADE_OF_BASE64 = { only: [Buffer.from(USED)] };

export const BASE64: Disguise<'base64'> = {
  name: 'base64',
  recognised: { within: 'token', letters: 64, of: base64Of },
  patterns: (_, typed) => base64Patterns(typed).map(asItStands),
  madeOf: MADE_OF_BASE64,
  ofMessage: ofBase64Message,
};

/** This many decoded bytes are enough to judge the rest, because noise soon yields a byte that is not text. */
const LEAST_DECODED = 12;
/** How many characters are decoded to get the first bytes: whole groups. Most noise shows itself in fewer. */
const HEAD_CHARACTERS = 64;
const FIRST_CHARACTERS = 24;
const FIRST_BYTES = Buffer.alloc((FIRST_CHARACTERS / 4) * 3);
const VALUE = new Uint8Array(256);
for (const alphabet of ['+/', '-_'])
  for (const [value, byte] of Buffer.from(LETTERS_AND_DIGITS + alphabet).entries()) VALUE[byte] = value;
/** A shorter run, its padding included, is a word, a path or a name. One block of AES is 24 characters. */
const LEAST_NOISE = 24;
/**
 * In base64 of random bytes, a character differs in kind (upper case, lower case, digit) from the one before it in 6 of
 * 10 cases.
 */
const LEAST_CHANGES = 0.42;
/** How many characters to compare for this. */
const MOST_COMPARED = 64;

/** The kind of a character, a bit each. */
const UPPER = 1;
const LOWER = 2;
const DIGIT = 4;
const REST = 8;
const SORT = new Uint8Array(256).fill(REST).fill(UPPER, 0x41, 0x5b).fill(LOWER, 0x61, 0x7b).fill(DIGIT, 0x30, 0x3a);

function base64Of(bytes: Buffer, start: number, end: number): Disguised<'base64'> | 'noise' | 'words' {
  let padding = 0;
  while (padding < 2 && bytes[end - 1 - padding] === 0x3d) padding += 1;
  const stop = end - padding;
  // Most base64 is noise, and shows it at once.
  const isNoise =
    end - start >= LEAST_NOISE &&
    ((looksMixed(bytes, ...middleOf(start, stop)) && !isChessBoard(bytes, start, stop)) ||
      isPadded(bytes, start, end, padding) ||
      looksLikeBase36(bytes, start, stop));
  if (stop - start >= FIRST_CHARACTERS && !mayHoldText(firstDecoded(bytes, start))) return isNoise ? 'noise' : 'words';
  const head = decodeBase64(bytes, start, Math.min(stop, start + HEAD_CHARACTERS));
  if (!mayHoldText(head)) return isNoise ? 'noise' : 'words';
  if (!isNoise && (head.length < LEAST_DECODED || !mayHoldText(decodeBase64(bytes, start, stop)))) return 'words';
  return ofLetters(bytes, start, stop, isNoise);
}

function ofLetters(bytes: Buffer, start: number, stop: number, isNoise: boolean): Disguised<'base64'> {
  return {
    as: 'base64',
    decoded: (most) => decodeBase64(bytes, start, Math.min(stop, start + 4 * Math.ceil(most / 4))),
    otherwise: isNoise ? 'noise' : 'words',
  };
}

/**
 * Whether it ends as base64 must: in whole groups, with padding, and with no bit set that belongs to no byte. A name
 * before a `=` seldom does.
 */
function isPadded(bytes: Buffer, start: number, end: number, padding: number): boolean {
  const unused = padding === 1 ? 0x03 : 0x0f;
  return padding > 0 && (end - start) % 4 === 0 && (valueAt(bytes, end - 1 - padding) & unused) === 0;
}

/** Decodes the first groups. What it returns is valid until the next call. */
function firstDecoded(bytes: Buffer, start: number): Buffer {
  let to = 0;
  for (let at = start; at < start + FIRST_CHARACTERS; at += 4) {
    const group =
      (valueAt(bytes, at) << 18) |
      (valueAt(bytes, at + 1) << 12) |
      (valueAt(bytes, at + 2) << 6) |
      valueAt(bytes, at + 3);
    FIRST_BYTES[to] = group >> 16;
    FIRST_BYTES[to + 1] = group >> 8;
    FIRST_BYTES[to + 2] = group;
    to += 3;
  }
  return FIRST_BYTES;
}

function valueAt(bytes: Buffer, at: number): number {
  return VALUE[bytes[at] ?? 0] ?? 0;
}

function decodeBase64(bytes: Buffer, start: number, end: number): Buffer {
  return Buffer.from(bytes.toString('latin1', start, end), 'base64');
}

/** With padding or without. A message that another encoder would write in another way is not base64. */
function ofBase64Message(message: Buffer): Buffer | null {
  if (behindLetters(IS_USED, message, 0, message.length) < message.length) return null;
  const text = message.toString('latin1');
  if (!WHOLE.test(text)) return null;
  const decoded = Buffer.from(text, 'base64');
  const letters = text.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
  return decoded.toString('base64').replace(/=+$/, '') === letters ? decoded : null;
}
/** A blank in it shows at once that it is none. */
const IS_USED = lettersOf(Buffer.from(USED));
const WHOLE = /^(?:[A-Za-z0-9+/]+|[A-Za-z0-9_-]+)={0,2}$/;

/**
 * Returns the part to compare. It is from the middle, because some formats, such as keys, always begin with the same
 * bytes.
 */
function middleOf(start: number, end: number): [start: number, end: number] {
  const skipped = Math.max(0, (end - start - MOST_COMPARED) >> 1);
  return [start + skipped, Math.min(end, start + skipped + MOST_COMPARED)];
}

/** Whether upper case, lower case and digits alternate as in base64 of random bytes. */
function looksMixed(bytes: Buffer, start: number, end: number): boolean {
  let before = SORT[bytes[start] ?? 0] ?? REST;
  let changes = 0;
  let sorts = before;
  for (let at = start + 1; at < end; at += 1) {
    const sort = SORT[bytes[at] ?? 0] ?? REST;
    sorts |= sort;
    // Adds 1 if the two kinds differ. There is no `if`, because the processor would mispredict it half of the time, and
    // that would cost more than the rest of the loop.
    changes += ((sort ^ before) + 15) >> 4;
    before = sort;
  }
  const all = UPPER | LOWER | DIGIT;
  return (sorts & all) === all && changes >= LEAST_CHANGES * (end - start - 1);
}

/** The pieces of chess, the numbers of empty squares, and what parts the rows, as in Forsyth-Edwards notation. */
const IS_OF_BOARD = lettersOf(Buffer.from('pnbrqkPNBRQK12345678/'));

function isChessBoard(bytes: Buffer, start: number, end: number): boolean {
  return behindLetters(IS_OF_BOARD, bytes, start, end) === end;
}

/** Of base36 of random bytes, a letter stands beside a digit in 4 of 10 cases. */
const LEAST_OF_BASE36 = 0.28;

/** Whether it is letters of one case and digits, in turns as in a number that was written in base 36. */
function looksLikeBase36(bytes: Buffer, start: number, end: number): boolean {
  const first = SORT[bytes[start] ?? 0] ?? REST;
  let [sorts, changes, before] = [first, 0, first];
  for (let at = start + 1; at < end; at += 1) {
    const sort = SORT[bytes[at] ?? 0] ?? REST;
    sorts |= sort;
    if (sort !== before) changes += 1;
    // Most tokens have letters of both cases, or a sign.
    if ((sorts & REST) !== 0 || (sorts & (UPPER | LOWER)) === (UPPER | LOWER)) return false;
    before = sort;
  }
  return changes >= LEAST_OF_BASE36 * (end - start - 1);
}

/** The characters that `text` alone determines, at each of its three offsets and in both alphabets. */
function base64Patterns(text: Buffer): Buffer[] {
  const patterns = [0, 1, 2].flatMap((offset) => {
    const first = Math.ceil((8 * offset) / 6);
    const last = Math.floor((8 * (offset + text.length)) / 6);
    const standard = Buffer.concat([Buffer.alloc(offset), text])
      .toString('base64')
      .slice(first, last);
    return [standard, standard.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [...new Set(patterns)].map((pattern) => Buffer.from(pattern, 'latin1'));
}
