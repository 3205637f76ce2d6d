/**
 * The row at the bottom of the screen in which a person types, as the escape sequences that draw and wipe it.
 *
 * It is always one row. Of a long line it shows the part around the cursor. So we can wipe it without knowing how a
 * terminal breaks lines, and a window that changes its size can break at most this one row.
 *
 * Terminals differ in what they do with a row that no longer fits. Many break it in two (tmux, GNOME's, Windows'), some
 * cut it off (xterm, VS Code's). The place of the cursor afterwards shows which: {@link TypingRow.rowsAbove}.
 */
import { leastColumns, mostColumns } from '../../hanging.js';
import { printable } from '../../printable.js';

/** What stands before what is typed. */
const PROMPT = 'You: ';
const CUT = '…';

const WIPE_BELOW = '\x1b[J';
const WIPE_ROW = '\r\x1b[2K';
const ROW_ABOVE = '\x1b[A';
const BREAK_NO_ROWS = '\x1b[?7l';
const BREAK_ROWS = '\x1b[?7h';
/**
 * Where is the cursor, and how far right can it go? Two answers. It is back in its place at once, since the window may
 * change again.
 */
export const ASK_POSITION_AND_WIDTH = '\x1b7\x1b[6n\x1b[999C\x1b[6n\x1b8';

/** A row that ends before this column fits in any window in which a person chats. */
const NARROWEST = 20;

/**
 * Wipes the row of the cursor, what is below it, and `above` rows above it. The cursor is then at the left margin.
 *
 * Each row is wiped by itself: when a program wipes all below the first place of a window, tmux takes the screen to be
 * cleared, and keeps a copy of it among the rows that were scrolled away.
 */
export function wiped(above = 0): string {
  return WIPE_BELOW + WIPE_ROW + `${ROW_ABOVE}${WIPE_ROW}`.repeat(above);
}

export class TypingRow {
  /** Safe to show, and short. */
  prompt = PROMPT;
  /** What stands before the cursor. */
  #left = '';
  #endsAtCursor = false;
  /** Whether we have seen this terminal break a row, and not cut it off. */
  #breaksRows = false;

  draw(before: string, after: string, width: number): string {
    // The last column stays free: after a character in it, terminals differ in where the cursor is. So does the one
    // before it: in a window of half the width, or a third, the cursor of a full row is then not in the last column,
    // where it would also be if the row was cut off.
    const room = Math.max(1, width - 2 - mostColumns(this.prompt));
    const left = endOf(printable(before), after === '' ? room : Math.ceil((room * 2) / 3));
    const right = startOf(printable(after), room - mostColumns(left));
    this.#left = `${this.prompt}${left}`;
    this.#endsAtCursor = after === '';
    // Write the text up to the cursor once more. So the cursor is where the terminal itself thinks that the text ends,
    // however wide it draws an emoji. A window that has become narrower by now cuts the row off: if it broke the row,
    // the second \r would go to the second row.
    return `${BREAK_NO_ROWS}\r${this.prompt}${left}${right}${WIPE_BELOW}\r${this.#left}${BREAK_ROWS}`;
  }

  /**
   * What to write at the cursor, where the row that is drawn only grows at its end; null where the row has to be drawn
   * anew. It is right also in a window that has broken the row.
   */
  grow(before: string, after: string, width: number): string | null {
    const grown = `${this.prompt}${printable(before)}`;
    if (!this.#endsAtCursor || after !== '' || !grown.startsWith(this.#left)) return null;
    if (mostColumns(grown) > width - 2) return null;
    const more = grown.slice(this.#left.length);
    this.#left = grown;
    return more;
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
    if (column === null) return 0;
    const rows = this.#rowsTo(width, column);
    if (column < width - 1) {
      if (rows > 0) this.#breaksRows = true;
      return rows;
    }
    // Where the row was cut off, the cursor is in the last column too. In doubt we wipe nothing above: it may be a
    // message. And where the last of the broken rows is full, the cursor stays in its last column, not behind it.
    return this.#breaksRows ? rows || this.#rowsTo(width, width) : 0;
  }

  /** How many rows it takes to come to this column of the next one; 0 if it cannot come there. */
  #rowsTo(width: number, column: number): number {
    const rows = Math.max(0, Math.ceil((leastColumns(this.#left) - column) / width));
    // Of each row above, the last column is empty where a character of two columns did not fit any more.
    return rows * (width - 1) + column <= mostColumns(this.#left) ? rows : 0;
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
