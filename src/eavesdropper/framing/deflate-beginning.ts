/**
 * The first bits of DEFLATE (RFC 1951). Few other bytes begin as it must, so the package that unpacks it is seldom
 * loaded for nothing.
 */
import { isControl } from '../disguises/text-bytes.js';

/** A block begins with these: whether it is the last one, and its kind. */
const KIND_AT = 1;
const HEADER_BITS = 3;
/** The header of a block with codes of its own, and the codes for the lengths of those, take fewer bytes than this. */
const MOST_CODES_BYTES = 10;
/** How many of the first symbols are looked at. */
const SYMBOLS = 8;

/** Whether text may come out of these bytes. If they end early, it may. */
export function mayUnpackToText(bytes: Buffer, start: number, end: number): boolean {
  const first = 8 * start;
  if (end - start < MOST_CODES_BYTES) return true;
  switch (numberAt(bytes, first + KIND_AT, 2)) {
    case 0:
      // Its length, and the same with all bits changed (section 3.2.4).
      return (bytes.readUInt16LE(start + 1) ^ bytes.readUInt16LE(start + 3)) === 0xffff;
    case 1:
      return mayBeFixed(bytes, first + HEADER_BITS);
    case 2:
      return mayHaveCodes(bytes, first + HEADER_BITS);
    default:
      return false;
  }
}

/** Fixed codes (section 3.2.6): letters are no control characters, and only what came before can be copied. */
function mayBeFixed(bytes: Buffer, first: number): boolean {
  let at = first;
  for (let symbol = 0; symbol < SYMBOLS; symbol += 1) {
    let code = 0;
    for (let bit = 0; bit < 8; bit += 1) code = 2 * code + numberAt(bytes, at + bit, 1);
    // Literals have 8 bits from 0x30 to 0xbf, and 9 bits from 0xc8 on.
    const isShort = code >= 0x30 && code < 0xc0;
    if (!isShort && code < 0xc8) return isEnd(code) || mayBeCopy(bytes, at, code, symbol);
    if (isShort && isControl(code - 0x30)) return false;
    at += isShort ? 8 : 9;
  }
  return true;
}

/** 7 bits, all zero. */
function isEnd(code: number): boolean {
  return code < 2;
}

/** Whether a length and a distance, which is not beyond the `before` characters that came so far, are at bit `at`. */
function mayBeCopy(bytes: Buffer, at: number, code: number, before: number): boolean {
  // Lengths 257 to 279 have 7 bits, 280 to 287 have 8.
  const length = code < 0x30 ? code >> 1 : code - 0xc0 + 24;
  const extraBits = length <= 8 || length === 29 ? 0 : (length - 5) >> 2;
  const from = at + (code < 0x30 ? 7 : 8) + extraBits;
  let distance = 0;
  for (let bit = 0; bit < 5; bit += 1) distance = 2 * distance + numberAt(bytes, from + bit, 1);
  // The codes 0 to 3 are the distances 1 to 4. The others are longer.
  return distance < 4 ? distance < before : before > 4;
}

/** Codes of its own (section 3.2.7): at most 286 and 30 of them, and the code that their lengths are in is complete. */
function mayHaveCodes(bytes: Buffer, first: number): boolean {
  if (numberAt(bytes, first, 5) > 29 || numberAt(bytes, first + 5, 5) > 29) return false;
  const count = numberAt(bytes, first + 10, 4) + 4;
  let share = 0;
  for (let index = 0; index < count; index += 1) {
    const length = numberAt(bytes, first + 14 + 3 * index, 3);
    if (length > 0) share += 1 / (1 << length);
  }
  return share === 1;
}

/** `count` bits from bit `at` on, the lowest first. */
function numberAt(bytes: Buffer, at: number, count: number): number {
  let value = 0;
  for (let bit = 0; bit < count; bit += 1) value |= (((bytes[(at + bit) >> 3] ?? 0) >> ((at + bit) & 7)) & 1) << bit;
  return value;
}
