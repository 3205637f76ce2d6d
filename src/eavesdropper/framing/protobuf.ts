/**
 * Protocol Buffers (protobuf.dev, Encoding): fields, each with its number and the kind of its value. Strings, bytes and
 * messages inside look the same, so what is text is taken for a string.
 */
import { isText } from '../disguises/text-bytes.js';
import type { Format, Span, Unit } from './format.js';

const KIND = { varint: 0, eight: 1, counted: 2, four: 5 } as const;
const MOST_FIELD = 64;
const MOST_NESTED = 8;
const MOST_VARINT = 10;
const NATS_OF_FIELD = Math.log(4);
const NATS_OF_STRING = Math.log(32);

/** A message with nothing around it, which ends where its bytes do. */
export function protobufMessage(bytes: Buffer, start: number, end: number): Unit | null {
  const reading: Reading = { strings: [], nats: 0 };
  return readFields(bytes, start, end, reading, 0) ? { end, ...reading } : null;
}

/**
 * Messages one behind the other, with nothing between them. Fields are written in the order of their numbers, so a
 * message begins where a number is not higher than the one before it: that is a guess.
 */
export const PROTOBUF: Format = {
  isNamed: false,
  name: 'each is a message of protobuf; where one ends is a guess by the order of its fields',
  read(bytes, start, end): Unit | 'more' | null {
    const reading: Reading = { strings: [], nats: 0 };
    let last = 0;
    for (let at = start; ;) {
      // The next field shows whether the message has ended.
      if (at >= end) return at > start ? { end: at, ...reading } : 'more';
      const tag = varintAt(bytes, at, end);
      if (tag === null) return null;
      if (tag === 'more') return tag;
      const number = Math.floor(tag.value / 8);
      if (number <= last) return { end: at, ...reading };
      const behind = readField(bytes, at, end, reading, 0);
      if (behind === null || behind === 'more') return behind;
      last = number;
      at = behind;
    }
  },
};

interface Reading {
  readonly strings: Span[];
  nats: number;
}

/** Whether fields fill the bytes. */
function readFields(bytes: Buffer, start: number, end: number, reading: Reading, depth: number): boolean {
  if (depth > MOST_NESTED) return false;
  for (let at = start; at < end;) {
    const behind = readField(bytes, at, end, reading, depth);
    if (behind === null || behind === 'more') return false;
    at = behind;
  }
  return true;
}

function readField(bytes: Buffer, at: number, end: number, reading: Reading, depth: number): number | 'more' | null {
  const tag = varintAt(bytes, at, end);
  if (tag === null || tag === 'more') return tag;
  const number = Math.floor(tag.value / 8);
  if (number < 1 || number > MOST_FIELD) return null;
  reading.nats += NATS_OF_FIELD;
  switch (tag.value % 8) {
    case KIND.varint:
      return behindVarint(bytes, tag.end, end);
    case KIND.eight:
      return tag.end + 8 > end ? 'more' : tag.end + 8;
    case KIND.four:
      return tag.end + 4 > end ? 'more' : tag.end + 4;
    case KIND.counted:
      return readCounted(bytes, tag.end, end, reading, depth);
    default:
      return null;
  }
}

function readCounted(bytes: Buffer, at: number, end: number, reading: Reading, depth: number): number | 'more' | null {
  const length = varintAt(bytes, at, end);
  if (length === null || length === 'more') return length;
  const [from, to] = [length.end, length.end + length.value];
  if (to > end) return 'more';
  if (to === from) return to;
  if (isText(bytes.subarray(from, to), to - from)) {
    reading.strings.push({ start: from, end: to });
    reading.nats += NATS_OF_STRING;
    return to;
  }
  const inner: Reading = { strings: [], nats: 0 };
  if (readFields(bytes, from, to, inner, depth + 1) && inner.strings.length > 0) {
    reading.strings.push(...inner.strings);
    reading.nats += inner.nats;
  } else reading.strings.push({ start: from, end: to });
  return to;
}

function varintAt(
  bytes: Buffer,
  at: number,
  end: number,
): { readonly value: number; readonly end: number } | 'more' | null {
  let value = 0;
  for (let count = 0; count < 5; count += 1) {
    if (at + count >= end) return 'more';
    const byte = bytes[at + count] ?? 0;
    value += (byte & 0x7f) * 128 ** count;
    if (byte < 0x80) return { value, end: at + count + 1 };
  }
  return null;
}

function behindVarint(bytes: Buffer, at: number, end: number): number | 'more' | null {
  for (let count = 0; count < MOST_VARINT; count += 1) {
    if (at + count >= end) return 'more';
    if ((bytes[at + count] ?? 0) < 0x80) return at + count + 1;
  }
  return null;
}
