/**
 * Bytes that are packed as a whole: a body of HTTP, or a message. They are told in blocks of about 4 KiB of what comes
 * out, so that an archive that begins with text is not all taken for text.
 */
import { Gathering } from './gathering.js';
import { BLOCK, isZlibHeader, Unpacker, type Packing } from './unpacker.js';
import type { Sink } from './sink.js';

/** Packed bytes out of which nothing comes. */
const MOST_PENDING = 8192;

export class PackedBody {
  #unpacker: Unpacker | null;
  readonly #isNamed: boolean;
  #isOver = false;
  #isDone = false;
  readonly #gathering = new Gathering();

  /**
   * `packing`: null for HTTP's `deflate`, which should be zlib (RFC 9110, section 8.4.1.2), and often has no header.
   * `isNamed`: something in front of it says how it is packed.
   */
  constructor(packing: Packing | null, isNamed: boolean) {
    this.#unpacker = packing === null ? null : new Unpacker(packing);
    this.#isNamed = isNamed;
  }

  /** It has ended, or cannot be read on. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** It ended as it should. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** As {@link Framing.take}. `shift`: add it to a place in `bytes` to get the place to tell. */
  take(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink, shift = 0): number {
    let at = start;
    while (!this.#isOver) {
      const unpacker = this.#unpackerFor(bytes, at, end, last);
      if (unpacker === null) return at;
      const before = at;
      at = unpacker.step(bytes, at, end);
      this.#gathering.add(bytes.subarray(before, at), unpacker.output);
      const isAllowed = sink.worked(at - before, unpacker.output.length);
      if (!isAllowed) this.#stop(unpacker, 'too much', sink, at + shift);
      else if (!unpacker.isOpen) this.#stop(unpacker, unpacker.isDone ? null : 'damaged', sink, at + shift);
      else if (this.#isEnough) this.#tell(unpacker, sink, at + shift, true);
      else if (at === before && unpacker.output.length === 0) break;
    }
    const unpacker = this.#unpacker;
    if (last && !this.#isOver && unpacker !== null) {
      this.#gathering.add(bytes.subarray(at, end), NOTHING);
      unpacker.close();
      this.#isOver = true;
      this.#tell(unpacker, sink, end + shift, false);
      return end;
    }
    return at;
  }

  /** Whether enough came out to tell, or enough was read of which nothing came out. */
  get #isEnough(): boolean {
    return this.#gathering.contentBytes >= BLOCK || this.#gathering.sourceBytes > MOST_PENDING;
  }

  #unpackerFor(bytes: Buffer, at: number, end: number, last: boolean): Unpacker | null {
    if (this.#unpacker === null && (end - at >= 2 || last))
      this.#unpacker = new Unpacker(isZlibHeader(bytes[at] ?? 0, bytes[at + 1] ?? 0) ? 'zlib' : 'deflate');
    return this.#unpacker;
  }

  #stop(unpacker: Unpacker, why: 'too much' | 'damaged' | null, sink: Sink, end: number): void {
    this.#isOver = true;
    this.#isDone = why === null;
    unpacker.close();
    this.#tell(unpacker, sink, end, false);
    if (why === 'too much' || (why === 'damaged' && this.#isNamed))
      sink.notUnpacked({ as: unpacker.packing, bytes: 0, why });
  }

  #tell(unpacker: Unpacker, sink: Sink, end: number, hasNext: boolean): void {
    const { packing: as } = unpacker;
    const isSure = this.#isDone || (!unpacker.hasFailed && (this.#isNamed || as === 'gzip'));
    this.#gathering.tell(sink, { as, end, hasNext, isSure });
  }
}

const NOTHING = Buffer.alloc(0);
