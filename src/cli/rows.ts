/** Lines that break within the terminal's width. They need the widths of characters, whose table takes long to load. */
import type { WriteStream } from 'node:tty';

import { hanging } from '../hanging.js';
import { rowWidth } from './screen.js';

/** `line`, which is safe to show, and an LF; at a terminal in rows, none of which but the first stands at the left margin. */
export function inRows(line: string, stream: WriteStream = process.stdout): string {
  return `${hanging(line, rowWidth(stream)).join('\n')}\n`;
}

/** What went wrong, on standard error. */
export function complain(message: string): void {
  process.stderr.write(inRows(`servchat: ${message}`, process.stderr));
}
