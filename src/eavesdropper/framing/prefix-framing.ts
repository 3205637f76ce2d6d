/**
 * Messages with their length in front, as programs send them that know that TCP keeps no borders: a number of 1, 2, 4
 * or 8 bytes, in either order, or one of protobuf's varints.
 *
 *     00 00 00 05 48 65 6c 6c 6f   00 00 00 02 48 69
 *     5           H  e  l  l  o    2           H  i
 *
 * Any bytes can be taken for lengths and messages. So a stream counts as this only if what stands between the lengths
 * says so: text, or something else that ends where the length says. Ciphertext says nothing.
 */
import { LENGTH_PREFIXES, type LengthPrefix } from '../../bytes/length-prefixes.js';
import { bytesOfText } from './message-evidence.js';
import type { Framing, Sink } from './sink.js';

interface Prefix {
  readonly name: string;
  /** The length at `at` and how many bytes it takes there; null if it is none, `more` if it goes on behind `end`. */
  read(bytes: Buffer, at: number, end: number): { readonly length: number; readonly bytes: number } | 'more' | null;
  /** How much it says that a length fits, as a natural logarithm. */
  readonly nats: number;
}

/** No message of a chat is longer. */
const MOST_LENGTH = 2 ** 24;
const SPACE = 0x20;

const PREFIXES: readonly Prefix[] = [
  ...LENGTH_PREFIXES.map(fixed),
  { name: 'each has its length in front, in 1 byte, or more if it is long', nats: 5, read: varint },
];

function fixed({ bytes: count, order, read }: LengthPrefix): Prefix {
  return {
    name: `each has its length in front, in ${count} bytes, ${order}`,
    nats: count * Math.log(256),
    read: (bytes, at, end) => {
      if (end - at < count) return 'more';
      const length = read(bytes, at);
      return length > MOST_LENGTH ? null : { length, bytes: count };
    },
  };
}

/** Seven bits a byte, the lowest first; the eighth says whether more follow. */
function varint(bytes: Buffer, at: number, end: number): ReturnType<Prefix['read']> {
  let length = 0;
  for (let count = 0; count < 4; count += 1) {
    if (at + count >= end) return 'more';
    const byte = bytes[at + count] ?? 0;
    length += (byte & 0x7f) * 128 ** count;
    if (byte < 0x80) return length > MOST_LENGTH ? null : { length, bytes: count + 1 };
  }
  return null;
}

/** How many bytes are looked at before it is decided. */
const LOOKED_AT = 4096;
/** How unlikely it must be that other bytes look like this, as in `readability.ts`, for each of the prefixes. */
const NATS_OF_DOUBT = 9.2 + Math.log(PREFIXES.length);
const NATS_PER_BYTE = 0.8;

/** The fewest bytes of text in a message that stands alone. */
const LEAST_ALONE = 2;

/** A message that is not longer is judged as a whole. */
const MOST_WHOLE = 16_000;

/** Whether the stream that begins here is framed so; `more` if that cannot be told yet. */
export function prefixFraming(bytes: Buffer, start: number, end: number, last: boolean): PrefixFraming | 'more' | null {
  let isOpen = false;
  for (const prefix of PREFIXES) {
    const found = fits(prefix, bytes, start, end, last);
    if (found === true) return new PrefixFraming(prefix);
    isOpen ||= found === 'more';
  }
  return isOpen ? 'more' : null;
}

function fits(prefix: Prefix, bytes: Buffer, start: number, end: number, last: boolean): boolean | 'more' {
  // A letter can be a length too. But then all bytes may be text, without any framing.
  if (prefix.read === varint && (bytes[start] ?? 0) >= SPACE) return false;
  let [messages, readable, explained] = [0, 0, 0];
  let nats = 0;
  const stop = Math.min(end, start + LOOKED_AT);
  for (let at = start; at < stop;) {
    const read = prefix.read(bytes, at, stop);
    if (read === null || (messages === 0 && read !== 'more' && read.length === 0)) return false;
    if (read === 'more' || at + read.bytes + read.length > stop) {
      if (stop - start < LOOKED_AT && !last) return 'more';
      // A message that is cut off says what it says all the same.
      const from = read === 'more' ? stop : at + read.bytes;
      const evidence = bytesOfText(bytes, from, stop, false);
      // Nothing more comes, and what stands here is no beginning of a message.
      if (last && messages === 1 && evidence === 0 && from < stop) return false;
      nats += NATS_PER_BYTE * evidence;
      readable += evidence;
      explained += evidence;
      return messages > 0 && nats >= NATS_OF_DOUBT && 2 * readable > explained;
    }
    const from = at + read.bytes;
    at = from + read.length;
    const evidence = bytesOfText(bytes, from, at, true);
    if (messages === 0 && evidence === 0) return false;
    messages += 1;
    readable += evidence;
    explained += read.length;
    nats += NATS_PER_BYTE * evidence;
  }
  // A number and a letter are anything: one message proves its framing only if it says something.
  if (last && messages === 1 && readable < LEAST_ALONE) return false;
  // All lengths together end where the stream does.
  if (last && stop === end) nats += prefix.nats;
  if (nats >= NATS_OF_DOUBT && 2 * readable > explained && (last || messages >= 2)) return true;
  return last || stop - start >= LOOKED_AT ? false : 'more';
}

export class PrefixFraming implements Framing {
  readonly name: string;
  isOver = false;
  readonly #prefix: Prefix;
  /** Bytes of a long message that are still to come. */
  #left = 0;
  #before = 0;

  constructor(prefix: Prefix) {
    this.#prefix = prefix;
    this.name = prefix.name;
  }

  take(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink): number {
    let at = start;
    while (!this.isOver) {
      if (this.#left > 0) {
        const stop = Math.min(end, at + this.#left);
        const isEnd = stop - at === this.#left;
        const judged = sink.plain(bytes, at, stop, isEnd || last);
        this.#left -= judged - at;
        this.#before += judged - at;
        at = judged;
        if (this.#left > 0) break;
        sink.border(at - this.#before, at);
        continue;
      }
      const read = this.#prefix.read(bytes, at, end);
      if (read === null || (read === 'more' && last)) this.isOver = true;
      if (read === null || read === 'more') break;
      const from = at + read.bytes;
      const isWhole = from + read.length <= end;
      if (!isWhole && !last && read.length <= MOST_WHOLE) break;
      sink.framing(at, from);
      at = from;
      if (isWhole || last) {
        const stop = Math.min(end, from + read.length);
        sink.message(bytes, from, stop, false);
        sink.border(from, stop);
        at = stop;
      } else {
        this.#left = read.length;
        this.#before = 0;
      }
      if (at === end) break;
    }
    return at;
  }
}
