/** The report as one Markdown page. */
import type { RootContent } from 'mdast';
import { gfmTableToMarkdown } from 'mdast-util-gfm-table';
import { toMarkdown, type Handle } from 'mdast-util-to-markdown';

import type { Chapter } from '../chapters.js';
import { block, code } from '../markdown.js';
import type { Captured, Lines } from '../parts/tree.js';
import { TITLE } from './title.js';

const captured: Handle = (node: Captured) => code(node.value);
const lines: Handle = (node: Lines) => block(node.lines);

/** Ends in LF. */
export function reportMarkdown(chapters: readonly Chapter[]): string {
  return pageMarkdown([
    { type: 'heading', depth: 1, children: [{ type: 'text', value: TITLE }] },
    ...chapters.flatMap(({ title, markdown }, index): RootContent[] => [
      { type: 'heading', depth: 2, children: [{ type: 'text', value: `${index + 1} ${title}` }] },
      ...markdown.children.map((node) => (node.type === 'heading' ? { ...node, depth: Math.min(6, node.depth + 1) as 3 } : node)),
    ]),
  ]);
}

/** Ends in LF. */
export function pageMarkdown(children: RootContent[]): string {
  return toMarkdown({ type: 'root', children }, { bullet: '-', extensions: [gfmTableToMarkdown({ tablePipeAlign: false })], handlers: { captured, lines } });
}
