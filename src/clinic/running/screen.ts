/** What a program has shown so far: the beginning and the end of it, if it was much. */
import { stripVTControlCharacters } from 'node:util';

/** Kept of the beginning, and at least so much of the end, in bytes. */
const KEPT = 256 * 1024;

/** A place in what was shown: so many bytes had been shown before. */
export type Mark = number;

export class Screen {
  #bytes = 0;
  readonly #pieces: { readonly start: number; readonly bytes: Buffer }[] = [];
  #kept = 0;
  /** When it showed something last, by `performance.now()`. */
  lastAt = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(bytes: Buffer): void {
    this.#pieces.push({ start: this.#bytes, bytes });
    this.#bytes += bytes.length;
    this.#kept += bytes.length;
    this.lastAt = performance.now();
    while (this.#kept > 2 * KEPT) {
      const at = this.#pieces.findIndex(({ start }) => start >= KEPT);
      const [gone] = at < 0 || at >= this.#pieces.length - 1 ? [] : this.#pieces.splice(at, 1);
      if (gone === undefined) break;
      this.#kept -= gone.bytes.length;
    }
  }

  /** The place after all that has been shown so far. */
  mark(): Mark {
    return this.#bytes;
  }

  /** What was shown after `mark`, as bytes. What was not kept is missing without a trace. */
  bytesSince(mark: Mark): Buffer {
    return Buffer.concat(
      this.#pieces.flatMap(({ start, bytes }) =>
        start + bytes.length <= mark ? [] : [bytes.subarray(Math.max(0, mark - start))],
      ),
    );
  }

  /**
   * What was shown after `mark`, as text without colours and movements. Escape it before you show it.
   */
  since(mark: Mark): string {
    return stripVTControlCharacters(this.bytesSince(mark).toString()).replaceAll('\r\n', '\n');
  }

  /** The line that is not complete yet: a prompt, if the program waits for input. */
  lastLine(): string {
    const text = this.since(Math.max(0, this.#bytes - 4096));
    return text.slice(text.lastIndexOf('\n') + 1).replace(/^.*\r/, '');
  }
}
