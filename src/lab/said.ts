/** What was said in a run, and which of it has crossed the wire on which the listener is. Both are bounded. */
import { MOST_SEARCHED, type Said } from './listening.js';
import type { Side } from '../protocol/side.js';

/** Of each side, so many of the newest messages can be asked for. More than the listener ever does. */
const MOST_CROSSED = 1000;

export class SaidMessages {
  /** Each with its number on its side. */
  readonly #newest: { readonly side: Side; readonly text: string; readonly number: number }[] = [];
  #before = 0;
  readonly #count = { client: 0, server: 0 };
  /** The numbers of the messages of each side that have crossed with their own bytes. */
  readonly #crossed = { client: new Set<number>(), server: new Set<number>() };

  add(side: Side, text: string): void {
    this.#newest.push({ side, text, number: this.#count[side]++ });
    if (this.#newest.length <= MOST_SEARCHED) return;
    this.#newest.shift();
    this.#before += 1;
  }

  /** @param message its number on its side, from 0. */
  crossed(side: Side, message: number): void {
    const crossed = this.#crossed[side];
    crossed.add(message);
    const [oldest = 0] = crossed;
    if (crossed.size > MOST_CROSSED) crossed.delete(oldest);
  }

  /** For the listener. */
  get said(): Said {
    return {
      newest: this.#newest.map(({ side, text, number }) => ({
        side,
        text,
        hasCrossed: this.#crossed[side].has(number),
      })),
      before: this.#before,
    };
  }
}
