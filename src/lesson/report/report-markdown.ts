/** The report as one Markdown page. */
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
  return toMarkdown(
    {
      type: 'root',
      children: [
        { type: 'heading', depth: 1, children: [{ type: 'text', value: TITLE }] },
        ...chapters.flatMap(({ title, markdown }, index) => [
          { type: 'heading' as const, depth: 2 as const, children: [{ type: 'text' as const, value: `${index + 1} ${title}` }] },
          ...markdown.children.map((node) => (node.type === 'heading' ? { ...node, depth: Math.min(6, node.depth + 1) as 3 } : node)),
        ]),
      ],
    },
    { bullet: '-', extensions: [gfmTableToMarkdown({ tablePipeAlign: false })], handlers: { captured, lines } },
  );
}
