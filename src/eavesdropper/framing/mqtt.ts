/**
 * MQTT, versions 3.1 to 5 (OASIS), with which small programs publish and subscribe:
 *
 *     30 0f  00 04 room  Nice to meet        what is published: the topic with its length, then the text
 *     |  └ how many bytes follow, in 1 to 4 bytes of 7 bits
 *     └ the kind of packet, and flags
 */
import { isText } from '../disguises/text-bytes.js';
import type { Format, FormatKind, Span, Unit } from './format.js';

/** The kinds, and the flags that each must have (3.1.1, section 2.2.2); null: they say something. */
const FLAGS: Readonly<Record<number, number | null>> = {
  1: 0,
  2: 0,
  3: null,
  4: 0,
  5: 0,
  6: 2,
  7: 0,
  8: 2,
  9: 0,
  10: 2,
  11: 0,
  12: 0,
  13: 0,
  14: 0,
  15: 0,
};
const KIND = {
  connect: 1,
  accepted: 2,
  publish: 3,
  subscribe: 8,
  unsubscribe: 10,
  ping: 12,
  pong: 13,
  leave: 14,
} as const;
/** What names the protocol, and its version. */
const NAMES: readonly Buffer[] = [Buffer.from('\0\x04MQTT'), Buffer.from('\0\x06MQIsdp')];
const WITH_PROPERTIES = 5;
const HAS = { user: 0x80, password: 0x40, will: 0x04 } as const;
const MOST_LENGTH_BYTES = 4;
const NATS_PER_BYTE = Math.log(256);

export const MQTT: FormatKind = { mayBegin: (first) => hasItsFlags(first >> 4, first & 0x0f), made: () => FORMAT };

function hasItsFlags(kind: number, flags: number): boolean {
  const needed = FLAGS[kind];
  return needed !== undefined && (needed === null || flags === needed);
}

const FORMAT: Format = {
  isNamed: true,
  name: 'each is a packet of MQTT',
  read(bytes, start, end): Unit | 'more' | null {
    if (start >= end) return 'more';
    const first = bytes[start] ?? 0;
    const [kind, flags] = [first >> 4, first & 0x0f];
    if (!hasItsFlags(kind, flags)) return null;
    const number = numberAt(bytes, start + 1, end);
    if (number === null || number === 'more') return number;
    const stop = number.behind + number.value;
    if (stop > end) return canBegin(bytes, number.behind, end, kind) ? 'more' : null;
    const body = { bytes, at: number.behind, end: stop };
    const found = bodyOf(kind, flags, body);
    return found === null ? null : { end: stop, ...found };
  },
};

/** Quick: what is no packet shows it in its first bytes. */
function canBegin(bytes: Buffer, at: number, end: number, kind: number): boolean {
  if (kind === KIND.connect)
    return NAMES.some((name) => name.subarray(0, end - at).equals(bytes.subarray(at, Math.min(end, at + name.length))));
  if (kind !== KIND.publish || end - at < 2) return true;
  const topic = bytes.subarray(at + 2, Math.min(end, at + 2 + bytes.readUInt16BE(at)));
  return isText(topic, topic.length);
}

interface Numbered {
  readonly value: number;
  readonly behind: number;
}

/** Seven bits a byte, the lowest first. */
function numberAt(bytes: Buffer, at: number, end: number): Numbered | 'more' | null {
  let value = 0;
  for (let count = 0; count < MOST_LENGTH_BYTES; count += 1) {
    if (at + count >= end) return 'more';
    const byte = bytes[at + count] ?? 0;
    value += (byte & 0x7f) * 128 ** count;
    if (byte < 0x80) return { value, behind: at + count + 1 };
  }
  return null;
}

interface Body {
  readonly bytes: Buffer;
  at: number;
  readonly end: number;
}

type Found = Pick<Unit, 'strings' | 'nats'>;

