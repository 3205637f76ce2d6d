/** brotli and Zstandard, which this Node unpacks if it has them. They are kept until their end, up to a limit. */
import { createRequire } from 'node:module';
import type { NotUnpacked, Sink } from './sink.js';

export type WholePacking = 'brotli' | 'zstd';

/** A longer body is not unpacked. */
const MOST_BYTES = 2 ** 20;
const MOST_UNPACKED = 8 * 2 ** 20;
/** Told at once, so that a body that begins with text is not all taken for text. */
const PIECE = 65_536;
/** What all bodies of a thread may keep together. */
const MOST_HELD = 32 * 2 ** 20;
let held = 0;

type Unpack = (bytes: Buffer) => Buffer;

/** Loading node:zlib takes as long as reading a small capture, which seldom needs it. */
const load = createRequire(import.meta.url);

/** null if this Node cannot: Zstandard came with Node 22.15 and 23.8. */
function unpackerOf(packing: WholePacking): Unpack | null {
  const zlib = load('node:zlib') as typeof import('node:zlib');
  const { constants } = zlib;
  if (packing === 'brotli') {
    // What came of a body that is cut off is unpacked too.
    const options = { maxOutputLength: MOST_UNPACKED, finishFlush: constants.BROTLI_OPERATION_FLUSH };
    return (bytes) => zlib.brotliDecompressSync(bytes, options);
  }
  const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (bytes: Buffer, options: object) => Buffer };
  const { ZSTD_e_flush: flush } = constants as { ZSTD_e_flush?: number };
  if (zstdDecompressSync === undefined) return null;
  return (bytes) => zstdDecompressSync(bytes, { maxOutputLength: MOST_UNPACKED, finishFlush: flush });
}

export class WholeBody {
  readonly #packing: WholePacking;
  readonly #source: Buffer[] = [];
  #bytes = 0;
  #start = 0;
  #isOver = false;

  constructor(packing: WholePacking) {
    this.#packing = packing;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** As {@link PackedBody.take}. */
  take(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink, shift = 0): number {
    // Later buffers begin later, so the place of the first byte moves back.
    if (this.#bytes === 0) this.#start = start + shift;
    else this.#start = start + shift - this.#bytes;
    this.#source.push(Buffer.from(bytes.subarray(start, end)));
    this.#bytes += end - start;
    held += end - start;
    if (last) this.#unpack(sink);
    else if (this.#bytes > MOST_BYTES || held > MOST_HELD) this.#tell(sink, NOTHING, 'too much');
    return end;
  }

  #unpack(sink: Sink): void {
    const unpack = unpackerOf(this.#packing);
    if (unpack === null) {
      this.#tell(sink, NOTHING, 'unable');
      return;
    }
    try {
      const content = unpack(Buffer.concat(this.#source));
      const isAllowed = sink.worked(this.#bytes, content.length);
      this.#tell(sink, isAllowed ? content : NOTHING, isAllowed ? null : 'too much');
    } catch (error) {
      const isTooLong = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      this.#tell(sink, NOTHING, isTooLong ? 'too much' : 'damaged');
    }
  }

  #tell(sink: Sink, content: Buffer, why: NotUnpacked['why'] | null): void {
    this.#isOver = true;
    held -= this.#bytes;
    const source = Buffer.concat(this.#source.splice(0));
    const pieces = Math.max(1, Math.ceil(content.length / PIECE));
    for (let piece = 0; piece < pieces; piece += 1) {
      const from = Math.floor((source.length * piece) / pieces);
      const to = Math.floor((source.length * (piece + 1)) / pieces);
      sink.unwrapped({
        as: this.#packing,
        source: source.subarray(from, to),
        start: this.#start + from,
        end: this.#start + to,
        content: content.subarray(PIECE * piece, PIECE * (piece + 1)),
        isNext: piece > 0,
        hasNext: piece + 1 < pieces,
        isSure: true,
      });
    }
    if (why !== null) sink.notUnpacked({ as: this.#packing, bytes: source.length, why });
  }
}

const NOTHING = Buffer.alloc(0);
