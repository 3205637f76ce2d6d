/**
 * At a terminal, says on standard error that a capture is a pipe through which nothing has come yet. We wait without an
 * end, because the program that captures may start much later. The line goes away when something comes.
 */
import fs from 'node:fs';

import { printable } from '../printable.js';

const PATIENCE_MS = 1000;
const WIPE_ROW = '\r\x1b[K';
const WIPE_ROW_ABOVE = '\x1b[1A\x1b[K';

export class WaitingForPipe {
  #timer: NodeJS.Timeout | null = null;
  /** How many rows of the terminal the line takes now. */
  #rows = 0;

  /** The file at `path` is opened now. */
  readonly begin = (path: string): void => {
    this.end();
    if (!process.stderr.isTTY || fs.statSync(path, { throwIfNoEntry: false })?.isFIFO() !== true) return;
    const timer = setTimeout(() => void this.#show(path, timer), PATIENCE_MS);
    this.#timer = timer;
  };

  /** Something has come, or nothing can come any more. You may call it again. */
  readonly end = (): void => {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#rows > 0) process.stderr.write(WIPE_ROW + WIPE_ROW_ABOVE.repeat(this.#rows - 1));
    this.#rows = 0;
  };

  async #show(path: string, timer: NodeJS.Timeout): Promise<void> {
    // Loaded only now, because it makes a start longer. Meanwhile, something may have come.
    const { inRows } = await import('./rows.js');
    if (this.#timer !== timer) return;
    const line = `Waiting for ${printable(path)}: it is a pipe, and no program has written to it yet. Ctrl-C ends this.`;
    const rows = inRows(line, process.stderr).trimEnd();
    this.#rows = rows.split('\n').length;
    process.stderr.write(rows);
  }
}
