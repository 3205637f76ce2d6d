/** `lesson --gift`: the questions of the chapters for Moodle. */
import type { Question } from '../answers/question.js';
import { counted } from '../faces/phrases.js';
import { describeFileError } from '../file-error.js';
import { checkOutput, writeOutput, type IfThere } from '../files/output-file.js';
import { giftOf } from '../lesson/report/gift.js';
import { printable } from '../printable.js';

export class GiftFile {
  readonly #file: string;
  readonly #ifThere: IfThere;

  /** @throws Error in one line if the file could not be written later. */
  constructor(file: string, ifThere: IfThere) {
    this.#file = file;
    this.#ifThere = ifThere;
    this.#saying(() => {
      checkOutput({ path: file, ifThere });
    });
  }

  /** @throws Error in one line if it cannot be written. Returns what to tell the user. */
  write(questions: readonly Question[]): string {
    this.#saying(() => {
      writeOutput({ path: this.#file, ifThere: this.#ifThere }, giftOf(questions));
    });
    return `${printable(this.#file)}, with ${counted(questions.length, 'question')} for Moodle`;
  }

  #saying(action: () => void): void {
    try {
      action();
    } catch (error) {
      throw new Error(`Cannot write the questions ${printable(this.#file)}: ${describeFileError(error)}`, {
        cause: error,
      });
    }
  }
}
