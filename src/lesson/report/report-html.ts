/**
 * The report as one HTML file that needs no other file. It is made as a tree and written once, so that no text can
 * become markup. Its content security policy allows only its own style and script, by their hashes, and loads nothing.
 * https://www.w3.org/TR/CSP3/
 */
import { createHash } from 'node:crypto';

import type { Element, ElementContent } from 'hast';
import { toHtml } from 'hast-util-to-html';
import { h } from 'hastscript';
import type { Heading, InlineCode, Root, Text } from 'mdast';
import { defaultHandlers, toHast, type Handlers, type State } from 'mdast-util-to-hast';

import { printable } from '../../printable.js';
import type { Chapter } from '../chapters.js';
import { withTerms, type Term } from '../glossary.js';
import type { CapturedText, Disclosure, Figure, Lines, Prediction } from '../parts/tree.js';
import { Addresses } from './addresses.js';
import { capturedToHast, inlineCodeToHast, phrasingToHast } from './phrasing-html.js';
import { predictionToHast } from './prediction-html.js';
import { REPLAY_TITLE, replaySection, type Replay } from './replay-html.js';
import { tableToHast } from './table-html.js';
import { textOf } from './text-of.js';
import { TITLE } from './title.js';

export interface Dress {
  /** The CSS. The script makes the byte views easier to use, but they also work without it. */
  readonly style: string;
  readonly script: string;
}

/** What a page says of itself. */
export interface PageWords {
  readonly title: string;
  readonly introduction: string;
  /** At the end: who wrote the page, and from what. */
  readonly source: string;
}

export interface Page {
  readonly chapters: readonly Chapter[];
  /** In the order of the list at the end; empty if there is no glossary. */
  readonly glossary: readonly Term[];
  /** The picture at the top; null if the run has nothing to draw. */
  readonly picture: Element | null;
  /** By which the script keeps the answers about one run apart from those about another: 32 hex digits. */
  readonly run: string;
  /** Absent or null if the page plays nothing. */
  readonly replay?: Replay | null;
  /** By default, those of the lesson report. */
  readonly words?: PageWords;
  /** What a file of answers from this page is called, without its end. By default, the script finds a name. */
  readonly file?: string;
}

export function reportHtml(page: Page, { style, script }: Dress): string {
  const { glossary, picture, replay = null, words = REPORT_WORDS } = page;
  const addresses = new Addresses([...OWN_IDS, ...glossary.map(({ id }) => id)]);
  const chapters = page.chapters.map((chapter) => ({ ...chapter, name: chapterAddress(chapter.name, addresses) }));
  return toHtml({
    type: 'root',
    children: [
      { type: 'doctype' },
      h('html', { lang: 'en' }, [
        h('head', [
          h('meta', { charSet: 'utf-8' }),
          h('meta', { httpEquiv: 'Content-Security-Policy', content: policy({ style, script }, replay) }),
          h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
          h('meta', { name: 'color-scheme', content: 'light dark' }),
          h('meta', { name: 'referrer', content: 'no-referrer' }),
          h('title', words.title),
          h('style', style),
        ]),
        h('body', [
          h('a', { className: ['skip'], href: '#main' }, 'Skip to the text'),
          ...contents(words.title, chapters, glossary, replay),
          h('main', { id: 'main', dataRun: page.run, dataFile: page.file ?? null }, [
            h('h1', { id: 'top' }, words.title),
            h('p', { className: ['introduction'] }, words.introduction),
            ...(picture === null ? [] : [picture]),
            ...chapters.map((chapter, index) =>
              chapterSection(linked(chapter, glossary), index, chapters[index + 1], addresses),
            ),
            ...(replay === null ? [] : [replaySection(replay)]),
            ...(glossary.length === 0 ? [] : [glossarySection(glossary)]),
          ]),
          h('footer', [h('p', `${words.source} This page loads nothing and sends nothing.`)]),
          h('script', { type: 'module' }, script),
        ]),
      ]),
    ],
  });
}

/** The ids that the page itself uses. A chapter with such a name gets another id. */
const OWN_IDS = [
  'top',
  'main',
  'contents',
  'replay',
  'replay-title',
  'replay-page',
  'glossary',
  'glossary-title',
] as const;

/**
 * Two chapters can have the same name, such as `01-keys.md` and `02-keys.md`. The id of a chapter's title begins with
 * the chapter's id.
 */
function chapterAddress(name: string, addresses: Addresses): string {
  const id = addresses.next(name);
  addresses.next(`${id}-title`);
  return id;
}

const REPORT_WORDS: PageWords = {
  title: TITLE,
  introduction:
    'Two people chat over a network, and another person listens. ' +
    'The bytes, frames and verdicts on this page come from programs that really ran.',
  source: 'Written by servchat from the captures named in it.',
};

/** The contents: next to the text in a wide window; otherwise a bar at the top opens it. */
function contents(
  title: string,
  chapters: readonly Chapter[],
  glossary: readonly Term[],
  replay: Replay | null,
): Element[] {
  const more = (id: string, title: string): Element =>
    h('p', { className: [`to-${id}`] }, [h('a', { href: `#${id}` }, title)]);
  const items = chapters.map(({ name, title }) => h('li', [h('a', { href: `#${name}` }, title)]));
  return [
    h('header', { className: ['bar'] }, [
      h('a', { href: '#top' }, title),
      h('button', { type: 'button', popoverTarget: 'contents' }, 'Contents'),
    ]),
    h('nav', { id: 'contents', popover: 'auto', ariaLabel: 'Chapters' }, [
      h('ol', items),
      ...(replay === null ? [] : [more('replay', REPLAY_TITLE)]),
      ...(glossary.length === 0 ? [] : [more('glossary', 'Glossary')]),
    ]),
  ];
}

