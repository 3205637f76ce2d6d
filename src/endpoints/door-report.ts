/**
 * What the server's person is told of those who came to the door and no further: of a crowd the first few, and how many
 * more.
 */
import type { Address, Problem } from '../protocol/events.js';
import { addressText } from './sentences.js';
import type { Tell } from './telling.js';

/** Told one by one before the rest are counted. */
const MOST_TOLD = 3;
/** Milliseconds from the first of them until the rest are told as a number; then it begins anew. */
const WINDOW_MS = 10_000;

export class DoorReport {
  readonly #tell: Tell;
  #window: { readonly timer: NodeJS.Timeout; readonly since: number } | null = null;
  #told = 0;
  #untold = 0;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** Nothing came of the connection from this address. */
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

  /** Tells of those that are only counted so far. */
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
