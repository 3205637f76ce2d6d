/**
 * gzip (RFC 1952), zlib (RFC 1950) and DEFLATE without anything around it (RFC 1951), unpacked as the bytes come. The
 * package `pako` does it, which is zlib in JavaScript, and has zlib's own calls: they say how far they read, and stop
 * when the room for output is full. node:zlib cannot go on where a call stopped, unless it waits in between; `fflate`
 * verifies no check, and does not say where the packed bytes end.
 */
import { createRequire } from 'node:module';

import type { ZStream } from 'pako';

/** How bytes were packed. */
export type Packing = 'gzip' | 'zlib' | 'deflate';

/** Not more than this comes out at once, so that the caller can look at it. */
export const BLOCK = 4096;

/** What tells zlib's inflateInit2 which of them it is. All have a window of 2^15 bytes. */
const WINDOW_BITS: Readonly<Record<Packing, number>> = { gzip: 31, zlib: 15, deflate: -15 };
/** How many of the first bytes are looked at before any is unpacked. */
const MARK_BYTES: Readonly<Record<Packing, number>> = { gzip: 3, zlib: 2, deflate: 0 };

/** A window of 32 KiB, tables of codes, and the output. */
const STREAM_BYTES = 44 * 2 ** 10;
/** What all that are open in a thread may hold together: thousands of hostile conversations cannot exceed it. */
const MOST_HELD = 128 * 2 ** 20;
let held = 0;

/** Streams that nobody has now: most messages are short, and need one after the other. */
const spares: ZStream[] = [];
const MOST_SPARES = 8;

type Pako = typeof import('pako');

/** Loading it takes as long as reading a small capture, which seldom needs it. */
let pako: Pako | null = null;
const load = createRequire(import.meta.url);

export class Unpacker {
  readonly packing: Packing;
  #phase: 'mark' | 'content' | 'done' | 'failed' = 'mark';
  /** null before it is needed, and when it is not needed any more. */
  #stream: ZStream | null = null;
  #isClosed = false;
  #output: Buffer = NOTHING;

  constructor(packing: Packing) {
    this.packing = packing;
  }

  /** What the last {@link step} unpacked: up to {@link BLOCK} bytes. Valid until the next one. */
  get output(): Buffer {
    return this.#output;
  }

  /** All of it came, and its checks are right. */
  get isDone(): boolean {
    return this.#phase === 'done';
  }

  /** The bytes are not packed so, or there is no memory. */
  get hasFailed(): boolean {
    return this.#phase === 'failed';
  }

  /** Whether it goes on, if more bytes come. */
  get isOpen(): boolean {
    return this.#phase !== 'done' && this.#phase !== 'failed';
  }

  /** Returns how far it read. Where it neither reads nor unpacks anything, it needs more bytes. */
  step(bytes: Buffer, start: number, end: number): number {
    this.#output = NOTHING;
    if (this.#phase === 'mark') this.#readMark(bytes, start, end);
    return this.#phase === 'content' ? this.#unpack(bytes, start, end) : start;
  }

  /** Another message follows, which may copy from the ones before it (RFC 7692, section 7.2.2). */
  nextMessage(): void {
    if (this.#phase !== 'done' || this.#stream === null) return;
    library().zlibInflateResetKeep(this.#stream);
    this.#phase = 'content';
  }

  /** It is not needed any more. */
  close(): void {
    this.#isClosed = true;
    const stream = this.#stream;
    this.#stream = null;
    if (stream === null) return;
    held -= STREAM_BYTES;
    if (spares.length < MOST_SPARES) spares.push(stream);
  }

  /** The package would say of a text that it read its first two bytes. It must not. */
  #readMark(bytes: Buffer, start: number, end: number): void {
    if (end - start < MARK_BYTES[this.packing]) return;
    const isMarked =
      this.packing === 'gzip'
        ? isGzipHeader(bytes, start)
        : this.packing === 'deflate' || isZlibHeader(bytes[start] ?? 0, bytes[start + 1] ?? 0);
    this.#phase = isMarked ? 'content' : 'failed';
  }

  #unpack(bytes: Buffer, start: number, end: number): number {
    const stream = this.#isClosed ? null : (this.#stream ??= openStream(this.packing));
    if (stream === null) {
      this.#phase = 'failed';
      return start;
    }
    const { zlibInflate, Z_SYNC_FLUSH, Z_OK, Z_BUF_ERROR, Z_STREAM_END } = library();
    stream.input = bytes;
    stream.next_in = start;
    stream.avail_in = end - start;
    stream.next_out = 0;
    stream.avail_out = BLOCK;
    const status = zlibInflate(stream, Z_SYNC_FLUSH);
    stream.input = NOTHING;
    this.#output = Buffer.from(stream.output.buffer, 0, stream.next_out);
    // Z_BUF_ERROR: it needs more bytes.
    if (status === Z_STREAM_END) this.#phase = 'done';
    else if (status !== Z_OK && status !== Z_BUF_ERROR) this.#phase = 'failed';
    return stream.next_in;
  }
}

const NOTHING = Buffer.alloc(0);

function library(): Pako {
  return (pako ??= load('pako') as Pako);
}

/** null if there is no memory. */
function openStream(packing: Packing): ZStream | null {
  if (held + STREAM_BYTES > MOST_HELD) return null;
  held += STREAM_BYTES;
  const { ZStream, zlibInflateInit2, zlibInflateReset2 } = library();
  const spare = spares.pop();
  if (spare !== undefined) {
    zlibInflateReset2(spare, WINDOW_BITS[packing]);
    return spare;
  }
  const stream = new ZStream();
  stream.output = new Uint8Array(BLOCK);
  zlibInflateInit2(stream, WINDOW_BITS[packing]);
  return stream;
}

export function isGzipHeader(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0x1f && bytes[at + 1] === 0x8b && bytes[at + 2] === 8;
}

/** DEFLATE with a window of up to 32 KiB, no dictionary, and a multiple of 31. */
export function isZlibHeader(first: number, second: number): boolean {
  return (first & 0x8f) === 0x08 && (second & 0x20) === 0 && (256 * first + second) % 31 === 0;
}