/** The document that plays the chats again is in a frame without an address, which obeys this policy too. */
function policy({ style, script }: Dress, replay: Replay | null): string {
  const hash = (text: string, more: string | undefined): string => {
    const own = `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    return more === undefined ? own : `${own} '${more}'`;
  };
  const styles = hash(style, replay?.hashes.style);
  const scripts = hash(script, replay?.hashes.script);
  return `default-src 'none'; style-src ${styles}; script-src ${scripts}; base-uri 'none'; form-action 'none'`;
}

function chapterSection(
  { name, title, html }: Chapter,
  index: number,
  next: Chapter | undefined,
  addresses: Addresses,
): Element {
  return h('section', { id: name, ariaLabelledBy: `${name}-title` }, [
    h('h2', { id: `${name}-title` }, [
      h('a', { href: `#${name}` }, [h('span', { className: ['number'] }, `${index + 1}`), ' ', title]),
    ]),
    ...contentOf(html, name, addresses),
    ...(next === undefined
      ? []
      : [h('p', { className: ['onward'] }, ['Next: ', h('a', { href: `#${next.name}` }, next.title)])]),
  ]);
}

/** The definition becomes the link's title. A browser shows it, and a screen reader can read it. */
function linked(chapter: Chapter, glossary: readonly Term[]): Chapter {
  const html = withTerms(chapter.html, glossary, ({ id, says }, word) => ({
    type: 'link',
    url: `#${id}`,
    title: says.map((each) => textOf(each)).join(''),
    data: { hProperties: { className: ['term'] } },
    children: [{ type: 'text', value: word }],
  }));
  return { ...chapter, html };
}

function glossarySection(glossary: readonly Term[]): Element {
  const entries = glossary.flatMap(({ name, id, says }) => [h('dt', { id }, name), h('dd', phrasingToHast(says))]);
  return h('section', { id: 'glossary', ariaLabelledBy: 'glossary-title' }, [
    h('h2', { id: 'glossary-title' }, [h('a', { href: '#glossary' }, 'Glossary')]),
    h('dl', entries),
  ]);
}

/** `name`: the chapter's name. The address of each of its headings begins with it. */
function contentOf(tree: Root, name: string, addresses: Addresses): ElementContent[] {
  const made = toHast(tree, {
    handlers: { ...HANDLERS, heading: headings(name, addresses), prediction: predictions(name, addresses) },
  });
  return made.type === 'root' ? made.children.filter((node) => node.type !== 'doctype') : [];
}

/**
 * A chapter's title is at the second level of the page. Each heading is a link to itself, so that readers can copy its
 * address.
 */
function headings(name: string, addresses: Addresses): (state: State, node: Heading) => Element {
  return (state, node) => {
    const id = addresses.next(
      `${name}-${textOf(node)
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, '-')
        .replace(/^-|-$/g, '')}`,
    );
    return h(`h${Math.min(6, node.depth + 1)}`, { id }, [h('a', { href: `#${id}` }, state.all(node))]);
  };
}

function predictions(name: string, addresses: Addresses): (state: State, node: Prediction) => Element {
  return (state, node) => {
    const id = addresses.next(node.question?.id.replaceAll('/', '-') ?? `${name}-question`);
    addresses.next(`${id}-asked`);
    return predictionToHast(node, id, state.all(node));
  };
}

const CUES: Readonly<Partial<Record<Disclosure['kind'], string>>> = { curious: 'For the curious' };

/** What a folding block is for; empty if its title already says so. */
function cueOf({ kind }: Disclosure): (Element | string)[] {
  const cue = CUES[kind];
  return cue === undefined ? [] : [h('span', { className: ['cue'] }, cue), ' '];
}

/** The longest option or path that fits in one line on a phone. */
const LONGEST_OPTION = 28;

/** Keeps a command's words in one piece: a browser would break `--keylog` after its hyphens. */
function unbroken(text: string): (Element | string)[] {
  return text.split(/(\s+)/).map((word) => {
    const breaks = word.includes('-') && word.length <= LONGEST_OPTION;
    return breaks ? h('span', { className: ['option'] }, word) : word;
  });
}

/** Words that a browser would break in two: a number and what it counts, a name with a hyphen, an option. */
const ONE_WORD = /(\bframe \d+|\b(?:SHA|AES)-\d+(?:-CBC)?|--[a-z][a-z-]*)/;

function textToHast(text: string): ElementContent[] {
  // What is between the brackets of the pattern comes as every second part.
  return text
    .split(ONE_WORD)
    .map((part, at) => (at % 2 === 1 ? h('span', { className: ['option'] }, part) : { type: 'text', value: part }));
}

const HANDLERS: Handlers = {
  text: (_state: State, node: Text) => textToHast(node.value),
  captured: (_state: State, node: CapturedText) => capturedToHast(node),
  inlineCode: (_state: State, node: InlineCode) => inlineCodeToHast(node),
  figure: (_state: State, node: Figure) => node.html,
  lines: (_state: State, node: Lines) => h('pre', [h('code', unbroken(node.lines.map(printable).join('\n')))]),
  disclosure: (state: State, node: Disclosure) =>
    h('details', { className: [node.kind] }, [
      h('summary', [...cueOf(node), h('span', phrasingToHast(node.summary))]),
      h('div', { className: ['answer'] }, state.all(node)),
    ]),
  table: tableToHast,
  link: (state: State, node: Parameters<typeof defaultHandlers.link>[1]) => {
    const link = defaultHandlers.link(state, node);
    return { ...link, properties: { ...link.properties, rel: ['noreferrer'] } };
  },
};
