/**
 * Pieces of a page as a tree (mdast, https://github.com/syntax-tree/mdast), from which both HTML and Markdown are
 * written. Captured text is a separate kind of node, {@link CapturedText}, which neither writer can mistake for markup.
 */
import type { ElementContent } from 'hast';
import type { Question } from '../../answers/question.js';
import { MOST_SHOWN, shortened } from '../../faces/columns.js';
import type { Need } from './need.js';
import type { List, Node, Paragraph, PhrasingContent, RootContent, Table, TableCell } from 'mdast';

/** Text from the wire, a file's name or a tool. It is shown as it is, with control characters escaped. */
export interface CapturedText extends Node {
  type: 'captured';
  /** What is shown. */
  value: string;
  whole: string;
}

/** A drawing, which only HTML can show. */
export interface Figure extends Node {
  type: 'figure';
  html: ElementContent[];
}

/** A block that the reader can open: details for the curious, or the numbers of a drawing. */
export interface Disclosure extends Node {
  type: 'disclosure';
  kind: 'curious' | 'numbers';
  summary: PhrasingContent[];
  children: RootContent[];
}

/** A question, with an answer to open. `children` is the explanation. */
export interface Prediction extends Node {
  type: 'prediction';
  asked: PhrasingContent[];
  /** null if a page cannot compare its answer: then the reader compares. */
  question: Question | null;
  /** As many as the question has. */
  choices: Choice[];
  children: RootContent[];
}

export interface Choice {
  content: PhrasingContent[];
  /** Why it is wrong; empty for the right one. */
  reason: PhrasingContent[];
}

/** Lines to read or copy as they are. They may contain captured text. */
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
    prediction: Prediction;
  }
  interface TableData {
    /** What the table shows, for people who cannot see it. */
    caption?: string;
  }
}

export type Inline = string | PhrasingContent;
export type InlineOrMore = Inline | readonly Inline[];

/** Shortens a long text, and says how much more there is. */
export function captured(value: string): CapturedText {
  return { type: 'captured', value: shortened(value, MOST_SHOWN), whole: value };
}

export function strong(value: string): PhrasingContent {
  return { type: 'strong', children: [{ type: 'text', value }] };
}

/** A word of ours, set as code. */
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

/**
 * The most rows of a table, and the most marks of one kind in a drawing. A page has to stay small enough to open,
 * whatever the capture contains.
 */
export const MOST_ROWS = 200;

/**
 * `caption` says what the table shows. If there are more than {@link MOST_ROWS} rows, it also says how many are shown.
 */
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

/** A part of a page, as HTML and as Markdown. Without `html`, the HTML is made from `markdown`. */
export interface Part {
  readonly markdown: readonly RootContent[];
  readonly html?: readonly RootContent[];
  /** What the run lacks for this part, by the names of `needs.ts`. The part is then empty. */
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

export function prediction(
  question: Question | null,
  asked: readonly PhrasingContent[],
  choices: readonly Choice[],
  children: readonly RootContent[],
): Prediction {
  return { type: 'prediction', question, asked: [...asked], choices: [...choices], children: [...children] };
}

/** A drawing. Its numbers are for people who cannot see it or want details. Markdown shows only the numbers. */
export function drawing(html: ElementContent, numbers: Table): Part {
  return {
    markdown: [numbers],
    html: [figure(html), disclosure('numbers', phrasing('The same as a table'), [numbers])],
  };
}
