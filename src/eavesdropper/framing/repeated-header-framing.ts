/**
 * Messages that begin with the same bytes, some of which are no text, and no length among them:
 *
 *     01 01 01 01 4d 00 00 00  h e l l o  01 01 01 01 4d 00 00 00  b y e
 */
import { isControl, isText } from '../disguises/text-bytes.js';
import type { Framing, Sink } from './sink.js';

const LOOKED_AT = 2048;
const HEADER = { least: 3, most: 16 } as const;
const LEAST_MESSAGES = 3;
const MOST_LENGTH = 16_000;
/** How unlikely it must be that other bytes look like this, as in `prefix-framing.ts`. */
const NATS_OF_DOUBT = 9.2 + Math.log(HEADER.most);
const NATS_PER_BYTE = 0.8;

/** Of mixed bytes. null unless the stream is nothing but one header again and again, with text behind each. */
export function repeatedHeaderFraming(
  bytes: Buffer,
  start: number,
  end: number,
  last: boolean,
): RepeatedHeaderFraming | 'more' | null {
  const looked = bytes.subarray(start, Math.min(end, start + LOOKED_AT));
  const isEnough = looked.length === LOOKED_AT || last;
  if (!isEnough) return 'more';
  for (let length = Math.min(HEADER.most, looked.length); length >= HEADER.least; length -= 1) {
    // A text may begin with a letter that all of them begin with.
    if (!isControl(looked[length - 1] ?? 0) && (looked[length - 1] ?? 0) < 0x80) continue;
    const header = looked.subarray(0, length);
    if (fits(header, looked)) return new RepeatedHeaderFraming(Buffer.from(header));
  }
  return null;
}

function fits(header: Buffer, looked: Buffer): boolean {
  let [messages, nats] = [0, 0];
  for (let at = 0; at < looked.length;) {
    const from = at + header.length;
    const next = looked.indexOf(header, from);
    const to = next === -1 ? looked.length : next;
    // What was seen may end in a header.
    if (messages > 0 && from >= looked.length) break;
    if (to === from || !isText(looked.subarray(from, to), to - from)) return false;
    messages += 1;
    nats += NATS_PER_BYTE * (to - from) + (messages > 1 ? Math.log(256) * header.length : 0);
    at = to;
  }
  return messages >= LEAST_MESSAGES && nats >= NATS_OF_DOUBT;
}

export class RepeatedHeaderFraming implements Framing {
  readonly name: string;
  isOver = false;
  readonly #header: Buffer;

  constructor(header: Buffer) {
    this.#header = header;
    this.name = `each begins with the same ${header.length} bytes, ${header.toString('hex')}`;
  }

  take(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink): number {
    const header = this.#header;
    const held = bytes.subarray(0, end);
    let at = start;
    while (at < end && !this.isOver) {
      const from = at + header.length;
      if (from <= end && held.compare(header, 0, header.length, at, from) !== 0) {
        this.isOver = true;
        break;
      }
      const next = from > end ? -1 : held.indexOf(header, from);
      if (next === -1 && (!last || from >= end)) {
        this.isOver = last || end - at > MOST_LENGTH;
        break;
      }
      const to = next === -1 ? end : next;
      sink.framing(at, from);
      sink.message(bytes, from, to, false);
      sink.border(from, to);
      at = to;
    }
    return at;
  }
}
