/**
 * From a stream of bytes to lines.
 *
 * TCP is a byte stream: one read may hold half a line or three, and a character may be cut in two. So bytes are kept
 * until their LF has come, nothing is decoded before the line is whole, and what is kept is bounded.
 */

/** Bytes in a line, its LF included. */
export const MAX_LINE_BYTES = 65_536;

const LF = 0x0a;
const CR = 0x0d;

/** A line went past {@link MAX_LINE_BYTES}: whoever sends it will not stop, so there is no next line to wait for. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';
  constructor() {
    super(`a line is longer than ${MAX_LINE_BYTES} bytes`);
  }
}

export class LineReader {
  /** The beginning of a line whose end has not come yet; only its first `#length` bytes count. */
  #held = Buffer.alloc(0);
  #length = 0;

  /**
   * The lines that `chunk` completes, without their LF and without a CR before it. Each is handed out before the next
   * is looked at; take them all before the next call.
   *
   * @throws LineTooLongError after the lines that came before the one that is too long.
   */
  *lines(chunk: Uint8Array): Generator<Buffer, void, void> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, from)) {
      const line = this.#complete(bytes.subarray(from, end));
      from = end + 1;
      yield line;
    }
    this.#hold(bytes.subarray(from));
  }

  /** What has come since the last LF: the unfinished line with which a stream may end. */
  rest(): Buffer {
    return Buffer.from(this.#held.subarray(0, this.#length));
  }

  #complete(tail: Buffer): Buffer {
    if (this.#length + tail.length >= MAX_LINE_BYTES) throw new LineTooLongError();
    const line = Buffer.concat([this.#held.subarray(0, this.#length), tail]);
    this.#length = 0;
    return line.at(-1) === CR ? line.subarray(0, -1) : line;
  }

  #hold(part: Buffer): void {
    const length = this.#length + part.length;
    if (length >= MAX_LINE_BYTES) throw new LineTooLongError();
    if (length > this.#held.length) {
      // Twice the need, so that a line that comes byte by byte is not copied at each of them.
      const larger = Buffer.alloc(Math.min(2 * length, MAX_LINE_BYTES));
      this.#held.copy(larger, 0, 0, this.#length);
      this.#held = larger;
    }
    part.copy(this.#held, this.#length);
    this.#length = length;
  }
}
