/**
 * Where the pieces end that go to one side in plaintext, and where the lines in them end. Usually both end at the same
 * place. Then nobody sees that a stream has no messages.
 */
import { printable } from '../../printable.js';

export class LineCuts {
  /** The beginning of a line whose end has not come, with the number of its pieces. */
  #open = { text: '', pieces: 0 };
  /** Lines that ended in one piece, and not all of which were shown yet. */
  #together: readonly string[] = [];
  #joined = new Set<string>();
  #seen: string[] = [];
  twoInOne = false;
  oneInTwo = false;

  /** @param hex what the relay sent, in hex. */
  went(hex: string): void {
    const lines = Buffer.from(hex, 'hex').toString('utf8').split('\n');
    const rest = lines.pop() ?? '';
    const [first, ...more] = lines;
    if (first === undefined) {
      this.#open = { text: this.#open.text + rest, pieces: this.#open.pieces + 1 };
      return;
    }
    const whole = this.#open.text + first;
    if (this.#open.text !== '' && first !== '') this.#joined.add(printable(whole));
    if (more.length > 0) {
      this.#together = [whole, ...more].map(printable);
      this.#seen = [];
    }
    this.#open = { text: rest, pieces: rest === '' ? 0 : 1 };
  }

  shown(text: string): void {
    if (this.#joined.has(text)) this.oneInTwo = true;
    if (!this.#together.includes(text)) return;
    this.#seen.push(text);
    if (this.#seen.length >= 2) this.twoInOne = true;
  }
}
