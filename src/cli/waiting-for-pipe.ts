/**
 * At a terminal, says on standard error that a capture is a pipe, or standard input, through which nothing has come
 * yet. We wait without an end, because the program that captures may start much later. The line goes away when
 * something comes.
 */
import fs from 'node:fs';

import { STANDARD_INPUT } from '../packets/file/read-capture.js';
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
    const waiting = process.stderr.isTTY ? waitingFor(path) : null;
    if (waiting === null) return;
    const timer = setTimeout(() => void this.#show(waiting, timer), waiting.afterMs);
    this.#timer = timer;
  };

  /** Something has come, or nothing can come any more. You may call it again. */
  readonly end = (): void => {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#rows > 0) process.stderr.write(WIPE_ROW + WIPE_ROW_ABOVE.repeat(this.#rows - 1));
    this.#rows = 0;
  };

  async #show({ says }: Waiting, timer: NodeJS.Timeout): Promise<void> {
    // Loaded only now, because it makes a start longer. Meanwhile, something may have come.
    const { inRows } = await import('./rows.js');
    if (this.#timer !== timer) return;
    const rows = inRows(`Waiting for ${says}. Ctrl-C ends this.`, process.stderr).trimEnd();
    this.#rows = rows.split('\n').length;
    process.stderr.write(rows);
  }
}

interface Waiting {
  /** After this time without a byte, we say it. */
  readonly afterMs: number;
  readonly says: string;
}

/** null where the file at `path` does not make us wait. */
function waitingFor(path: string): Waiting | null {
  if (path === STANDARD_INPUT) {
    if (process.stdin.isTTY) return { afterMs: 0, says: `a capture on standard input: ${TO_PIPE}` };
    const says = `a capture on standard input: no program has written to it yet. tcpdump writes at once with -U`;
    return { afterMs: PATIENCE_MS, says };
  }
  if (fs.statSync(path, { throwIfNoEntry: false })?.isFIFO() !== true) return null;
  return {
    afterMs: PATIENCE_MS,
    says: `${printable(path)}: it is a pipe, and no program has written to it yet`,
  };
}

const TO_PIPE = 'this is your terminal. Send a capture through a pipe: tcpdump -i lo -U -w - | servchat inspect -';
