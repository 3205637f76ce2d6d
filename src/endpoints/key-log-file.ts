/**
 * The file of `--keylog`. It holds secrets: they are written only where the user asked for them, and only their owner
 * can read them.
 */
import fs from 'node:fs';

import { describeFileError } from '../file-error.js';
import { NOT_BLOCKING, OWNER_ONLY, checkOutput, isStillThere, openToAppend, writeAll } from '../files/output-file.js';
import { printable } from '../printable.js';
import { EndpointError } from './endpoint-error.js';

const OTHERS = 0o077;

export class KeyLogFile {
  readonly #path: string;
  readonly #warn: (line: string) => void;
  #descriptor: number | null = null;
  /** How many bytes of whole lines it holds. */
  #length = 0;
  #hasKeys = false;
  /** What has to come before the next line: a line feed, where somebody's last line does not end with one. */
  #before = '';
  #failed = false;

  /**
   * Creates nothing: a file without keys would be of no use. `warn` gets, line by line, what the owner must know.
   *
   * @throws EndpointError where it is already clear that the file cannot be written.
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

  /** The path, where this process has written a key to it, and {@link checkThere} found it there; otherwise null. */
  get withKeys(): string | null {
    return this.#hasKeys ? this.#path : null;
  }

  /**
   * Opens a file that is there, to append to it; what is in it stays. A missing file is created with the first key.
   *
   * @throws EndpointError
   */
  begin(): void {
    try {
      checkOutput({ path: this.#path, ifThere: 'replace' });
      if (fs.existsSync(this.#path)) this.#open();
    } catch (error) {
      throw new EndpointError(this.#cannot(error), { cause: error });
    }
  }

  /** Never throws: if a key cannot be written, it warns, and the chat goes on. */
  append(line: string): void {
    if (this.#failed) return;
    try {
      const descriptor = this.#descriptor ?? this.#open();
      writeAll(descriptor, Buffer.from(this.#before + line));
      this.#before = '';
      this.#hasKeys = true;
      this.#length = fs.fstatSync(descriptor).size;
    } catch (error) {
      this.#failed = true;
      if (this.#descriptor !== null) this.#dropHalfLine(this.#descriptor);
      this.#warn(`${this.#cannot(error)}. The chat goes on, but its key is not saved`);
    }
  }

  /** Call it after the chat: it warns if the file is gone from its path, and the keys with it. */
  checkThere(): void {
    if (this.#descriptor === null || this.#failed || isStillThere(this.#path, this.#descriptor)) return;
    this.#failed = true;
    this.#hasKeys = false;
    const why = 'during the chat, someone removed it, moved it or put another file in its place';
    this.#warn(`The keys are not in the key log ${printable(this.#path)}: ${why}`);
  }

  /** Returns the descriptor. Throws what node:fs throws. */
  #open(): number {
    const descriptor = openToAppend(this.#path);
    this.#descriptor = descriptor;
    this.#length = fs.fstatSync(descriptor).size;
    this.#before = endsInsideLine(this.#path, this.#length) ? '\n' : '';
    this.#hide(descriptor);
    return descriptor;
  }

  /** Others may be able to read a file that was already there. */
  #hide(descriptor: number): void {
    const { mode } = fs.fstatSync(descriptor);
    if (process.platform === 'win32' || !fs.fstatSync(descriptor).isFile() || (mode & OTHERS) === 0) return;
    try {
      fs.fchmodSync(descriptor, OWNER_ONLY);
      this.#warn(
        `The key log ${printable(this.#path)} could be used by others on this machine; now only you can use it`,
      );
    } catch {
      const why = 'can be used by others on this machine, and you may not change that';
      this.#warn(`The key log ${printable(this.#path)} ${why}`);
    }
  }

  #dropHalfLine(descriptor: number): void {
    try {
      fs.ftruncateSync(descriptor, this.#length);
    } catch {
      // A device or a pipe cannot be shortened. The failed write is reported in any case.
    }
  }

  #cannot(error: unknown): string {
    return `Cannot write the key log ${printable(this.#path)}: ${describeFileError(error)}`;
  }
}

/** A key that is written behind such a line would be lost. false for a device, or where we may not read the file. */
function endsInsideLine(file: string, length: number): boolean {
  if (length === 0) return false;
  try {
    const descriptor = fs.openSync(file, fs.constants.O_RDONLY | NOT_BLOCKING);
    try {
      const last = Buffer.alloc(1);
      return fs.readSync(descriptor, last, 0, 1, length - 1) === 1 && last[0] !== LF;
    } finally {
      fs.closeSync(descriptor);
    }
  } catch {
    return false;
  }
}

const LF = 0x0a;
