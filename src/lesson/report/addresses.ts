/** The ids of a page's elements, by which links reach them: no two elements may have the same. */
export class Addresses {
  readonly #taken: Set<string>;

  /** @param taken ids that the page already uses. */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** `wanted`, if no element has it yet; otherwise with the first number from 2 on that makes it new. */
  next(wanted: string): string {
    let id = wanted;
    for (let number = 2; this.#taken.has(id); number += 1) id = `${wanted}-${number}`;
    this.#taken.add(id);
    return id;
  }
}
