/**
 * Passes on what comes, and catches what one side sends when it is told to. What is caught goes no further: whoever
 * catches it decides what the other side gets.
 */
import type { Side } from '../../protocol/side.js';
import { apart, passing, type Chunk, type Control, type Treatment } from './treatment.js';

export class Catcher implements Treatment {
  readonly #others: Treatment;
  #wanted: { readonly link: number; readonly from: Side } | null = null;
  #caught: Chunk[] = [];
  #lastAt = 0;

  /** @param pauseMs before everything that is passed on; 0 where the pair needs no pauses. */
  constructor(pauseMs: number) {
    this.#others = pauseMs > 0 ? apart(pauseMs) : passing();
  }

  came(chunk: Chunk, control: Control): void {
    if (chunk.link !== this.#wanted?.link || chunk.from !== this.#wanted.from) {
      this.#others.came(chunk, control);
      return;
    }
    this.#caught.push(chunk);
    this.#lastAt = performance.now();
  }

  /** From now on, what this side sends on this connection is caught, until {@link release}. */
  catch(link: number, from: Side): void {
    this.#wanted = { link, from };
    this.#caught = [];
  }

  /** Whether something was caught, and nothing more has come for so long: usually a whole message. */
  hasCaught(quietMs: number): boolean {
    return this.#caught.length > 0 && performance.now() - this.#lastAt >= quietMs;
  }

  /** What was caught. All that comes later is passed on again. */
  release(): readonly Chunk[] {
    this.#wanted = null;
    return this.#caught.splice(0);
  }
}
