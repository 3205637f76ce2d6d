/**
 * The row at the bottom of the screen in which somebody types, as the escape sequences that draw and wipe it.
 *
 * It is always one row. Of a long line it shows the part around the cursor. So we can wipe it without knowing how a
 * terminal breaks lines, and a window that changes its size can break at most this one row.
 *
 * What a terminal does with a row that no longer fits differs. Many break it in two (tmux, GNOME's, Windows'), some cut
 * it off (xterm, VS Code's). Where the cursor is afterwards tells which: {@link TypingRow.rowsAbove}.
 */
import { mostColumns } from '../../hanging.js';
import { printable } from '../../printable.js';

const PROMPT = 'You: ';
const CUT = '…';

export const WIPE = '\r\x1b[J';
export const ASK_POSITION = '\x1b[6n';

export class TypingRow {
  /** The column that the cursor is in, counted from 0. */
  #cursor = 0;

  draw(before: string, after: string, width: number): string {
    // The last column stays free: after a character in it, terminals differ in where the cursor is.
    const room = Math.max(1, width - 1 - PROMPT.length);
    const left = endOf(printable(before), after === '' ? room : Math.ceil((room * 2) / 3));
    const right = startOf(printable(after), room - mostColumns(left));
    this.#cursor = PROMPT.length + mostColumns(left);
    // Write the text up to the cursor once more. So the cursor is where the terminal itself thinks that the text ends,
    // however wide it draws an emoji.
    return `\r${PROMPT}${left}${right}\x1b[J\r${PROMPT}${left}`;
  }

  /** Whether the window has become so narrow that the part of the row before the cursor may have been broken. */
  mayBeBroken(width: number): boolean {
    return this.#cursor >= width;
  }

  /**
   * How many rows above the cursor the row now begins.
   *
   * @param column of the cursor, counted from 0, in a window that is now `width` columns wide; null where the terminal does not say.
   */
  rowsAbove(width: number, column: number | null): number {
    // Where the row was cut off, the cursor is in the last column. In doubt we wipe nothing above: it may be a message.
    if (column === null || column === width - 1) return 0;
    return column === this.#cursor % width ? Math.floor(this.#cursor / width) : 0;
  }
}

/** More UTF-16 units than a column of safe text takes: a letter and its marks. */
const MOST_UNITS = 16;

/** As much of the end of `text` as `room` columns hold. */
function endOf(text: string, room: number): string {
  if (mostColumns(text) <= room) return text;
  const characters = Array.from(text.slice(-MOST_UNITS * room));
  let columns = 1;
  let at = characters.length;
  while (at > 1) {
    columns += mostColumns(characters[at - 1] ?? '');
    if (columns > room) break;
    at -= 1;
  }
  // Without its letter, a combining mark would sit on the sign of the cut.
  while (at < characters.length && mostColumns(characters[at] ?? '') === 0) at += 1;
  return CUT + characters.slice(at).join('');
}

/** As much of the start of `text` as `room` columns hold. */
function startOf(text: string, room: number): string {
  if (mostColumns(text) <= room) return text;
  if (room < 1) return '';
  let columns = 1;
  let shown = '';
  for (const character of text) {
    columns += mostColumns(character);
    if (columns > room) break;
    shown += character;
  }
  return shown + CUT;
}
