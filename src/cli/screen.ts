/** What standard output and standard error are like, for what is to fit them. */
import type { WriteStream } from 'node:tty';

import type { Look } from '../faces/look.js';

const USUAL_WIDTH = 80;

export function look(): Look {
  const { stdout, env } = process;
  return { width: stdout.isTTY ? stdout.columns : USUAL_WIDTH, colour: stdout.isTTY && (env['NO_COLOR'] ?? '') === '' };
}

/** Columns after which a line is broken: those of a terminal; a file or another program takes a line as it is. */
export function rowWidth(stream: WriteStream = process.stdout): number {
  if (!stream.isTTY) return Infinity;
  // It is 0 where the terminal does not know its size.
  return stream.columns > 0 ? stream.columns : USUAL_WIDTH;
}
