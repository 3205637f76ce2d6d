/** A file that `lesson` writes besides its report: the questions for Moodle, or the answer key. */
import { describeFileError } from '../file-error.js';
import { checkOutput, writeOutput, type IfThere } from '../files/output-file.js';
import { printable } from '../printable.js';

export class BesideReport {
  readonly #file: string;
  readonly #what: string;
  readonly #ifThere: IfThere;

  /** @param what it is, for messages. @throws Error in one line if the file could not be written later. */
  constructor(file: string, what: 'questions' | 'answer key', ifThere: IfThere) {
    this.#file = file;
    this.#what = what;
    this.#ifThere = ifThere;
    this.#saying(() => {
      checkOutput({ path: file, ifThere });
    });
  }

  /** @throws Error in one line if it cannot be written. Returns its path, to tell the user. */
  write(text: string): string {
    this.#saying(() => {
      writeOutput({ path: this.#file, ifThere: this.#ifThere }, text);
    });
    return printable(this.#file);
  }

  #saying(action: () => void): void {
    try {
      action();
    } catch (error) {
      throw new Error(`Cannot write the ${this.#what} ${printable(this.#file)}: ${describeFileError(error)}`, {
        cause: error,
      });
    }
  }
}
