/**
 * Memory for the held bytes of thousands of streams: buffers of powers of two, cut from larger pieces. When a stream is
 * done with one, another stream gets it. So less memory is needed than with a new buffer each time; see src/README.md.
 */
const PIECE_BYTES = 1024 * 1024;
/**
 * The size of the first piece. Each later one is twice as large as the one before, because a few short chats do not
 * need a megabyte.
 */
const FIRST_PIECE_BYTES = 64 * 1024;
/** Larger buffers are rare, and come from the system. */
const MOST_POOLED = 64 * 1024;

export class WindowPool {
  /** Free buffers, by the logarithm of their size. */
  readonly #vacant: Buffer[][] = [];
  #piece: Buffer = Buffer.alloc(0);
  #nextPieceBytes = FIRST_PIECE_BYTES;

  /** Returns a buffer of `size` bytes, a power of two. It still contains its old bytes. */
  take(size: number): Buffer {
    if (size > MOST_POOLED) return Buffer.allocUnsafeSlow(size);
    const vacant = this.#vacant[Math.log2(size)]?.pop();
    if (vacant !== undefined) return vacant;
    if (this.#piece.length < size) {
      this.#piece = Buffer.allocUnsafeSlow(this.#nextPieceBytes);
      this.#nextPieceBytes = Math.min(PIECE_BYTES, 2 * this.#nextPieceBytes);
    }
    const buffer = this.#piece.subarray(0, size);
    this.#piece = this.#piece.subarray(size);
    return buffer;
  }

  /** Takes back a buffer from {@link take}. Nobody may use it afterwards. */
  giveBack(buffer: Buffer): void {
    if (buffer.length > MOST_POOLED || buffer.length === 0) return;
    (this.#vacant[Math.log2(buffer.length)] ??= []).push(buffer);
  }
}
