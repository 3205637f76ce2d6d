/**
 * Splits a stream of bytes into lines.
 *
 * TCP is a byte stream: one read may return half a line or three lines, and may split a character. So this reader keeps
 * bytes until their LF arrives, and decodes nothing before the line is complete. It keeps a limited number of bytes.
 */

/** The most bytes in a line, including its LF. */
export const MAX_LINE_BYTES = 65_536;

const LF = 0x0a;
const CR = 0x0d;

/**
 * A line is longer than {@link MAX_LINE_BYTES}. Its end may never come, so the reader does not wait for a next line.
 */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';
  constructor() {
    super(`a line is longer than ${MAX_LINE_BYTES} bytes`);
  }
}

export class LineReader {
  /** The beginning of an unfinished line. Only the first `#length` bytes are in use. */
  #held = Buffer.alloc(0);
  #length = 0;

  /**
   * The lines that `chunk` completes, without their LF and without a CR before it. Each line is yielded before the next
   * one is searched for. Take all of them before you call this again.
   *
   * @throws LineTooLongError after it has yielded the lines before the one that is too long.
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

  /** The bytes since the last LF: a stream may end with an unfinished line. */
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
      // Twice the size needed. Otherwise, a line that arrives byte by byte would be copied at every byte.
      const larger = Buffer.alloc(Math.min(2 * length, MAX_LINE_BYTES));
      this.#held.copy(larger, 0, 0, this.#length);
      this.#held = larger;
    }
    part.copy(this.#held, this.#length);
    this.#length = length;
  }
}
