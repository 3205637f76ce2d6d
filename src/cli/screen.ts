/** What we know about standard output and standard error, so that text fits them. */
import type { WriteStream } from 'node:tty';

import type { Look } from '../faces/look.js';

const USUAL_WIDTH = 80;

export function look(): Look {
  const { stdout, env } = process;
  return { width: stdout.isTTY ? stdout.columns : USUAL_WIDTH, colour: stdout.isTTY && (env['NO_COLOR'] ?? '') === '' };
}

/** The width at which lines break: that of the terminal. For a file or another program, lines do not break. */
export function rowWidth(stream: WriteStream = process.stdout): number {
  if (!stream.isTTY) return Infinity;
  // It is 0 where the terminal does not know its size.
  return stream.columns > 0 ? stream.columns : USUAL_WIDTH;
}
