/**
 * What a program has shown so far: the beginning and the end of it, if it was much. Some programs show the same line
 * without end, and a message somewhere between. So a line that came very often is not kept where much comes at once.
 */
import { stripVTControlCharacters } from 'node:util';

/** Kept of the beginning, and at least so much of the end, in bytes. */
const KEPT = 256 * 1024;
/** What Java says of the proxy that we told it. Nobody who runs the program without us sees it. */
const JAVA_NOTE = /^Picked up JAVA_TOOL_OPTIONS: -DsocksProxyHost=127\.0\.0\.1 .*\n/gm;

/** A piece that is larger is not what a person could read. In bytes. */
const FLOOD_PIECE = 2_048;
/** A line is kept so often. */
const MOST_TIMES = 50;
/** So many different lines are counted, if they are no longer than this. */
const MOST_LINES = 1_000;
const LONGEST_LINE = 1_000;

/** A place in what was shown: so many bytes had been shown before. */
export type Mark = number;

export class Screen {
  readonly #asKnown: (text: string) => string;
  #bytes = 0;
  readonly #pieces: { readonly start: number; readonly length: number; readonly bytes: Buffer }[] = [];
  readonly #times = new Map<string, number>();
  #kept = 0;
  /** When it showed something last, by `performance.now()`. */
  lastAt = 0;

  /** @param asKnown how its text is told. */
  constructor(asKnown: (text: string) => string) {
    this.#asKnown = asKnown;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(shown: Buffer): void {
    const { length } = shown;
    const bytes = length > FLOOD_PIECE ? this.#withoutFlood(shown) : shown;
    this.#pieces.push({ start: this.#bytes, length, bytes });
    this.#bytes += length;
    this.#kept += bytes.length;
    this.lastAt = performance.now();
    while (this.#kept > 2 * KEPT) {
      const at = this.#pieces.findIndex(({ start }) => start >= KEPT);
      const [gone] = at < 0 || at >= this.#pieces.length - 1 ? [] : this.#pieces.splice(at, 1);
      if (gone === undefined) break;
      this.#kept -= gone.bytes.length;
    }
  }

  /** Lines that are not whole are kept. */
  #withoutFlood(shown: Buffer): Buffer {
    const lines = shown.toString('latin1').split('\n');
    const kept = lines.filter((line, at) => at === 0 || at === lines.length - 1 || !this.#isFrequent(line));
    return kept.length === lines.length ? shown : Buffer.from(kept.join('\n'), 'latin1');
  }

  #isFrequent(line: string): boolean {
    if (line.length > LONGEST_LINE) return false;
    const times = this.#times.get(line) ?? 0;
    if (times > 0 || this.#times.size < MOST_LINES) this.#times.set(line, times + 1);
    return times >= MOST_TIMES;
  }

  /** The place after all that has been shown so far. */
  mark(): Mark {
    return this.#bytes;
  }

  /** What was shown after `mark`, as bytes. What was not kept is missing without a trace. */
  bytesSince(mark: Mark): Buffer {
    return Buffer.concat(
      this.#pieces.flatMap(({ start, length, bytes }) => {
        if (start + length <= mark) return [];
        // A mark is the end of a piece, except that of a last line, and that one is kept.
        return [start >= mark ? bytes : bytes.subarray(-(start + length - mark))];
      }),
    );
  }

  /**
   * What was shown after `mark`, as text without colours and movements. Escape it before you show it.
   */
  since(mark: Mark): string {
    const text = stripVTControlCharacters(this.bytesSince(mark).toString()).replaceAll('\r\n', '\n');
    return this.#asKnown(text.replace(JAVA_NOTE, ''));
  }

  /** The line that is not complete yet: a prompt, if the program waits for input. */
  lastLine(): string {
    const text = this.since(Math.max(0, this.#bytes - 4096));
    return text.slice(text.lastIndexOf('\n') + 1).replace(/^.*\r/, '');
  }
}
