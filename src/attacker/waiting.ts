/** What has come too early, kept until its time: in order, and never more than so much. */

/** Far more than a person says before a handshake is done. */
const MOST_BYTES = 1024 * 1024;

/** More came than is kept: whoever sends it does not wait for an answer, as a chat would. */
export class TooMuchWaitingError extends Error {
  override readonly name = 'TooMuchWaitingError';
  constructor() {
    super(`more than ${MOST_BYTES} bytes came before the relay could handle them`);
  }
}

export class Waiting<T> {
  #items: T[] = [];
  #bytes = 0;

  /** @param bytes how much of the bound it takes. @throws TooMuchWaitingError */
  add(item: T, bytes: number): void {
    if (this.#bytes + bytes > MOST_BYTES) throw new TooMuchWaitingError();
    this.#bytes += bytes;
    this.#items.push(item);
  }

  /** All that waited, which then waits no more. */
  takeAll(): readonly T[] {
    const items = this.#items;
    this.#items = [];
    this.#bytes = 0;
    return items;
  }
}
