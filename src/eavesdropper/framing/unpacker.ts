/** gzip (RFC 1952), zlib (RFC 1950) and DEFLATE without anything around it, unpacked as the bytes come. */
import { adler32, crc32 } from './checksums.js';
import { Inflater } from './inflater.js';

/** How bytes were packed. */
export type Packing = 'gzip' | 'zlib' | 'deflate';

/** A header of gzip may hold a file's name and a comment. A longer one is none. */
const MOST_HEADER = 1024;
const GZIP_TAIL = 8;
const ZLIB_HEADER = 2;
const ZLIB_TAIL = 4;

export class Unpacker {
  readonly packing: Packing;
  readonly #inflater = new Inflater();
  #phase: 'header' | 'content' | 'tail' | 'done' | 'failed' = 'header';
  #check: number;
  #output: Buffer = NOTHING;

  constructor(packing: Packing) {
    this.packing = packing;
    this.#check = packing === 'zlib' ? 1 : 0;
  }

  /** What the last {@link step} unpacked. Valid until the next one. */
  get output(): Buffer {
    return this.#output;
  }

  /** All of it came, and its check is right. */
  get isDone(): boolean {
    return this.#phase === 'done';
  }

  get hasFailed(): boolean {
    return this.#phase === 'failed';
  }

  /** Whether it goes on, if more bytes come. */
  get isOpen(): boolean {
    return this.#phase !== 'done' && this.#phase !== 'failed';
  }

  /** As {@link Inflater.step}. Where it neither reads nor unpacks anything, it needs more bytes. */
  step(bytes: Buffer, start: number, end: number, last: boolean): number {
    this.#output = NOTHING;
    let at = start;
    if (this.#phase === 'header') at = this.#readHeader(bytes, at, end);
    if (this.#phase === 'content') at = this.#unpack(bytes, at, end, last);
    if (this.#phase === 'tail') at = this.#readTail(bytes, at, end);
    return at;
  }

  close(): void {
    this.#inflater.close();
  }

  #readHeader(bytes: Buffer, start: number, end: number): number {
    const length = headerLength(this.packing, bytes, start, end);
    if (length === 'more') {
      if (end - start > MOST_HEADER) this.#phase = 'failed';
      return start;
    }
    this.#phase = length === null ? 'failed' : 'content';
    return start + (length ?? 0);
  }

  #unpack(bytes: Buffer, start: number, end: number, last: boolean): number {
    const at = this.#inflater.step(bytes, start, end, last);
    this.#output = this.#inflater.output;
    if (this.packing === 'gzip') this.#check = crc32(this.#output, this.#check);
    if (this.packing === 'zlib') this.#check = adler32(this.#output, this.#check);
    if (this.#inflater.isDone) this.#phase = this.packing === 'deflate' ? 'done' : 'tail';
    else if (this.#inflater.hasFailed) this.#phase = 'failed';
    return at;
  }

  #readTail(bytes: Buffer, start: number, end: number): number {
    const length = this.packing === 'gzip' ? GZIP_TAIL : ZLIB_TAIL;
    if (end - start < length) return start;
    const check = this.packing === 'gzip' ? bytes.readUInt32LE(start) : bytes.readUInt32BE(start);
    this.#phase = check === this.#check ? 'done' : 'failed';
    return start + length;
  }
}

const NOTHING = Buffer.alloc(0);

const FLAG = { crc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;

/** How long the header is that begins at `start`; null if there is none, `more` if it goes on behind `end`. */
function headerLength(packing: Packing, bytes: Buffer, start: number, end: number): number | 'more' | null {
  if (packing === 'deflate') return 0;
  if (packing === 'zlib') {
    if (end - start < ZLIB_HEADER) return 'more';
    return isZlibHeader(bytes[start] ?? 0, bytes[start + 1] ?? 0) ? ZLIB_HEADER : null;
  }
  if (end - start < 10) return 'more';
  const flags = bytes[start + 3] ?? 0;
  if (!isGzipHeader(bytes, start) || (flags & FLAG.reserved) !== 0) return null;
  let at = start + 10;
  if ((flags & FLAG.extra) !== 0) {
    if (end - at < 2) return 'more';
    at += 2 + bytes.readUInt16LE(at);
  }
  for (const flag of [FLAG.name, FLAG.comment]) {
    if ((flags & flag) === 0) continue;
    const zero = at < end ? bytes.subarray(0, end).indexOf(0, at) : -1;
    if (zero === -1) return 'more';
    at = zero + 1;
  }
  if ((flags & FLAG.crc) !== 0) at += 2;
  return at > end ? 'more' : at - start;
}

export function isGzipHeader(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0x1f && bytes[at + 1] === 0x8b && bytes[at + 2] === 8;
}

/** DEFLATE with a window of up to 32 KiB, no dictionary, and a multiple of 31. */
export function isZlibHeader(first: number, second: number): boolean {
  return (first & 0x8f) === 0x08 && (second & 0x20) === 0 && (256 * first + second) % 31 === 0;
}
