/** Random choices that are the same for the same seed on every machine: SHA-256 of the seed and a counter. */
import { createHash } from 'node:crypto';

export class Dice {
  readonly #seed: string;
  #thrown = 0;

  /** The parts make one seed. `['a', 'b']` is not the same seed as `['ab']`. */
  constructor(...parts: readonly string[]) {
    this.#seed = JSON.stringify(parts);
  }

  /** Returns 0 to `sides` - 1. `sides` is far below 2^32, so the remainder's small bias does not matter. */
  below(sides: number): number {
    const digest = createHash('sha256').update(`${this.#seed} ${this.#thrown++}`).digest();
    return digest.readUInt32BE() % sides;
  }

  /** @throws RangeError if the list is empty. */
  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)];
    if (picked === undefined) throw new RangeError('nothing to pick from');
    return picked;
  }

  shuffled<T>(all: readonly T[]): readonly T[] {
    const rest = [...all];
    return all.flatMap(() => rest.splice(this.below(rest.length), 1));
  }
}