function bodyOf(kind: number, flags: number, body: Body): Found | null {
  const length = body.end - body.at;
  switch (kind) {
    case KIND.connect:
      return connect(body);
    case KIND.publish:
      return publish(flags, body);
    case KIND.subscribe:
    case KIND.unsubscribe:
      return topics(kind, body);
    case KIND.ping:
    case KIND.pong:
      return length === 0 ? { strings: [], nats: NATS_PER_BYTE } : null;
    case KIND.accepted:
      return length === 2 && (body.bytes[body.at] ?? 0) <= 1 && (body.bytes[body.at + 1] ?? 0) <= 5
        ? { strings: [], nats: 3 * NATS_PER_BYTE }
        : accepted(body);
    default:
      // An acknowledgement: the number of a packet, and in version 5 a reason.
      return length <= 8 ? { strings: [], nats: 1 } : null;
  }
}

/** Of version 5: flags, a reason, and properties, which can be long. */
function accepted({ bytes, at, end }: Body): Found | null {
  const properties = numberAt(bytes, at + 2, end);
  if (properties === null || properties === 'more' || properties.behind + properties.value !== end) return null;
  return (bytes[at] ?? 0) <= 1 ? { strings: [], nats: 3 * NATS_PER_BYTE } : null;
}

function connect(body: Body): Found | null {
  const { bytes } = body;
  const name = NAMES.find((each) => each.equals(bytes.subarray(body.at, body.at + each.length)));
  if (name === undefined) return null;
  body.at += name.length;
  const [version = 0, flags = 0] = [bytes[body.at], bytes[body.at + 1]];
  body.at += 4;
  const isLater = version >= WITH_PROPERTIES;
  if (isLater && !skipProperties(body)) return null;
  const strings: Span[] = [];
  const takes = [
    true,
    ...((flags & HAS.will) === 0 ? [] : ['will', true]),
    (flags & HAS.user) !== 0,
    (flags & HAS.password) !== 0,
  ];
  for (const take of takes) {
    if (take === false) continue;
    if (take === 'will' && isLater && !skipProperties(body)) return null;
    const string = stringAt(body);
    if (string === null) return null;
    if (string.end > string.start) strings.push(string);
  }
  return body.at === body.end ? { strings, nats: NATS_PER_BYTE * name.length } : null;
}

function publish(flags: number, body: Body): Found | null {
  const topic = stringAt(body);
  const quality = (flags >> 1) & 3;
  if (topic === null || quality === 3 || topic.end === topic.start) return null;
  const { bytes } = body;
  if (!isText(bytes.subarray(topic.start, topic.end), topic.end - topic.start)) return null;
  if (quality > 0) body.at += 2;
  // Version 5 has properties here, mostly none. No text begins with a zero.
  if (bytes[body.at] === 0 && body.at < body.end) body.at += 1;
  const payload = body.at < body.end ? [{ start: body.at, end: body.end }] : [];
  return body.at > body.end ? null : { strings: [topic, ...payload], nats: 2 * NATS_PER_BYTE };
}

function topics(kind: number, body: Body): Found | null {
  const { bytes } = body;
  body.at += 2;
  if (bytes[body.at] === 0 && bytes[body.at + 1] === 0) body.at += 1;
  const strings: Span[] = [];
  while (body.at < body.end) {
    const topic = stringAt(body);
    if (topic === null || !isText(bytes.subarray(topic.start, topic.end), topic.end - topic.start)) return null;
    strings.push(topic);
    if (kind === KIND.subscribe) body.at += 1;
  }
  return strings.length > 0 && body.at === body.end ? { strings, nats: 2 * NATS_PER_BYTE } : null;
}

function skipProperties(body: Body): boolean {
  const properties = numberAt(body.bytes, body.at, body.end);
  if (properties === null || properties === 'more') return false;
  body.at = properties.behind + properties.value;
  return body.at <= body.end;
}

/** A string with its length in front. It moves behind it. */
function stringAt(body: Body): Span | null {
  if (body.at + 2 > body.end) return null;
  const start = body.at + 2;
  const end = start + body.bytes.readUInt16BE(body.at);
  if (end > body.end) return null;
  body.at = end;
  return { start, end };
}
