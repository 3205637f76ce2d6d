/** The report as one Markdown page. */
import type { Link, RootContent } from 'mdast';
import { gfmTableToMarkdown } from 'mdast-util-gfm-table';
import { toMarkdown, type Handle } from 'mdast-util-to-markdown';

import type { Chapter } from '../chapters.js';
import { withTerms, type Term } from '../glossary.js';
import { block, code } from '../markdown.js';
import { list, strong, type CapturedText, type Lines } from '../parts/tree.js';
import { TITLE } from './title.js';

const captured: Handle = (node: CapturedText) => code(node.value);
const lines: Handle = (node: Lines) => block(node.lines);

/** Ends in LF. In Markdown, an entry of a list has no address, so a term's link leads to the glossary's heading. */
export function reportMarkdown(chapters: readonly Chapter[], glossary: readonly Term[]): string {
  const toGlossary = (_term: Term, word: string): Link => ({
    type: 'link',
    url: '#glossary',
    children: [{ type: 'text', value: word }],
  });
  return pageMarkdown([
    { type: 'heading', depth: 1, children: [{ type: 'text', value: TITLE }] },
    ...chapters.flatMap(({ title, markdown }, index): RootContent[] => [
      { type: 'heading', depth: 2, children: [{ type: 'text', value: `${index + 1} ${title}` }] },
      ...withTerms(markdown, glossary, toGlossary).children.map((node) =>
        node.type === 'heading' ? { ...node, depth: Math.min(6, node.depth + 1) as 3 } : node,
      ),
    ]),
    ...(glossary.length === 0 ? [] : glossarySection(glossary)),
  ]);
}

function glossarySection(glossary: readonly Term[]): readonly RootContent[] {
  return [
    { type: 'heading', depth: 2, children: [{ type: 'text', value: 'Glossary' }] },
    list(glossary.map(({ name, says }) => [strong(name), ': ', ...says])),
  ];
}

/** Ends in LF. */
export function pageMarkdown(children: RootContent[]): string {
  return toMarkdown(
    { type: 'root', children },
    { bullet: '-', extensions: [gfmTableToMarkdown({ tablePipeAlign: false })], handlers: { captured, lines } },
  );
}
