/** The file of `--keylog`: secrets, written only where they were asked for, and readable by their owner alone. */
import fs from 'node:fs';

import { describeFileError } from '../file-error.js';
import { OWNER_ONLY, checkOutput, openToAppend, writeAll } from '../files/output-file.js';
import { printable } from '../printable.js';
import { EndpointError } from './endpoint-error.js';

const OTHERS = 0o077;

export class KeyLogFile {
  readonly #path: string;
  readonly #warn: (line: string) => void;
  #descriptor: number | null = null;
  /** Bytes of whole lines. */
  #length = 0;
  #failed = false;

  /**
   * Of a file that is not opened before {@link begin}. `warn` is told, a line at a time, what its owner has to know.
   *
   * @throws EndpointError where it is plain already that it cannot be written.
   */
  constructor(file: string, warn: (line: string) => void) {
    this.#path = file;
    this.#warn = warn;
    try {
      checkOutput({ path: file, ifThere: 'replace' });
    } catch (error) {
      throw new EndpointError(this.#cannot(error), { cause: error });
    }
  }

  /** Whether keys are missing from it. */
  get hasFailed(): boolean {
    return this.#failed;
  }

  /** Opens the file for appending; what is in it stays. @throws EndpointError */
  begin(): void {
    try {
      this.#descriptor = openToAppend(this.#path);
      this.#length = fs.fstatSync(this.#descriptor).size;
    } catch (error) {
      throw new EndpointError(this.#cannot(error), { cause: error });
    }
    this.#hide(this.#descriptor);
  }

  /** Never throws: that a key could not be written is told, and the chat goes on. */
  append(line: string): void {
    if (this.#descriptor === null || this.#failed) return;
    try {
      writeAll(this.#descriptor, Buffer.from(line));
      this.#length = fs.fstatSync(this.#descriptor).size;
    } catch (error) {
      this.#failed = true;
      this.#dropHalfLine(this.#descriptor);
      this.#warn(`${this.#cannot(error)}. The chat goes on, and its key is not kept`);
    }
  }

  /** A file that was there may be open to everybody. */
  #hide(descriptor: number): void {
    const { mode } = fs.fstatSync(descriptor);
    if (process.platform === 'win32' || !fs.fstatSync(descriptor).isFile() || (mode & OTHERS) === 0) return;
    try {
      fs.fchmodSync(descriptor, OWNER_ONLY);
      this.#warn(`The key log ${printable(this.#path)} could be used by others on this machine; now it is yours alone`);
    } catch {
      const why = 'can be used by others on this machine, and it is not yours to change that';
      this.#warn(`The key log ${printable(this.#path)} ${why}`);
    }
  }

  #dropHalfLine(descriptor: number): void {
    try {
      fs.ftruncateSync(descriptor, this.#length);
    } catch {
      // A device or a pipe cannot be shortened; that the write failed is told all the same.
    }
  }

  #cannot(error: unknown): string {
    return `Cannot write the key log ${printable(this.#path)}: ${describeFileError(error)}`;
  }
}
