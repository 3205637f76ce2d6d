/**
 * The messages of one side where its bytes tell them apart by something else than lengths and line ends: a framing, the
 * bodies of HTTP, blocks of always the same size, or zeros. What is in them need not be text.
 */
import { framingOf, type Sink } from '../framing/framing.js';
import { httpBodies } from '../framing/http-bodies.js';
import type { Stream } from '../tcp/stream.js';

/** Offsets of held bytes, and what is said there: a mask is taken off. */
export interface ToldMessage {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

/** A longer stream shows by itself what it is. */
const MOST_BYTES = 2 ** 16;
const MOST_MESSAGES = 1024;

type Told = readonly ToldMessage[];

type Way = (bytes: Buffer) => Told | null;

/** The messages of both sides, in each way in which the bytes of both tell them apart. */
export function toldWays(one: Stream, other: Stream): readonly (readonly [one: Told, other: Told])[] {
  return waysIn(WAYS, one, other);
}

/** The same where the length of each message is written in front of it, which is surer than what was sent at once. */
export function writtenWays(one: Stream, other: Stream): readonly (readonly [one: Told, other: Told])[] {
  return waysIn(WRITTEN_WAYS, one, other);
}

function waysIn(ways: readonly Way[], one: Stream, other: Stream): readonly (readonly [one: Told, other: Told])[] {
  if (![one, other].every(isWhole)) return [];
  return ways.flatMap((way) => {
    const ofOne = one.bytes.length === 0 ? [] : way(one.bytes);
    const ofOther = ofOne === null || other.bytes.length === 0 ? [] : way(other.bytes);
    if (ofOne === null || ofOther === null) return [];
    const count = ofOne.length + ofOther.length;
    return count === 0 || count > MOST_MESSAGES ? [] : [[ofOne, ofOther] as const];
  });
}

function isWhole(stream: Stream): boolean {
  const { length } = stream.bytes;
  return stream.isWhole && length <= MOST_BYTES && stream.missingBefore(length) === 0;
}

/** null if the messages are not told apart in this way. */
const WRITTEN_WAYS: readonly Way[] = [bodies, netstrings];
const WAYS: readonly Way[] = [framed, blocks, zeroEnded];

function bodies(bytes: Buffer): Told | null {
  const found = httpBodies(bytes);
  return found === null ? null : found.map((body) => ({ ...body, bytes: bytes.subarray(body.start, body.end) }));
}

/** As the framing of the stream tells them; null if it has none, or does not tell all of it. */
function framed(bytes: Buffer): Told | null {
  const framing = framingOf(bytes, 0, bytes.length, true);
  if (framing === null || framing === 'more') return null;
  const heard = new Heard();
  const at = framing.take(bytes, 0, bytes.length, true, heard);
  return at < bytes.length || heard.messages.length === 0 ? null : heard.messages;
}

/** Writes down each message. */
class Heard implements Sink {
  readonly messages: ToldMessage[] = [];
  #parts: Buffer[] = [];

  message(bytes: Buffer, start: number, end: number): void {
    this.#parts.push(bytes.subarray(start, end));
  }

  unwrapped({ content }: Parameters<Sink['unwrapped']>[0]): void {
    this.#parts.push(Buffer.from(content));
  }

  border(start: number, end: number): void {
    if (end > start && this.#parts.length > 0) this.messages.push({ start, end, bytes: Buffer.concat(this.#parts) });
    this.#parts = [];
  }

  worked(): boolean {
    return true;
  }

  plain(...[, , end]: Parameters<Sink['plain']>): number {
    return end;
  }

  aside(tell: () => void): void {
    const parts = this.#parts;
    this.#parts = [];
    tell();
    this.#parts = parts;
  }

  framing(): void {
    // It says nothing.
  }

  notUnpacked(): void {
    // The stream's own reader says so.
  }

  control(): void {
    // It is no message.
  }
}

const NETSTRING = /^(\d{1,5}):/;
const COMMA = 0x2c;

/** `5:hello,`, whatever the bytes are; null unless all of the stream is. */
function netstrings(bytes: Buffer): Told | null {
  const messages: ToldMessage[] = [];
  for (let at = 0; at < bytes.length;) {
    const [head, digits] = NETSTRING.exec(bytes.toString('latin1', at, at + 6)) ?? [];
    if (head === undefined) return null;
    const start = at + head.length;
    const end = start + Number(digits);
    if (bytes[end] !== COMMA) return null;
    if (end > start) messages.push({ start, end, bytes: bytes.subarray(start, end) });
    at = end + 1;
  }
  return messages;
}

const SIZES: readonly number[] = [64, 128, 256, 512, 1024, 2048, 4096];
const SPACE = 0x20;
/** Blocks that are filled up with fewer bytes may be none. */
const LEAST_FILL = 4;

/** Blocks of one size that are filled up with zeros or blanks; null if they are not. */
function blocks(bytes: Buffer): Told | null {
  const last = bytes.at(-1);
  if (last !== 0 && last !== SPACE) return null;
  // The smallest that fits: in a smaller one, a block would hold nothing, or would not be filled up.
  for (const size of SIZES) {
    if (bytes.length % size !== 0) continue;
    const starts = Array.from({ length: bytes.length / size }, (_, index) => index * size);
    const messages = starts.map((start) => filled(bytes, start, start + size, last));
    if (messages.every((message) => message !== null)) return messages;
  }
  return null;
}

/** What stands in a block before what fills it up. */
function filled(bytes: Buffer, start: number, stop: number, fill: number): ToldMessage | null {
  let end = stop;
  while (end > start && bytes[end - 1] === fill) end -= 1;
  if (end === start || stop - end < LEAST_FILL) return null;
  // In UTF-16 and UTF-32, the last zeros belong to the last character.
  const said = bytes.subarray(start, end);
  if (fill === 0 && said.includes(0)) {
    const unit = said.includes(ZEROS) ? 4 : 2;
    end = start + unit * Math.ceil((end - start) / unit);
  }
  return { start, end, bytes: bytes.subarray(start, end) };
}

const ZEROS = Buffer.alloc(2);

/** Each ends with a zero; null if they do not. */
function zeroEnded(bytes: Buffer): Told | null {
  if (bytes.at(-1) !== 0) return null;
  const messages: ToldMessage[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0, start);
    if (end > start) messages.push({ start, end, bytes: bytes.subarray(start, end) });
    // Tables of numbers have more.
    if (messages.length > MOST_MESSAGES) return null;
    start = end + 1;
  }
  return messages;
}
