/**
 * Standard input as lines to send. They must be UTF-8, because a message is text: of other bytes we would send
 * something else than what is there.
 */
import { isUtf8 } from 'node:buffer';

import { isUtf16 } from '../files/text-file.js';
import { LineReader, LineTooLongError, MAX_LINE_BYTES } from '../protocol/lines.js';

/** Nothing of the input after this can be sent. The message says why. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

const BYTE_ORDER_MARK = '\ufeff';

export class InputLines {
  readonly #reader = new LineReader();
  readonly #complain: (line: string) => void;
  #number = 0;
  #hasComplained = false;

  /** @param complain is told once, in one line, that lines are left out. */
  constructor(complain: (line: string) => void) {
    this.#complain = complain;
  }

  /** The lines that `chunk` completes. @throws InputError after those before it. */
  *lines(chunk: Uint8Array): Generator<string, void, void> {
    try {
      for (const line of this.#reader.lines(chunk)) yield* this.#text(line);
    } catch (error) {
      if (!(error instanceof LineTooLongError)) throw error;
      const why = `standard input holds a line of more than ${MAX_LINE_BYTES} bytes`;
      throw new InputError(`${why}; nothing after it is sent`, { cause: error });
    }
  }

  /** What follows the last LF, at the end of the input. @throws InputError */
  *rest(): Generator<string, void, void> {
    const rest = this.#reader.rest();
    if (rest.length > 0) yield* this.#text(rest);
  }

  *#text(line: Buffer): Generator<string, void, void> {
    this.#number += 1;
    if (this.#number === 1 && isUtf16(line))
      throw new InputError('standard input is UTF-16, not UTF-8; nothing of it is sent. Convert it to UTF-8');
    if (!isUtf8(line)) {
      this.#leaveOut();
      return;
    }
    const text = line.toString('utf8');
    yield this.#number === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
  }

  #leaveOut(): void {
    if (this.#hasComplained) return;
    this.#hasComplained = true;
    const others = 'Other lines that are not UTF-8 are not sent either';
    this.#complain(`line ${this.#number} of standard input was not sent, because it is not UTF-8. ${others}`);
  }
}
