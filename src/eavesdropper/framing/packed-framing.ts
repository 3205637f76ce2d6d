/** Messages that are packed by zlib or gzip one by one, and sent without anything between them. */
import { PackedBody } from './packed-body.js';
import { isGzipHeader, isZlibHeader } from './unpacker.js';
import type { Framing, Sink } from './sink.js';

const SPACE = 0x20;
const GZIP_FIRST = 0x1f;

export class PackedFraming implements Framing {
  readonly name = 'each is packed by itself, and says where it ends';
  isOver = false;
  #body: PackedBody | null = null;
  /** Bytes of the message at hand that came in earlier buffers. */
  #before = 0;

  take(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink): number {
    let at = start;
    let from = start - this.#before;
    while (!this.isOver) {
      if (this.#body === null) {
        at = skipBlanks(bytes, at, end, sink);
        from = at;
        const packing = packingAt(bytes, at, end);
        if (packing === 'more') {
          this.isOver = last;
          break;
        }
        if (packing === null) this.isOver = true;
        else this.#body = new PackedBody(packing, false);
        continue;
      }
      at = this.#body.take(bytes, at, end, last, sink);
      if (!this.#body.isOver) break;
      sink.border(from, at);
      this.isOver = !this.#body.isDone;
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
