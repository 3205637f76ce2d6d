/**
 * Bytes written as a mark and two hex digits, such as `%41` or `=41`: what URL escapes and quoted-printable have in
 * common.
 */
import { HEX_DIGIT, hexByte } from './hex-digits.js';

export function isEscape(bytes: Buffer, at: number, end: number): boolean {
  return at + 2 < end && (HEX_DIGIT[bytes[at + 1] ?? 0] ?? -1) >= 0 && (HEX_DIGIT[bytes[at + 2] ?? 0] ?? -1) >= 0;
}

export function countEscapes(bytes: Buffer, start: number, end: number, sign: number): number {
  let count = 0;
  for (let at = start; at + 2 < end; at += 1) if (bytes[at] === sign && isEscape(bytes, at, end)) count += 1;
  return count;
}

/** A single one may be a percent sign or an equals sign that someone typed. */
export const LEAST_ESCAPES = 2;

/** Decodes the escapes from `start` to `end`. `skipped`: how many bytes at `at` are not part of the text. */
export function unescaped(
  bytes: Buffer,
  start: number,
  end: number,
  sign: number,
  skipped: (at: number, end: number) => number = () => 0,
): Buffer {
  const target = Buffer.alloc(end - start);
  let count = 0;
  for (let at = start; at < end;) {
    const isSign = bytes[at] === sign;
    const skip = isSign ? skipped(at, end) : 0;
    if (skip > 0) {
      at += skip;
      continue;
    }
    const escape = isSign && isEscape(bytes, at, end);
    target[count] = escape ? hexByte(bytes, at + 1) : (bytes[at] ?? 0);
    at += escape ? 3 : 1;
    count += 1;
  }
  return target.subarray(0, count);
}
