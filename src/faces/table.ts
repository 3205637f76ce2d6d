/**
 * Draws rows under headings with cli-table3. There are few lines, no text is cut off, and the table is never wider than
 * the terminal. Every text goes through {@link wrapped}, so no control character of a capture reaches the terminal.
 */
import Table from 'cli-table3';

import { displayWidth, wrapped } from './columns.js';
import { columnsOf, painted, type Look, type Paint } from './look.js';
import { printable } from '../printable.js';

export interface Column {
  /** If it is '' in every column, no headings are shown. */
  readonly head: string;
  readonly align?: 'right';
  /** This column shrinks first if the row is wider than the terminal. */
  readonly flexible?: boolean;
}

/** A single text, or one text for each line. */
export interface Cell {
  readonly lines: readonly string[];
  readonly paint: Paint;
}

const GAP = '  ';
/** Draws nothing around the cells or between them. */
const CHARS = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '' },
  ...{ 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: GAP },
};
const STYLE = { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true };
/** A column keeps at least this width while another one can still shrink. */
const LEAST_FLEXIBLE = 12;
const LEAST_COLUMN = 2;

export function cell(lines: string | number | readonly string[], paint: Paint = 'plain'): Cell {
  return { lines: typeof lines === 'object' ? lines : [String(lines)], paint };
}

export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  look: Look,
  indent = 0,
): string[] {
  const widths = columnWidths(columns, rows, columnsOf(look) - indent);
  const head = columns.some((column) => column.head !== '')
    ? laidOut(
        columns,
        columns.map((column) => cell(column.head, 'faint')),
        widths,
        look,
      )
    : [];
  const table = new Table({ chars: CHARS, style: STYLE });
  table.push(...head, ...rows.flatMap((cells) => laidOut(columns, cells, widths, look)));
  if (table.length === 0) return [];
  const lines = table.toString().split('\n');
  if (head.length > 0) {
    const rule = '─'.repeat(widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1)));
    lines.splice(head.length, 0, painted(rule, 'faint', look));
  }
  return lines.map((line) => (' '.repeat(indent) + line).trimEnd());
}

/** A paragraph. Each line after the first is indented by `hang` more columns. */
export function proseLines(text: string, look: Look, indent = 0, hang = 0, paint: Paint = 'plain'): string[] {
  const lines = wrapped(text, columnsOf(look) - indent - hang);
  return lines.map((line, at) => ' '.repeat(indent + (at === 0 ? 0 : hang)) + painted(line, paint, look));
}

export function headingLines(text: string, look: Look, indent = 0): string[] {
  return proseLines(text, look, indent, 0, 'strong');
}

/**
 * Turns a row into rows of cli-table3, one for each line on the screen. This has two reasons. cli-table3 would cut off
 * a word that is longer than its column. And for each line of a cell, it measures all lines of the cell again.
 */
function laidOut(
  columns: readonly Column[],
  cells: readonly Cell[],
  widths: readonly number[],
  look: Look,
): Table.Cell[][] {
  const blocks = cells.map(({ lines }, at) => lines.flatMap((text) => wrapped(text, widths[at] ?? LEAST_COLUMN)));
  const height = Math.max(...blocks.map((block) => block.length));
  return Array.from({ length: height }, (_, line) =>
    blocks.map((block, at) => ({
      content: painted(block[line] ?? '', cells[at]?.paint ?? 'plain', look),
      hAlign: columns[at]?.align ?? 'left',
    })),
  );
}

/**
 * Starts with the width of each column's widest line. Then it takes one column at a time from the widest that may
 * shrink, until the row fits.
 */
function columnWidths(columns: readonly Column[], rows: readonly (readonly Cell[])[], available: number): number[] {
  const room = available - GAP.length * (columns.length - 1);
  const widths = columns.map(({ head }, at) => {
    const texts = [head, ...rows.flatMap((row) => row[at]?.lines ?? [])];
    return Math.min(room, Math.max(LEAST_COLUMN, ...texts.map((text) => displayWidth(printable(text)))));
  });
  for (let excess = widths.reduce((sum, width) => sum + width, -room); excess > 0; excess -= 1) {
    const giving = widestGiving(columns, widths);
    widths[giving] = (widths[giving] ?? 0) - 1;
  }
  return widths;
}

function widestGiving(columns: readonly Column[], widths: readonly number[]): number {
  const flexible = widths.map((width, at) => (columns[at]?.flexible === true && width > LEAST_FLEXIBLE ? width : 0));
  const candidates = Math.max(...flexible) > 0 ? flexible : widths;
  return candidates.indexOf(Math.max(...candidates));
}
