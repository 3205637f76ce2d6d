/** The chapters as a teacher wrote them: Markdown with directives, each of which names a live part. */
import { directiveFromMarkdown } from 'mdast-util-directive';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { directive } from 'micromark-extension-directive';
import { gfmTable } from 'micromark-extension-gfm-table';
import type { Nodes, PhrasingContent, Root, RootContent } from 'mdast';
import type { Directives, TextDirective } from 'mdast-util-directive';

import type { Lesson } from './lesson.js';
import { PARTS } from './parts/parts.js';
import { disclosure, type Part } from './parts/tree.js';
import { VALUES } from './parts/values.js';

export interface Source {
  /** For messages, and the chapter's address in the report: `NN-name.md`. */
  readonly file: string;
  readonly text: string;
}

export interface Chapter {
  /** `name` of `NN-name.md`. */
  readonly name: string;
  readonly title: string;
  readonly markdown: Root;
  readonly html: Root;
}

/** What is wrong with a chapter, with its file and line. */
export class ChapterError extends Error {
  override readonly name = 'ChapterError';
}

/** A chapter as its author wrote it, directives not yet replaced. */
export function parseChapter(text: string): Root {
  return fromMarkdown(text, { extensions: [directive(), gfmTable()], mdastExtensions: [directiveFromMarkdown(), gfmTableFromMarkdown()] });
}

/** @throws ChapterError for a directive that names nothing, raw HTML, or a chapter without a title. */
export function readChapter(source: Source, lesson: Lesson): Chapter {
  const root = parseChapter(source.text);
  const [first, ...rest] = root.children;
  if (first?.type !== 'heading' || first.depth !== 1) throw new ChapterError(`${source.file}, line 1: a chapter begins with its title, # …`);
  const expansion = new Expansion(source.file, lesson);
  const sides = rest.map((node) => expansion.block(node));
  return {
    name: source.file.replace(/^.*\//, '').replace(/^\d+-/, '').replace(/\.md$/, ''),
    title: first.children.map((child) => (child.type === 'text' ? child.value : '')).join(''),
    markdown: { type: 'root', children: sides.flatMap(({ markdown }) => [...markdown]) },
    html: { type: 'root', children: sides.flatMap(({ markdown, html }) => [...(html ?? markdown)]) },
  };
}

/** Replaces each directive by what it names. */
class Expansion {
  readonly #file: string;
  readonly #lesson: Lesson;

  constructor(file: string, lesson: Lesson) {
    this.#file = file;
    this.#lesson = lesson;
  }

  block(node: RootContent): Part {
    switch (node.type) {
      case 'html':
        throw this.#error(node, 'HTML is not taken in a chapter');
      case 'leafDirective':
        return this.#part(node);
      case 'containerDirective':
        return this.#question(node);
      case 'textDirective':
        return { markdown: this.#value(node) };
      default:
        return this.#within(node);
    }
  }

  /** A node whose children may hold directives. */
  #within(node: RootContent): Part {
    if (!('children' in node)) return { markdown: [node] };
    const inner = (node.children as RootContent[]).map((child) => this.block(child));
    const face = (children: RootContent[]): RootContent => ({ ...node, children }) as RootContent;
    return {
      markdown: [face(inner.flatMap(({ markdown }) => [...markdown]))],
      html: [face(inner.flatMap(({ markdown, html }) => [...(html ?? markdown)]))],
    };
  }

  #part(node: Directives): Part {
    const make = Object.hasOwn(PARTS, node.name) ? PARTS[node.name] : undefined;
    if (make === undefined) throw this.#error(node, `there is no part called ${node.name}; there are ${Object.keys(PARTS).join(', ')}`);
    const made = make(this.#lesson, attributesOf(node));
    if (typeof made === 'string') throw this.#error(node, `${node.name}: ${made}`);
    return made;
  }

  #value(node: TextDirective): PhrasingContent[] {
    const name = node.children.map((child) => (child.type === 'text' ? child.value : '')).join('');
    if (node.name !== 'run') throw this.#error(node, `there is no :${node.name}[…]; a value of the run is :run[its name]`);
    const value = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;
    if (value === undefined) throw this.#error(node, `the run has no value called “${name}”; it has ${Object.keys(VALUES).join(', ')}`);
    return value(this.#lesson);
  }

  /** `:::predict[the question]`, and the answer within. */
  #question(node: Directives): Part {
    if (node.name !== 'predict') throw this.#error(node, `there is no block called ${node.name}; a question is :::predict[…]`);
    const [label, ...answer] = node.children as RootContent[];
    if (label?.type !== 'paragraph' || label.data?.directiveLabel !== true || answer.length === 0) {
      throw this.#error(node, 'a question is :::predict[the question], then its answer, then :::');
    }
    const question = this.#within(label);
    const parts = answer.map((child) => this.block(child));
    const asked = (face: readonly RootContent[] | undefined): PhrasingContent[] => (face ?? question.markdown).flatMap((each) => ('children' in each ? (each.children as PhrasingContent[]) : []));
    return {
      markdown: [
        { type: 'paragraph', children: [{ type: 'strong', children: [{ type: 'text', value: 'Predict first.' }] }, { type: 'text', value: ' ' }, ...asked(question.markdown)] },
        { type: 'html', value: '<details><summary>Answer</summary>' },
        ...parts.flatMap(({ markdown }) => [...markdown]),
        { type: 'html', value: '</details>' },
      ],
      html: [disclosure('predict', asked(question.html), parts.flatMap(({ markdown, html }) => [...(html ?? markdown)]))],
    };
  }

  #error(node: Nodes, why: string): ChapterError {
    return new ChapterError(`${this.#file}, line ${node.position?.start.line ?? 0}: ${why}`);
  }
}

function attributesOf({ attributes }: Directives): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(attributes ?? {}).map(([name, value]) => [name, value ?? '']));
}
