/** BER (ITU-T X.690), in which LDAP (RFC 4511) sends its messages: a tag, a length, and a value that may hold more. */
import { MOST_DEPTH, type Format, type FormatKind, type Span, type Unit } from './format.js';

const SEQUENCE = 0x30;
const CONSTRUCTED = 0x20;
/** OCTET STRING, and the strings of characters. */
const STRINGS: ReadonlySet<number> = new Set([0x04, 0x0c, 0x12, 0x13, 0x14, 0x16, 0x1a, 0x1b]);
/** Of the universal tags, those that protocols use. */
const MOST_UNIVERSAL = 0x1e;
/** Primitive, and numbered by the protocol: the password of an LDAP bind is such a one. */
const isContext = (tag: number): boolean => (tag & 0xe0) === 0x80;
const NATS_OF_ELEMENT = Math.log(64);
const MOST_ELEMENTS = 20_000;

export const BER: FormatKind = { mayBegin: (first) => first === SEQUENCE, made: () => FORMAT };

const FORMAT: Format = {
  isNamed: true,
  name: 'each is a message in BER, as in LDAP',
  read(bytes, start, end): Unit | 'more' | null {
    if (start >= end) return 'more';
    if (bytes[start] !== SEQUENCE) return null;
    const header = headerAt(bytes, start, end);
    if (header === null || header === 'more') return header;
    if (header.end > end) return 'more';
    const reading = { strings: [] as Span[], elements: 0 };
    if (!readElements(bytes, header.start, header.end, reading, 0)) return null;
    return { end: header.end, strings: reading.strings, nats: NATS_OF_ELEMENT * reading.elements };
  },
};

interface Reading {
  readonly strings: Span[];
  elements: number;
}

/** Where the value begins and ends. */
function headerAt(bytes: Buffer, at: number, end: number): Span | 'more' | null {
  if (at + 2 > end) return 'more';
  const tag = bytes[at] ?? 0;
  const first = bytes[at + 1] ?? 0;
  if ((tag & 0x1f) === 0x1f) return null;
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  const count = first & 0x7f;
  if (count === 0 || count > 4) return null;
  if (at + 2 + count > end) return 'more';
  const start = at + 2 + count;
  return { start, end: start + bytes.readUIntBE(at + 2, count) };
}

/** Whether elements fill the bytes from `start` to `end`. */
function readElements(bytes: Buffer, start: number, end: number, reading: Reading, depth: number): boolean {
  if (depth > MOST_DEPTH) return false;
  for (let at = start; at < end;) {
    const header = headerAt(bytes, at, end);
    if (header === null || header === 'more' || header.end > end) return false;
    if ((reading.elements += 1) > MOST_ELEMENTS) return false;
    const tag = bytes[at] ?? 0;
    if (tag < 0x40 && (tag & 0x1f) > MOST_UNIVERSAL) return false;
    if ((tag & CONSTRUCTED) !== 0) {
      if (!readElements(bytes, header.start, header.end, reading, depth + 1)) return false;
    } else if ((STRINGS.has(tag) || isContext(tag)) && header.end > header.start) reading.strings.push(header);
    at = header.end;
  }
  return true;
}
