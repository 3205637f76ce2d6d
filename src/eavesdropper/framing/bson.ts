/** BSON (bsonspec.org), as MongoDB writes documents: a length, then elements of a type, a name and a value. */
import { MOST_DEPTH, type Format, type FormatKind, type Span, type Unit } from './format.js';

/** Values of a length that the type fixes. */
const FIXED: Readonly<Record<number, number>> = {
  0x01: 8,
  0x06: 0,
  0x07: 12,
  0x08: 1,
  0x09: 8,
  0x0a: 0,
  0x10: 4,
  0x11: 8,
  0x12: 8,
  0x13: 16,
  0x7f: 0,
  0xff: 0,
};
const TYPE = {
  string: 0x02,
  document: 0x03,
  array: 0x04,
  binary: 0x05,
  regex: 0x0b,
  code: 0x0d,
  symbol: 0x0e,
} as const;
const LEAST = 5;
const MOST = 2 ** 24;
const NATS_OF_DOCUMENT = 4 * Math.log(256);
const NATS_OF_ELEMENT = Math.log(256 / 20);

/** The first byte is the lowest of the length. */
export const BSON: FormatKind = { mayBegin: () => true, made: () => FORMAT };

const FORMAT: Format = {
  isNamed: true,
  name: 'each is a document in BSON',
  read(bytes, start, end): Unit | 'more' | null {
    if (end - start < 4) return 'more';
    const length = bytes.readInt32LE(start);
    if (length < LEAST || length > MOST) return null;
    if (start + length > end) return 'more';
    const strings: Span[] = [];
    const elements = readDocument(bytes, start, start + length, strings, 0);
    if (elements === null) return null;
    return { end: start + length, strings, nats: NATS_OF_DOCUMENT + NATS_OF_ELEMENT * elements };
  },
};

/** How many elements it has; null if it is none. */
function readDocument(bytes: Buffer, start: number, end: number, strings: Span[], depth: number): number | null {
  if (depth > MOST_DEPTH || end - start < LEAST || bytes.readInt32LE(start) !== end - start) return null;
  if (bytes[end - 1] !== 0) return null;
  let count = 0;
  for (let at = start + 4; at < end - 1; count += 1) {
    const type = bytes[at] ?? 0;
    const zero = bytes.subarray(0, end - 1).indexOf(0, at + 1);
    if (zero === -1) return null;
    if (zero > at + 1) strings.push({ start: at + 1, end: zero });
    const behind = readValue(bytes, type, zero + 1, end - 1, strings, depth);
    if (behind === null) return null;
    at = behind;
  }
  return count;
}

/** Where the value ends. */
function readValue(
  bytes: Buffer,
  type: number,
  at: number,
  end: number,
  strings: Span[],
  depth: number,
): number | null {
  const fixed = FIXED[type];
  if (fixed !== undefined) return at + fixed <= end ? at + fixed : null;
  if (type === TYPE.regex) {
    const pattern = bytes.subarray(0, end).indexOf(0, at);
    const options = pattern === -1 ? -1 : bytes.subarray(0, end).indexOf(0, pattern + 1);
    return options === -1 ? null : options + 1;
  }
  if (at + 4 > end) return null;
  const length = bytes.readInt32LE(at);
  if (type === TYPE.document || type === TYPE.array) {
    const inner =
      length >= LEAST && at + length <= end ? readDocument(bytes, at, at + length, strings, depth + 1) : null;
    return inner === null ? null : at + length;
  }
  if (type === TYPE.binary) {
    const from = at + 5;
    if (length < 0 || from + length > end) return null;
    if (length > 0) strings.push({ start: from, end: from + length });
    return from + length;
  }
  if (type !== TYPE.string && type !== TYPE.code && type !== TYPE.symbol) return null;
  // The length counts the zero that ends the string.
  if (length < 1 || at + 4 + length > end || bytes[at + 3 + length] !== 0) return null;
  if (length > 1) strings.push({ start: at + 4, end: at + 3 + length });
  return at + 4 + length;
}
