/** What standard output and standard error are like, for what is to fit them. */
import type { WriteStream } from 'node:tty';

import { hanging } from '../hanging.js';
import type { Look } from '../faces/look.js';

const USUAL_WIDTH = 80;

export function look(): Look {
  const { stdout, env } = process;
  return { width: stdout.isTTY ? stdout.columns : USUAL_WIDTH, colour: stdout.isTTY && (env['NO_COLOR'] ?? '') === '' };
}

/** Columns after which a line is broken: those of a terminal; a file or another program takes a line as it is. */
export function rowWidth(stream: WriteStream = process.stdout): number {
  if (!stream.isTTY) return Infinity;
  // 0 where the terminal does not know.
  return stream.columns > 0 ? stream.columns : USUAL_WIDTH;
}

/** `line`, which is safe to show, and an LF; at a terminal in rows, none of which but the first stands at the left margin. */
export function inRows(line: string, stream: WriteStream = process.stdout): string {
  return `${hanging(line, rowWidth(stream)).join('\n')}\n`;
}

/** What went wrong, on standard error. */
export function complain(message: string): void {
  process.stderr.write(inRows(`servchat: ${message}`, process.stderr));
}
