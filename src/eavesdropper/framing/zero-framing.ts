/**
 * Messages that end with a zero byte, as strings of C do, or that are filled up with zeros to a fixed size. UTF-16 has
 * zeros too, but then each is beside one character.
 */
import { isText } from '../disguises/text-bytes.js';
import type { Framing, Sink } from './sink.js';

/** How many bytes are looked at; fewer only if no more come for now. */
const LOOKED_AT = 4096;
const LEAST_LOOKED_AT = 512;
/** A longer message is given up. */
const MOST_MESSAGE = 16_000;
const LF = 0x0a;

/** null unless the stream that begins here holds nothing but text and zeros, and the zeros mark messages. */
export function zeroFraming(bytes: Buffer, start: number, end: number, last: boolean): ZeroFraming | 'more' | null {
  const stop = Math.min(end, start + LOOKED_AT);
  const looked = bytes.subarray(start, stop);
  if (!looked.includes(0)) return null;
  const starts: number[] = [];
  let [singles, hasLines] = [0, false];
  for (let at = 0; at < looked.length;) {
    const zero = looked.indexOf(0, at);
    const to = zero === -1 ? looked.length : zero;
    if (to > at) {
      if (!isText(looked.subarray(at, to), to - at)) return null;
      starts.push(at);
      if (to === at + 1) singles += 1;
      hasLines ||= looked.subarray(at, to).includes(LF);
    }
    at = to + 1;
  }
  // In UTF-16 a zero is beside each character.
  if (4 * singles > starts.length) return null;
  // Where line ends mark messages, zeros only say so if they fill each up to the same size.
  if (hasLines && !areOfOneSize(starts, looked.length)) return null;
  return looked.length >= LEAST_LOOKED_AT || last ? new ZeroFraming() : 'more';
}

function areOfOneSize(starts: readonly number[], length: number): boolean {
  const size = starts[1] ?? length;
  return (starts.length > 2 || length % size === 0) && starts.every((start) => start % size === 0);
}

class ZeroFraming implements Framing {
  readonly name = 'each ends with zero bytes';
  isOver = false;

  take(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink): number {
    let at = start;
    const held = bytes.subarray(0, end);
    while (at < end) {
      let from = at;
      while (from < end && bytes[from] === 0) from += 1;
      if (from > at) sink.framing(at, from);
      at = from;
      if (at === end) break;
      const zero = held.indexOf(0, at);
      if (zero === -1 && !last) {
        this.isOver = end - at > MOST_MESSAGE;
        break;
      }
      const to = zero === -1 ? end : zero;
      sink.message(bytes, at, to, false);
      sink.border(at, to);
      at = to;
    }
    return at;
  }
}
