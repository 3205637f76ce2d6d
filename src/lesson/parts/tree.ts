/**
 * Pieces of a page as a tree (mdast, https://github.com/syntax-tree/mdast), from which both faces are written. Text
 * from a capture is a node of its own kind, {@link CapturedText}: neither face has a way to take it for markup.
 */
import type { ElementContent } from 'hast';
import { MOST_SHOWN, shortened } from '../../faces/columns.js';
import type { Need } from './need.js';
import type { List, Node, Paragraph, PhrasingContent, RootContent, Table, TableCell } from 'mdast';

/** Text that came from a wire, a file's name or a tool. It is shown as it is, controls escaped. */
export interface CapturedText extends Node {
  type: 'captured';
  value: string;
}

/** What only HTML can show. */
export interface Figure extends Node {
  type: 'figure';
  html: ElementContent[];
}

/**
 * What opens when it is asked for: the answer to a question, what only the curious want, or the numbers behind a
 * drawing.
 */
export interface Disclosure extends Node {
  type: 'disclosure';
  kind: 'predict' | 'curious' | 'numbers';
  summary: PhrasingContent[];
  children: RootContent[];
}

/** Lines to be read or pasted as they stand; they may hold text from a capture. */
export interface Lines extends Node {
  type: 'lines';
  lines: readonly string[];
}

declare module 'mdast' {
  interface PhrasingContentMap {
    captured: CapturedText;
  }
  interface RootContentMap {
    captured: CapturedText;
    disclosure: Disclosure;
    figure: Figure;
    lines: Lines;
  }
  interface TableData {
    /** What the table shows, for who cannot see it. */
    caption?: string;
  }
}

export type Inline = string | PhrasingContent;
export type InlineOrMore = Inline | readonly Inline[];

/** Of a long text the beginning, and how much more of it there is. */
export function captured(value: string): CapturedText {
  return { type: 'captured', value: shortened(value, MOST_SHOWN) };
}

export function strong(value: string): PhrasingContent {
  return { type: 'strong', children: [{ type: 'text', value }] };
}

/** A word of our own in the type of code. */
export function word(value: string): PhrasingContent {
  return { type: 'inlineCode', value };
}

export function phrasing(parts: InlineOrMore): PhrasingContent[] {
  const all = Array.isArray(parts) ? (parts as readonly Inline[]) : [parts as Inline];
  return all.map((part) => (typeof part === 'string' ? { type: 'text', value: part } : part));
}

export function paragraph(...parts: readonly Inline[]): Paragraph {
  return { type: 'paragraph', children: phrasing(parts) };
}

export function list(items: readonly (readonly Inline[])[]): List {
  return {
    type: 'list',
    ordered: false,
    spread: false,
    children: items.map((item) => ({ type: 'listItem', spread: false, children: [paragraph(...item)] })),
  };
}

export function lines(...all: readonly string[]): Lines {
  return { type: 'lines', lines: all };
}

/** Rows of a table, and marks of one kind in a drawing: a page has to open, whatever the capture holds. */
export const MOST_ROWS = 200;

/** `caption` says what the table shows; of more than {@link MOST_ROWS} rows, how many are left out as well. */
export function table(caption: string, heads: readonly string[], rows: readonly (readonly InlineOrMore[])[]): Table {
  const cell = (parts: InlineOrMore): TableCell => ({ type: 'tableCell', children: phrasing(parts) });
  const shown = rows.slice(0, MOST_ROWS);
  const cut = rows.length > shown.length ? ` (the first ${shown.length} of ${rows.length} rows)` : '';
  return {
    type: 'table',
    data: { caption: caption + cut },
    children: [heads, ...shown].map((cells) => ({ type: 'tableRow', children: cells.map(cell) })),
  };
}

/** A part of a page in both its faces; where HTML has nothing of its own, it is made from the same tree. */
export interface Part {
  readonly markdown: readonly RootContent[];
  readonly html?: readonly RootContent[];
  /** What the run lacks for this part, which is then empty: names of `needs.ts`. */
  readonly missing?: readonly Need[];
}

export function part(...nodes: readonly RootContent[]): Part {
  return { markdown: nodes };
}

export function figure(html: ElementContent): Figure {
  return { type: 'figure', html: [html] };
}

export function disclosure(
  kind: Disclosure['kind'],
  summary: PhrasingContent[],
  children: readonly RootContent[],
): Disclosure {
  return { type: 'disclosure', kind, summary, children: [...children] };
}

/** A drawing, with its numbers for who cannot see it or wants them; Markdown has the numbers alone. */
export function drawing(html: ElementContent, numbers: Table): Part {
  return {
    markdown: [numbers],
    html: [figure(html), disclosure('numbers', phrasing('The same as a table'), [numbers])],
  };
}
