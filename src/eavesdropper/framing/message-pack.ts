/** MessagePack (msgpack.org): one byte says the type, and often the length too. */
import { isText } from '../disguises/text-bytes.js';
import { MOST_DEPTH, type Format, type FormatKind, type Span, type Unit } from './format.js';

/** By the first byte, from 0xc0 on: how many bytes say the length, or how many the value has. */
const LENGTH_BYTES: Readonly<Record<number, 1 | 2 | 4>> = {
  0xc4: 1,
  0xc5: 2,
  0xc6: 4,
  0xc7: 1,
  0xc8: 2,
  0xc9: 4,
  0xd9: 1,
  0xda: 2,
  0xdb: 4,
  0xdc: 2,
  0xdd: 4,
  0xde: 2,
  0xdf: 4,
};
const VALUE_BYTES: Readonly<Record<number, number>> = {
  0xc0: 0,
  0xc2: 0,
  0xc3: 0,
  0xca: 4,
  0xcb: 8,
  0xcc: 1,
  0xcd: 2,
  0xce: 4,
  0xcf: 8,
  0xd0: 1,
  0xd1: 2,
  0xd2: 4,
  0xd3: 8,
  0xd4: 2,
  0xd5: 3,
  0xd6: 5,
  0xd7: 9,
  0xd8: 17,
};
const NATS_OF_STRING = Math.log(8);
/** A map of numbers alone may be anything. */
const MOST_ITEMS = 100_000;

/** A number alone says nothing. */
export const MESSAGE_PACK: FormatKind = {
  mayBegin: (first) => first >= 0x80 && first < 0xe0 && VALUE_BYTES[first] === undefined,
  made: () => FORMAT,
};

const FORMAT: Format = {
  isNamed: false,
  name: 'each is an object in MessagePack',
  read(bytes, start, end): Unit | 'more' | null {
    if (start < end && !MESSAGE_PACK.mayBegin(bytes[start] ?? 0)) return null;
    const reading = { strings: [] as Span[], items: 0 };
    const behind = readItem(bytes, start, end, reading, 0);
    if (behind === null || behind === 'more') return behind;
    return { end: behind, strings: reading.strings, nats: NATS_OF_STRING * reading.strings.length };
  },
};

interface Reading {
  readonly strings: Span[];
  items: number;
}

function readItem(bytes: Buffer, at: number, end: number, reading: Reading, depth: number): number | 'more' | null {
  if (at >= end) return 'more';
  if (depth > MOST_DEPTH || (reading.items += 1) > MOST_ITEMS) return null;
  const first = bytes[at] ?? 0;
  if (first < 0x80 || first >= 0xe0) return at + 1;
  if (first < 0x90) return readItems(bytes, at + 1, end, 2 * (first & 0x0f), reading, depth);
  if (first < 0xa0) return readItems(bytes, at + 1, end, first & 0x0f, reading, depth);
  if (first < 0xc0) return readString(bytes, at + 1, end, first & 0x1f, true, reading);
  const value = VALUE_BYTES[first];
  if (value !== undefined) return at + 1 + value > end ? 'more' : at + 1 + value;
  const lengthBytes = LENGTH_BYTES[first];
  if (lengthBytes === undefined) return null;
  const from = at + 1 + lengthBytes;
  if (from > end) return 'more';
  const length = bytes.readUIntBE(at + 1, lengthBytes);
  if (first >= 0xde) return readItems(bytes, from, end, 2 * length, reading, depth);
  if (first >= 0xdc) return readItems(bytes, from, end, length, reading, depth);
  if (first >= 0xd9) return readString(bytes, from, end, length, true, reading);
  return readString(bytes, first >= 0xc7 ? from + 1 : from, end, length, false, reading);
}

function readItems(
  bytes: Buffer,
  start: number,
  end: number,
  count: number,
  reading: Reading,
  depth: number,
): number | 'more' | null {
  let at = start;
  for (let item = 0; item < count; item += 1) {
    const behind = readItem(bytes, at, end, reading, depth + 1);
    if (behind === null || behind === 'more') return behind;
    at = behind;
  }
  return at;
}

/** `isText`: by its type it must be text. */
function readString(
  bytes: Buffer,
  at: number,
  end: number,
  length: number,
  mustBeText: boolean,
  reading: Reading,
): number | 'more' | null {
  if (at + length > end) return 'more';
  if (length === 0) return at;
  if (mustBeText && !isText(bytes.subarray(at, at + length), length)) return null;
  reading.strings.push({ start: at, end: at + length });
  return at + length;
}
