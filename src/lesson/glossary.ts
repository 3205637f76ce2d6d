/**
 * The words of the field: each is explained at the end of the report, and its first use in each chapter leads there.
 */
import { fromMarkdown } from 'mdast-util-from-markdown';
import type { PhrasingContent, Root, RootContent, Text } from 'mdast';

import type { Source } from './chapters.js';
import { ChapterError } from './expansion.js';
import type { Disclosure } from './parts/tree.js';
import { textOf } from './report/text-of.js';

export interface Term {
  /** The first of its forms: what it is listed under. */
  readonly name: string;
  /** For an address within the page. */
  readonly id: string;
  /** All forms in which it may stand in a text. */
  readonly forms: readonly string[];
  readonly says: readonly PhrasingContent[];
}

/**
 * A list in which each item is `**word, other form**: what it means`.
 *
 * @throws ChapterError for an item of another kind.
 */
export function readGlossary({ file, text }: Source): readonly Term[] {
  const items = fromMarkdown(text).children.flatMap((node) => (node.type === 'list' ? node.children : []));
  return items.map((item) => {
    const [paragraph] = item.children;
    const [forms, colon, ...rest] = paragraph?.type === 'paragraph' ? paragraph.children : [];
    if (forms?.type !== 'strong' || colon?.type !== 'text' || !colon.value.startsWith(': ')) {
      throw new ChapterError(
        `${file}, line ${item.position?.start.line ?? 0}: an entry is **word, other form**: what it means`,
      );
    }
    const all = textOf(forms).split(', ');
    const name = all[0] ?? '';
    return {
      name,
      id: `term-${name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-')}`,
      forms: all,
      says: [{ type: 'text', value: colon.value.slice(2) }, ...rest],
    };
  });
}

/** The same text, with a link at the first use of each term. `link` makes it. */
export function withTerms(
  root: Root,
  terms: readonly Term[],
  link: (term: Term, word: string) => PhrasingContent,
): Root {
  const linker = new Linker(terms, link);
  return { ...root, children: root.children.map((node) => linker.through(node)) };
}

/** No link stands in a heading, in another link, among values or in a table. */
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
  readonly #byForm: ReadonlyMap<string, Term>;
  /** Terms that were not met yet. */
  #left: ReadonlySet<Term>;

  constructor(terms: readonly Term[], link: (term: Term, word: string) => PhrasingContent) {
    this.#link = link;
    this.#byForm = new Map(
      terms.flatMap((term) =>
        term.forms.flatMap((form) => spellings(form).map((spelling) => [spelling, term] as const)),
      ),
    );
    this.#left = new Set(terms);
  }

  through(node: RootContent): RootContent {
    if (LEFT_ALONE.has(node.type) || !('children' in node)) return node;
    return node.type === 'disclosure' && node.kind === 'curious' ? this.#aside(node) : this.#within(node);
  }

  /** Not everybody opens what is for the curious: a word that is first met there is explained once more behind it. */
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
    for (const { word, at } of this.#found(text)) {
      const term = this.#byForm.get(word);
      if (term === undefined || !this.#left.has(term)) continue;
      this.#left = new Set([...this.#left].filter((each) => each !== term));
      if (at > from) made.push({ type: 'text', value: text.slice(from, at) });
      made.push(this.#link(term, word));
      from = at + word.length;
    }
    if (from < text.length || made.length === 0) made.push({ type: 'text', value: text.slice(from) });
    return made;
  }

  /** Longer forms first, so that a public key is not taken for something shorter. */
  #found(text: string): readonly { readonly word: string; readonly at: number }[] {
    const forms = [...this.#byForm.keys()]
      .sort((one, other) => other.length - one.length)
      .map((form) => form.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
    if (forms.length === 0) return [];
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}-])(?:${forms.join('|')})(?![\\p{L}\\p{N}-])`, 'gu');
    return Array.from(text.matchAll(pattern), ({ 0: word, index }) => ({ word, at: index }));
  }
}

/** Text that its author wrote, which has a place in a file: what parts and values put in has none. */
function isProse(node: RootContent): node is Text {
  return node.type === 'text' && node.position !== undefined;
}

/** As it is, and with a capital letter at the beginning of a sentence. */
function spellings(form: string): readonly string[] {
  return [...new Set([form, form.slice(0, 1).toUpperCase() + form.slice(1)])];
}
