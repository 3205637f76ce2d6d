/** Keeps, in order, what came too early. There is a limit on how much it keeps. */

/** Much more than a person types before a handshake is done. */
const MOST_BYTES = 1024 * 1024;

/** More came than we keep. The sender does not wait for answers, as a chat would. */
export class TooMuchWaitingError extends Error {
  override readonly name = 'TooMuchWaitingError';
  constructor() {
    super(`more than ${MOST_BYTES} bytes came before the relay could handle them`);
  }
}

export class Waiting<T> {
  #items: T[] = [];
  #bytes = 0;

  /** @param bytes how much of the limit the item uses. @throws TooMuchWaitingError */
  add(item: T, bytes: number): void {
    if (this.#bytes + bytes > MOST_BYTES) throw new TooMuchWaitingError();
    this.#bytes += bytes;
    this.#items.push(item);
  }

  /** Returns everything that waited, and empties the list. */
  takeAll(): readonly T[] {
    const items = this.#items;
    this.#items = [];
    this.#bytes = 0;
    return items;
  }
}
