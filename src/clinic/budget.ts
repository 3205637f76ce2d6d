/** The time that a check may take. Everything that waits draws on it, so the check ends when it should. */
import { setTimeout as delay } from 'node:timers/promises';

/** The time of the check is over. What was not answered is “cannot tell”. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

/** How often a condition is looked at. */
const LOOK_AGAIN_MS = 15;

export class Budget {
  readonly #until: number;

  /** @param ms from now. */
  constructor(ms: number) {
    this.#until = performance.now() + ms;
  }

  /** In milliseconds; 0 when nothing is left. */
  get left(): number {
    return Math.max(0, this.#until - performance.now());
  }

  /** @throws OutOfTime */
  check(): void {
    if (this.left === 0) throw new OutOfTime('There was no time left');
  }

  /**
   * Waits until `condition` holds, at most `limitMs`. Returns whether it holds.
   *
   * @throws OutOfTime
   */
  async until(condition: () => boolean, limitMs: number): Promise<boolean> {
    const limit = performance.now() + limitMs;
    for (;;) {
      if (condition()) return true;
      this.check();
      if (performance.now() >= limit) return false;
      await delay(LOOK_AGAIN_MS);
    }
  }

  /** @throws OutOfTime */
  async pause(ms: number): Promise<void> {
    await this.until(() => false, ms);
  }
}
