/**
 * Packed bytes with others in front: a header of the program's own, a number, or a line of JSON.
 *
 *     00 00 00 07  1f 8b 08 …        a number, then a member of gzip
 *     {"bytes": 34}␊  78 9c …        a line, then zlib
 *
 * What shows it is that the packed bytes end with the right check, or that text comes out of them.
 */
import { mayUnpackToText } from './deflate-beginning.js';
import { PackedBody } from './packed-body.js';
import { BLOCK, Unpacker, isGzipHeader, isZlibHeader } from './unpacker.js';
import { isText, isTyped } from '../disguises/text-bytes.js';
import type { Framing, Sink } from './sink.js';

/** The first packed bytes of a stream are looked for among so many. */
export const MOST_BEFORE = 16_384;
/** Shorter bytes in front only mark a message, unless they are text. */
const MOST_HEADER = 16;
/** And longer text is more than a line in front of a message. */
const MOST_LINE = 512;
/** While no packed bytes are seen, so many are left for the next call: a header that what it stands for follows. */
const MOST_LEFT = 64;
/** Of one that has not come whole, so much must have come out, or more of it must be seen. */
const LEAST_CONTENT = 24;
const MOST_TRIED = 4096;
/** How often it is tried in vain: so many times, and once more for so many bytes. */
const MOST_TRIES = 32;
const BYTES_PER_TRY = 128;

const GZIP_MARK = Buffer.from([0x1f, 0x8b, 0x08]);
const ZLIB_FIRST = 0x78;

interface Place {
  readonly at: number;
  readonly packing: 'gzip' | 'zlib';
  /** `more`: what came so far leaves it open. */
  readonly isSure: boolean | 'more';
}

/** null unless packed bytes stand somewhere in the first bytes, or may. `most`: how far from `start` they may begin. */
export function packedWithin(
  bytes: Buffer,
  start: number,
  end: number,
  last: boolean,
  most = MOST_BEFORE,
): PackedWithin | null {
  const place = nextPacked(bytes, start, Math.min(end, start + most), end, { left: MOST_TRIES });
  return place === null || (last && place.isSure === 'more') ? null : new PackedWithin();
}

export class PackedWithin implements Framing {
  /** null until one of them has come whole. */
  name: string | null = null;
  isOver = false;
  #body: PackedBody | null = null;
  /** Bytes of the message at hand that came in earlier buffers. */
  #before = 0;
  /** Bytes since packed ones ended. */
  #without = 0;
  readonly #tries = { left: MOST_TRIES };

  take(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink): number {
    let at = start;
    let from = start - this.#before;
    this.#tries.left += Math.ceil((end - start) / BYTES_PER_TRY);
    while (at < end) {
      if (this.#body === null) {
        const place = nextPacked(bytes, at, end, end, this.#tries);
        if (place === null || (place.isSure === 'more' && last)) {
          at = this.#takeOthers(bytes, at, last ? end : Math.max(at, end - MOST_LEFT), last, sink);
          break;
        }
        if (place.isSure === 'more') {
          at = this.#takeOthers(bytes, at, Math.max(at, place.at - MOST_LEFT), false, sink);
          break;
        }
        this.#takeHeader(bytes, at, place.at, sink);
        at = place.at;
        this.#body = new PackedBody(place.packing, false);
      }
      at = this.#body.take(bytes, at, end, last, sink);
      if (!this.#body.isOver) break;
      if (this.#body.isDone) this.name = 'each holds packed bytes, which say where they end';
      this.#body = null;
      this.#without = 0;
      sink.border(from, at);
      from = at;
    }
    this.#before = at - from;
    return at;
  }

  /** What stands in front of packed bytes. */
  #takeHeader(bytes: Buffer, start: number, end: number, sink: Sink): void {
    if (end === start) return;
    if (end - start <= MOST_LINE && isText(bytes.subarray(start, end), end - start))
      sink.message(bytes, start, end, false);
    else if (end - start <= MOST_HEADER) sink.framing(start, end);
    else sink.plain(bytes, start, end, true);
  }

  /** What no packed bytes follow, as far as was seen. */
  #takeOthers(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink): number {
    const at = end === start ? start : sink.plain(bytes, start, end, last);
    this.#without += at - start;
    this.isOver = last || this.#without > MOST_BEFORE || this.#tries.left <= 0;
    return at;
  }
}

/** `stop`: it must begin before this. `end`: the bytes end here. */
function nextPacked(bytes: Buffer, start: number, stop: number, end: number, tries: { left: number }): Place | null {
  const held = bytes.subarray(0, stop);
  let gzip = indexOrEnd(held.indexOf(GZIP_MARK, start), stop);
  let zlib = indexOrEnd(held.indexOf(ZLIB_FIRST, start), stop);
  while (Math.min(gzip, zlib) < stop && tries.left > 0) {
    const at = Math.min(gzip, zlib);
    const packing = at === gzip ? 'gzip' : 'zlib';
    const isSure = mayBegin(bytes, at, end, packing) && tried(bytes, at, end, packing, tries);
    if (isSure !== false) return { at, packing, isSure };
    if (at === gzip) gzip = indexOrEnd(held.indexOf(GZIP_MARK, at + 1), stop);
    else zlib = indexOrEnd(held.indexOf(ZLIB_FIRST, at + 1), stop);
  }
  return null;
}

function indexOrEnd(index: number, end: number): number {
  return index === -1 ? end : index;
}

/** A quick look. */
function mayBegin(bytes: Buffer, at: number, end: number, packing: 'gzip' | 'zlib'): boolean {
  if (packing === 'gzip') return isGzipHeader(bytes, at);
  return at + 2 < end && isZlibHeader(bytes[at] ?? 0, bytes[at + 1] ?? 0) && mayUnpackToText(bytes, at + 2, end);
}

function tried(
  bytes: Buffer,
  start: number,
  end: number,
  packing: 'gzip' | 'zlib',
  tries: { left: number },
): boolean | 'more' {
  const unpacker = new Unpacker(packing);
  const content: Buffer[] = [];
  const stop = Math.min(end, start + MOST_TRIED);
  let [at, before, unpacked] = [start, -1, 0];
  while (unpacker.isOpen && unpacked < BLOCK && (at > before || unpacker.output.length > 0)) {
    before = at;
    at = unpacker.step(bytes, at, stop);
    content.push(Buffer.from(unpacker.output));
    unpacked += unpacker.output.length;
  }
  unpacker.close();
  if (unpacker.isDone) return unpacked > 0;
  const isOpen = !unpacker.hasFailed;
  if (isOpen && unpacked >= LEAST_CONTENT && isTyped(Buffer.concat(content))) return true;
  tries.left -= 1;
  return isOpen && stop === end ? 'more' : false;
}
