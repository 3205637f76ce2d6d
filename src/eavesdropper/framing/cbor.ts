/** CBOR (RFC 8949): one byte says the type and the length, or how many bytes say the length. */
import { isText } from '../disguises/text-bytes.js';
import { MOST_DEPTH, type Format, type FormatKind, type Span, type Unit } from './format.js';

/** The upper three bits of the first byte (section 3.1). */
const MAJOR = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const;
/** The lower five bits: the value itself up to 23, then 1, 2, 4 or 8 bytes that follow, and no length at all. */
const ITSELF = 23;
const FOLLOWING: Readonly<Record<number, 1 | 2 | 4 | 8>> = { 24: 1, 25: 2, 26: 4, 27: 8 };
const INDEFINITE = 31;
/** Ends what has no length. */
const BREAK = 0xff;
const MOST_ITEMS = 100_000;
const NATS_OF_STRING = Math.log(8);

/** A number or a simple value alone says nothing. */
export const CBOR: FormatKind = {
  mayBegin: (first) => first >> 5 >= MAJOR.bytes && first >> 5 !== MAJOR.simple,
  made: () => FORMAT,
};

const FORMAT: Format = {
  isNamed: false,
  name: 'each is an object in CBOR',
  read(bytes, start, end): Unit | 'more' | null {
    if (start < end && !CBOR.mayBegin(bytes[start] ?? 0)) return null;
    const reading = { bytes, end, strings: [] as Span[], items: 0 };
    const behind = readItem(reading, start, 0);
    if (behind === null || behind === 'more') return behind;
    return { end: behind, strings: reading.strings, nats: NATS_OF_STRING * reading.strings.length };
  },
};

interface Reading {
  readonly bytes: Buffer;
  readonly end: number;
  readonly strings: Span[];
  items: number;
}

type Behind = number | 'more' | null;

function readItem(reading: Reading, at: number, depth: number): Behind {
  const { bytes, end } = reading;
  if (at >= end) return 'more';
  if (depth > MOST_DEPTH || (reading.items += 1) > MOST_ITEMS) return null;
  const first = bytes[at] ?? 0;
  const major = first >> 5;
  const short = first & 0x1f;
  if (short === INDEFINITE) return readIndefinite(reading, at + 1, major, depth);
  const following = FOLLOWING[short] ?? 0;
  if (short > ITSELF && following === 0) return null;
  const from = at + 1 + following;
  if (from > end) return 'more';
  const count =
    following === 0
      ? short
      : following === 8
        ? Number(bytes.readBigUInt64BE(at + 1))
        : bytes.readUIntBE(at + 1, following);
  switch (major) {
    case MAJOR.bytes:
    case MAJOR.text:
      return readString(reading, from, count, major === MAJOR.text);
    case MAJOR.array:
      return readItems(reading, from, count, depth);
    case MAJOR.map:
      return readItems(reading, from, 2 * count, depth);
    case MAJOR.tag:
      return readItem(reading, from, depth + 1);
    default:
      return from;
  }
}

function readItems(reading: Reading, start: number, count: number, depth: number): Behind {
  let at = start;
  for (let item = 0; item < count; item += 1) {
    const behind = readItem(reading, at, depth + 1);
    if (behind === null || behind === 'more') return behind;
    at = behind;
  }
  return at;
}

/** Up to the break (section 3.2). */
function readIndefinite(reading: Reading, start: number, major: number, depth: number): Behind {
  if (major < MAJOR.bytes || major > MAJOR.map) return null;
  for (let at = start; ;) {
    if (at >= reading.end) return 'more';
    if (reading.bytes[at] === BREAK) return at + 1;
    const behind = readItem(reading, at, depth + 1);
    if (behind === null || behind === 'more') return behind;
    at = behind;
  }
}

function readString({ bytes, end, strings }: Reading, at: number, length: number, mustBeText: boolean): Behind {
  if (at + length > end) return 'more';
  if (length === 0) return at;
  if (mustBeText && !isText(bytes.subarray(at, at + length), length)) return null;
  strings.push({ start: at, end: at + length });
  return at + length;
}
