/**
 * The report as one HTML file that needs nothing beside it. It is made as a tree and written in one go, so that no text can
 * become markup; and its policy lets it run nothing but its own style and script, by their hashes, and load nothing.
 * https://www.w3.org/TR/CSP3/
 */
import { createHash } from 'node:crypto';

import type { Element, ElementContent } from 'hast';
import { toHtml } from 'hast-util-to-html';
import { h } from 'hastscript';
import type { InlineCode, Root, Table } from 'mdast';
import { defaultHandlers, toHast, type Handlers, type State } from 'mdast-util-to-hast';

import { printable } from '../../printable.js';
import type { Chapter } from '../chapters.js';
import type { Captured, Disclosure, Figure, Lines } from '../parts/tree.js';
import { capturedToHast, phrasingToHast } from './phrasing-html.js';
import { TITLE } from './title.js';

export interface Dress {
  /** CSS, and a script that makes the byte views easier to use and that they do not need. */
  readonly style: string;
  readonly script: string;
}

export function reportHtml(chapters: readonly Chapter[], { style, script }: Dress): string {
  return toHtml({
    type: 'root',
    children: [
      { type: 'doctype' },
      h('html', { lang: 'en' }, [
        h('head', [
          h('meta', { charSet: 'utf-8' }),
          h('meta', { httpEquiv: 'Content-Security-Policy', content: policy({ style, script }) }),
          h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
          h('meta', { name: 'color-scheme', content: 'light dark' }),
          h('meta', { name: 'referrer', content: 'no-referrer' }),
          h('title', TITLE),
          h('style', style),
        ]),
        h('body', [
          h('a', { className: ['skip'], href: '#main' }, 'Skip to the first chapter'),
          h('header', [
            h('h1', TITLE),
            h('p', { className: ['lede'] }, 'One conversation, sent over real connections and captured each time: as it is, and encrypted. Every byte, number and verdict on this page was taken from what was run.'),
            h('nav', { ariaLabel: 'Chapters' }, [h('ol', chapters.map(({ name, title }) => h('li', [h('a', { href: `#${name}` }, title)])))]),
          ]),
          h('main', { id: 'main' }, chapters.map(chapterSection)),
          h('footer', [h('p', 'Written by servchat from the captures named in it. This page loads nothing and sends nothing.')]),
          h('script', script),
        ]),
      ]),
    ],
  });
}

function policy({ style, script }: Dress): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`;
}

function chapterSection({ name, title, html }: Chapter, index: number): Element {
  return h('section', { id: name, ariaLabelledBy: `${name}-title` }, [
    h('h2', { id: `${name}-title` }, [h('span', { className: ['number'] }, `${index + 1}`), ' ', title]),
    ...contentOf(html),
  ]);
}

function contentOf(tree: Root): ElementContent[] {
  const made = toHast(tree, { handlers: HANDLERS });
  return made.type === 'root' ? made.children.filter((node) => node.type !== 'doctype') : [];
}

const HANDLERS: Handlers = {
  captured: (_state: State, node: Captured) => capturedToHast(node),
  figure: (_state: State, node: Figure) => node.html,
  // A short word stays in one piece, a long run of hex must not widen its column.
  inlineCode: (_state: State, { value }: InlineCode) => h('code', value.length <= SHORT ? { className: ['short'] } : {}, value),
  lines: (_state: State, node: Lines) => h('pre', { tabIndex: 0 }, [h('code', node.lines.map(printable).join('\n'))]),
  disclosure: (state: State, node: Disclosure) =>
    h('details', { className: [node.kind] }, [
      h('summary', [...(node.kind === 'predict' ? [h('span', { className: ['cue'] }, 'Predict'), ' '] : []), h('span', phrasingToHast(node.summary))]),
      h('div', { className: ['answer'] }, state.all(node)),
    ]),
  table: tableToHast,
  // A chapter's own title is the page's second level.
  heading: (state: State, node: Parameters<typeof defaultHandlers.heading>[1]) => defaultHandlers.heading(state, { ...node, depth: Math.min(6, node.depth + 1) as 3 }),
  link: (state: State, node: Parameters<typeof defaultHandlers.link>[1]) => {
    const link = defaultHandlers.link(state, node);
    return { ...link, properties: { ...link.properties, rel: ['noreferrer'] } };
  },
};

const SHORT = 24;

/** Wide tables scroll by themselves, by keyboard too; their first row heads the columns. */
function tableToHast(state: State, node: Table): Element {
  const caption = node.data?.caption;
  const [head, ...rows] = node.children.map((row) => row.children.map((cell) => state.all(cell)));
  return h('div', { className: ['scroll'], tabIndex: 0, role: 'group', ariaLabel: caption ?? 'Table' }, [
    h('table', [
      ...(caption === undefined ? [] : [h('caption', caption)]),
      h('thead', [h('tr', (head ?? []).map((cell) => h('th', { scope: 'col' }, cell)))]),
      h('tbody', rows.map((row) => h('tr', row.map((cell) => h('td', cell))))),
    ]),
  ]);
}
