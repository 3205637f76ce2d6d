/** The technical terms. The end of the report explains each one. Its first use in each chapter links there. */
import { fromMarkdown } from 'mdast-util-from-markdown';
import type { PhrasingContent, Root, RootContent, Text } from 'mdast';

import type { Source } from './chapter-source.js';
import { ChapterError } from './chapter-error.js';
import type { Disclosure } from './parts/tree.js';
import { textOf } from './report/text-of.js';
import { TermFinder } from './term-finder.js';

export interface Term {
  /** The first of its forms. The list shows the term under it. */
  readonly name: string;
  /** The last part of its address in the page. */
  readonly id: string;
  /** All forms that a text may use. */
  readonly forms: readonly string[];
  readonly says: readonly PhrasingContent[];
  /** Where it stands in its file. */
  readonly line: number;
}

/**
 * Reads a list in which each item is `**word, other form**: what it means`.
 *
 * @throws ChapterError if an item is not like that.
 */
export function readGlossary({ file, text }: Source): readonly Term[] {
  const items = fromMarkdown(text).children.flatMap((node) => (node.type === 'list' ? node.children : []));
  return items.map((item) => {
    const [paragraph, ...more] = item.children;
    const [forms, colon, ...rest] = paragraph?.type === 'paragraph' ? paragraph.children : [];
    if (more.length > 0 || forms?.type !== 'strong' || colon?.type !== 'text' || !colon.value.startsWith(': ')) {
      throw new ChapterError(
        `${file}, line ${item.position?.start.line ?? 0}: an entry is **word, other form**: what it means`,
      );
    }
    const line = item.position?.start.line ?? 0;
    const all = textOf(forms).split(', ');
    const name = all[0] ?? '';
    return {
      name,
      id: `term-${name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-')}`,
      forms: all,
      says: [{ type: 'text', value: colon.value.slice(2) }, ...rest],
      line,
    };
  });
}

/** Returns the same text with a link at the first use of each term. `link` makes the link. */
export function withTerms(
  root: Root,
  terms: readonly Term[],
  link: (term: Term, word: string) => PhrasingContent,
): Root {
  const linker = new Linker(terms, link);
  return { ...root, children: root.children.map((node) => linker.through(node)) };
}

/** Nodes in which no link is put. */
const LEFT_ALONE: ReadonlySet<string> = new Set([
  'heading',
  'link',
  'table',
  'inlineCode',
  'code',
  'captured',
  'html',
  'figure',
  'lines',
]);

class Linker {
  readonly #link: (term: Term, word: string) => PhrasingContent;
  readonly #finder: TermFinder<Term>;
  /** Terms that have not occurred yet. */
  #left: ReadonlySet<Term>;

  constructor(terms: readonly Term[], link: (term: Term, word: string) => PhrasingContent) {
    this.#link = link;
    this.#finder = new TermFinder(terms);
    this.#left = new Set(terms);
  }

  through(node: RootContent): RootContent {
    if (LEFT_ALONE.has(node.type) || !('children' in node)) return node;
    return node.type === 'disclosure' && node.kind === 'curious' ? this.#aside(node) : this.#within(node);
  }

  /** Not everyone opens these blocks. So a term that occurs first in one of them gets a link again after it. */
  #aside(node: Disclosure): RootContent {
    const before = this.#left;
    const made = this.#within(node);
    this.#left = before;
    return made;
  }

  #within(node: Extract<RootContent, { children: unknown }>): RootContent {
    const children = node.children.flatMap((child): RootContent[] =>
      isProse(child) ? this.#linked(child.value) : [this.through(child)],
    );
    return { ...node, children } as RootContent;
  }

  #linked(text: string): PhrasingContent[] {
    const made: PhrasingContent[] = [];
    let from = 0;
    for (const { entry, word, at } of this.#finder.in(text)) {
      if (!this.#left.has(entry)) continue;
      this.#left = new Set([...this.#left].filter((each) => each !== entry));
      if (at > from) made.push({ type: 'text', value: text.slice(from, at) });
      made.push(this.#link(entry, word));
      from = at + word.length;
    }
    if (from < text.length || made.length === 0) made.push({ type: 'text', value: text.slice(from) });
    return made;
  }
}

/** Whether an author wrote this text. Only such text has a position in a file. */
function isProse(node: RootContent): node is Text {
  return node.type === 'text' && node.position !== undefined;
}
