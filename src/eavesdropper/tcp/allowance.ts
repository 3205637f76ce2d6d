/**
 * An amount of memory that many share. Each takes a part and gives it back later, and can ask whether the rest is
 * enough.
 */
export class Allowance {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  get isSpent(): boolean {
    return this.#left < 0;
  }

  has(bytes: number): boolean {
    return bytes <= this.#left;
  }

  take(bytes: number): void {
    this.#left -= bytes;
  }

  giveBack(bytes: number): void {
    this.#left += bytes;
  }
}
