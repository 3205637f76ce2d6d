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
/**
 * Where is the cursor, and how far right can it go? Two answers. It is back in its place at once, since the window may
 * change again.
 */
export const ASK_POSITION_AND_WIDTH = '\x1b7\x1b[6n\x1b[999C\x1b[6n\x1b8';

/** A row that ends before this column fits in whatever window somebody chats in. */
const NARROWEST = 20;

export class TypingRow {
  /** What stands before the cursor. */
  #left = '';

  draw(before: string, after: string, width: number): string {
    // The last column stays free: after a character in it, terminals differ in where the cursor is. So does the one
    // before it: in a window of half the width, or a third, the cursor of a full row is then not in the last column,
    // where it would also be if the row was cut off.
    const room = Math.max(1, width - 2 - PROMPT.length);
    const left = endOf(printable(before), after === '' ? room : Math.ceil((room * 2) / 3));
    const right = startOf(printable(after), room - mostColumns(left));
    this.#left = `${PROMPT}${left}`;
    // Write the text up to the cursor once more. So the cursor is where the terminal itself thinks that the text ends,
    // however wide it draws an emoji.
    return `\r${PROMPT}${left}${right}\x1b[J\r${this.#left}`;
  }

  /** Whether a window can be so narrow that the part of the row before the cursor is broken. */
  get mayBeBroken(): boolean {
    return mostColumns(this.#left) >= NARROWEST;
  }

  /**
   * How many rows above the cursor the row now begins.
   *
   * @param column of the cursor, counted from 0, in a window that is now `width` columns wide; null where the terminal
   * does not say.
   */
  rowsAbove(width: number, column: number | null): number {
    // Where the row was cut off, the cursor is in the last column. In doubt we wipe nothing above: it may be a message.
    if (column === null || column === width - 1) return 0;
    const broken = endWhereBroken(this.#left, width);
    return column === broken.column ? broken.row : 0;
  }
}

/** Where a text ends that begins at the left margin and is broken at `width` columns. No character is broken in two. */
function endWhereBroken(text: string, width: number): { readonly row: number; readonly column: number } {
  let row = 0;
  let column = 0;
  for (const character of text) {
    const columns = mostColumns(character);
    if (column + columns > width) {
      row += 1;
      column = 0;
    }
    column += columns;
  }
  return column < width ? { row, column } : { row: row + 1, column: 0 };
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
