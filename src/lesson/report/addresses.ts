/** The ids of a page's elements, for links. No two elements may have the same id. */
export class Addresses {
  readonly #taken: Set<string>;

  /** @param taken ids that the page already uses. */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** Returns `wanted` if it is free; otherwise it adds the first number from 2 on that makes it free. */
  next(wanted: string): string {
    let id = wanted;
    for (let number = 2; this.#taken.has(id); number += 1) id = `${wanted}-${number}`;
    this.#taken.add(id);
    return id;
  }
}
