/** The file of `--keylog`: secrets, written only where they were asked for, and readable by their owner alone. */
import fs from 'node:fs';

import { EndpointError } from './endpoint-error.js';

export class KeyLogFile {
  readonly #descriptor: number;

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Opens `path` for appending, so that a path that cannot be written is known before the chat. @throws EndpointError */
  static open(path: string): KeyLogFile {
    try {
      return new KeyLogFile(fs.openSync(path, 'a', 0o600));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new EndpointError(`Cannot write the key log ${path}: ${code ?? 'unknown error'}; choose another path with --keylog`);
    }
  }

  append(line: string): void {
    fs.writeSync(this.#descriptor, line);
  }
}
