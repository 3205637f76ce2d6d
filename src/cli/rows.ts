/**
 * Breaks lines to fit the terminal's width. For this it needs the widths of characters, a table that takes long to
 * load.
 */
import type { WriteStream } from 'node:tty';

import { hanging } from '../hanging.js';
import { rowWidth } from './screen.js';

/**
 * `line`, which is safe to show, with an LF. At a terminal it comes in rows, and only the first stands at the left
 * margin.
 */
export function inRows(line: string, stream: WriteStream = process.stdout): string {
  return `${hanging(line, rowWidth(stream)).join('\n')}\n`;
}

/** Says on standard error what went wrong. */
export function complain(message: string): void {
  process.stderr.write(inRows(`servchat: ${message}`, process.stderr));
}
