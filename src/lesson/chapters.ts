/** A chapter as a teacher writes it: Markdown with directives. Each directive names a part of the report. */
import { directiveFromMarkdown } from 'mdast-util-directive';
import { fromMarkdown, type CompileContext } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { directive } from 'micromark-extension-directive';
import { gfmTable } from 'micromark-extension-gfm-table';
import type { Nodes, Root } from 'mdast';

import type { Question } from '../answers/question.js';
import { ChapterError } from './chapter-error.js';
import { refuseHuge } from './chapter-limits.js';
import type { Source } from './chapter-source.js';
import { Expansion } from './expansion.js';
import type { Lesson } from './lesson.js';

export interface Chapter {
  /** The `name` in `NN-name.md`. */
  readonly name: string;
  readonly title: string;
  readonly markdown: Root;
  readonly html: Root;
  /** Those that a page can compare, in their order. */
  readonly questions: readonly Question[];
}

/** The chapter's tree, with its directives not yet replaced. */
export function parseChapter(text: string): Root {
  return fromMarkdown(text, {
    extensions: [directive(), gfmTable()],
    mdastExtensions: [
      directiveFromMarkdown(),
      gfmTableFromMarkdown(),
      { enter: { directiveContainerFence: noteFence } },
    ],
  });
}

/** Where the end of a block is missing, the parser ends it silently. A block that has its end has two fences. */
function noteFence(this: CompileContext): undefined {
  const node = this.stack.at(-1);
  if (node?.type === 'containerDirective') node.data = { isClosed: node.data?.isClosed !== undefined };
}

declare module 'mdast-util-directive' {
  interface ContainerDirectiveData {
    /** Whether the chapter says where the block ends. */
    isClosed?: boolean;
  }
}

/** Quotes, lists and directives within each other: far more than a reader can follow, far less than a stack holds. */
const MOST_LEVELS = 100;

/** @throws ChapterError where more than {@link MOST_LEVELS} blocks lie within each other. */
function shallowChapter({ file, text }: Source): Root {
  refuseHuge({ file, text });
  let root: Root;
  try {
    root = parseChapter(text);
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(file);
    throw error;
  }
  let level: readonly Nodes[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MOST_LEVELS) throw tooDeep(file, level[0]?.position?.start.line);
    level = level.flatMap((node): readonly Nodes[] => ('children' in node ? node.children : []));
  }
  return root;
}

function tooDeep(file: string, line?: number): ChapterError {
  const where = line === undefined ? file : `${file}, line ${line}`;
  return new ChapterError(`${where}: more than ${MOST_LEVELS} quotes, lists or directives lie within each other`);
}

/**
 * @throws ChapterError if a directive names something that does not exist or is written wrong; for raw HTML, a picture,
 * or an address that a page must not open; for a chapter without a title; and for one that would take too long to read.
 */
export function readChapter(source: Source, lesson: Lesson): Chapter {
  const [first, ...rest] = shallowChapter(source).children;
  if (first?.type !== 'heading' || first.depth !== 1)
    throw new ChapterError(`${source.file}, line 1: a chapter begins with its title, # …`);
  const name = source.file
    .replace(/^.*[/\\]/, '')
    .replace(/^\d+-/, '')
    .replace(/\.md$/, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-');
  const expansion = new Expansion(source, name, lesson);
  const { markdown, html } = expansion.chapter(rest);
  return {
    name,
    questions: expansion.questions,
    title: first.children.map((child) => (child.type === 'text' ? child.value : '')).join(''),
    markdown: { type: 'root', children: [...markdown] },
    html: { type: 'root', children: [...(html ?? markdown)] },
  };
}
