/**
 * A table that spreadsheets open (RFC 4180). Without the byte order mark at its beginning, Excel would take it for the
 * system's code page.
 */
import { printable } from '../printable.js';

const BOM = '\ufeff';

/** @param rows the first of them has the heads. Their texts may come from anybody. */
export function csv(rows: readonly (readonly string[])[]): string {
  return BOM + rows.map(row).join('');
}

function row(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

/** A spreadsheet computes a cell that begins with one of these signs, even in quotes. */
const FORMULA = /^[=+\-@＝＋－＠]/;

function cell(text: string): string {
  const shown = printable(text);
  const harmless = FORMULA.test(shown.trimStart()) ? `'${shown}` : shown;
  return /[",\r\n;]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
