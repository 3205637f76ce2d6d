/** Messages that are packed by zlib or gzip one by one, and sent without anything between them. */
import { mayUnpackToText } from './deflate-beginning.js';
import { PackedBody } from './packed-body.js';
import { Unpacker, isGzipHeader, isZlibHeader } from './unpacker.js';
import { isText } from '../disguises/text-bytes.js';
import type { Framing, Sink } from './sink.js';

const SPACE = 0x20;
const GZIP_FIRST = 0x1f;

export class PackedFraming implements Framing {
  /** null until one of them has come whole: a header alone may be chance. */
  name: string | null = null;
  isOver = false;
  readonly #packing: 'deflate' | null;
  #body: PackedBody | null = null;
  /** Bytes of the message at hand that came in earlier buffers. */
  #before = 0;

  /** `packing`: null for messages whose headers say it. */
  constructor(packing: 'deflate' | null) {
    this.#packing = packing;
  }

  take(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink): number {
    let at = start;
    let from = start - this.#before;
    while (!this.isOver) {
      if (this.#body === null) {
        if (this.#packing === null) at = skipBlanks(bytes, at, end, sink);
        from = at;
        const packing = at < end ? (this.#packing ?? packingAt(bytes, at, end)) : 'more';
        if (packing === 'more') {
          this.isOver = last;
          break;
        }
        if (packing === null) this.isOver = true;
        else this.#body = new PackedBody(packing, this.#packing !== null);
        continue;
      }
      at = this.#body.take(bytes, at, end, last, sink);
      if (!this.#body.isOver) break;
      sink.border(from, at);
      this.isOver = !this.#body.isDone;
      if (this.#body.isDone) this.name = 'each is packed by itself, and says where it ends';
      this.#body = null;
    }
    this.#before = this.#body === null ? 0 : at - from;
    return at;
  }
}

function skipBlanks(bytes: Buffer, start: number, end: number, sink: Sink): number {
  let at = start;
  while (at < end && (bytes[at] ?? 0) <= SPACE && bytes[at] !== GZIP_FIRST) at += 1;
  if (at > start) sink.framing(start, at);
  return at;
}

/** How the bytes at `at` are packed, by their header; null if they are not. */
export function packingAt(bytes: Buffer, at: number, end: number): 'gzip' | 'zlib' | 'more' | null {
  const [first, second] = [bytes[at] ?? 0, bytes[at + 1] ?? 0];
  if (at >= end) return 'more';
  if (first === GZIP_FIRST) return end - at < 3 ? 'more' : isGzipHeader(bytes, at) ? 'gzip' : null;
  if (first !== 0x78) return null;
  if (end - at < 2) return 'more';
  return isZlibHeader(first, second) ? 'zlib' : null;
}

/** How many bytes are looked at, and how many messages. */
const LOOKED_AT = 4096;
const ENOUGH_MESSAGES = 8;
/** As in `prefix-framing.ts`. */
const NATS_OF_DOUBT = 11;
const NATS_PER_BYTE = 0.8;
/** The kind of the block, its last bits, and that it is the last one. */
const NATS_OF_BLOCK = Math.log(8 * 128);
/** That the last message ends where the bytes do. */
const NATS_OF_END = Math.log(256);

/**
 * Whether messages begin here that are packed without a header: then all that shows it is that text comes out of each,
 * and that it ends.
 */
export function deflateFraming(
  bytes: Buffer,
  start: number,
  end: number,
  last: boolean,
): PackedFraming | 'more' | null {
  const stop = Math.min(end, start + LOOKED_AT);
  let [nats, messages, at] = [0, 0, start];
  for (; at < stop && messages < ENOUGH_MESSAGES; messages += 1) {
    const kind = (bytes[at] ?? 0) & 7;
    // One block, which is the last, in fixed codes or in its own.
    if (kind !== 3 && kind !== 5) return null;
    const found = deflatedText(bytes, at, stop);
    if (found === null)
      return stop - start < LOOKED_AT && !last && messages === 0 && mayGoOn(bytes, at, stop) ? 'more' : null;
    nats += NATS_OF_BLOCK + NATS_PER_BYTE * found.text;
    at = found.end;
  }
  if (last && at === end) nats += NATS_OF_END;
  return messages > 0 && nats >= NATS_OF_DOUBT ? new PackedFraming('deflate') : null;
}

/** Where a whole message that is packed without a header ends, and how many bytes of text it holds; null if none is. */
export function deflatedText(
  bytes: Buffer,
  start: number,
  end: number,
): { readonly end: number; readonly text: number } | null {
  if (!mayUnpackToText(bytes, start, end)) return null;
  const unpacker = new Unpacker('deflate');
  const text: Buffer[] = [];
  let [at, before] = [start, -1];
  while (unpacker.isOpen && (at > before || unpacker.output.length > 0) && text.length < 8) {
    before = at;
    at = unpacker.step(bytes, at, end);
    text.push(Buffer.from(unpacker.output));
  }
  unpacker.close();
  const content = Buffer.concat(text);
  if (!unpacker.isDone || content.length === 0 || !isText(content, content.length)) return null;
  return { end: at, text: content.length };
}

/** Whether what came so far is text. */
function mayGoOn(bytes: Buffer, start: number, end: number): boolean {
  if (!mayUnpackToText(bytes, start, end)) return false;
  const unpacker = new Unpacker('deflate');
  unpacker.step(bytes, start, end);
  const { output, hasFailed } = unpacker;
  const isOpen = !hasFailed && isText(output, output.length);
  unpacker.close();
  return isOpen;
}
