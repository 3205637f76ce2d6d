/**
 * Reports clients that came to the door but never got into the chat. Of a crowd, it reports the first few one by one,
 * and then how many more there were.
 */
import type { Address, Problem } from '../protocol/events.js';
import { addressText } from './sentences.js';
import type { Tell } from './telling.js';

/** How many are reported one by one before the rest are counted. */
const MOST_TOLD = 3;
/**
 * After this many milliseconds from the first client, the number of the rest is reported, and counting starts again.
 */
const WINDOW_MS = 10_000;

export class DoorReport {
  readonly #tell: Tell;
  #window: { readonly timer: NodeJS.Timeout; readonly since: number } | null = null;
  #told = 0;
  #untold = 0;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** The connection from this address never became a chat. */
  add(from: Address, problem: Problem): void {
    this.#window ??= {
      timer: setTimeout(() => {
        this.close();
      }, WINDOW_MS),
      since: Date.now(),
    };
    if (this.#told < MOST_TOLD) {
      this.#told += 1;
      this.#tell([{ ...problem, at: addressText(from) }]);
    } else this.#untold += 1;
  }

  /** Reports those that are only counted so far. */
  close(): void {
    if (this.#window === null) return;
    const { timer, since } = this.#window;
    clearTimeout(timer);
    const seconds = Math.max(1, Math.round((Date.now() - since) / 1000));
    if (this.#untold > 0) this.#tell([{ type: 'turned-away', clients: this.#untold, seconds }]);
    this.#window = null;
    this.#told = 0;
    this.#untold = 0;
  }
}
