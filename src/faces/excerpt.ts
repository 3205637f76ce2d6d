/** How a text or a table is cut that is too long for a terminal. */
import { MOST_SHOWN, shortened } from './columns.js';
import type { Look } from './look.js';
import { visibleText } from './phrases.js';
import { grouping } from './readability-phrases.js';
import { proseLines } from './table.js';

/** The beginning of a text from a capture. */
export function shownText(text: string): string {
  return shortened(visibleText(text), MOST_SHOWN);
}

/** The same of a text that may have several lines. */
export function shownLines(text: string): string {
  return shownText(text.replace(/\r?\n/g, ' ↵ '));
}

/** What stands under a table that leaves out `left` rows. */
export function moreLines(left: number, look: Look, indent: number): string[] {
  return left <= 0 ? [] : proseLines(`… and ${grouping(left)} more; --limit 0 shows all`, look, indent);
}
