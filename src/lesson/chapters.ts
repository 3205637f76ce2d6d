/** A chapter as a teacher writes it: Markdown with directives. Each directive names a part of the report. */
import type { Root } from 'mdast';

import type { Question } from '../answers/question.js';
import { ChapterError } from './chapter-error.js';
import { chapterName, chapterTree } from './chapter-tree.js';
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

/**
 * @throws ChapterError if a directive names something that does not exist or is written wrong; for raw HTML, a picture,
 * or an address that a page must not open; for a chapter without a title; and for one that would take too long to read.
 */
export function readChapter(source: Source, lesson: Lesson): Chapter {
  const [first, ...rest] = chapterTree(source).children;
  if (first?.type !== 'heading' || first.depth !== 1)
    throw new ChapterError(`${source.file}, line 1: a chapter begins with its title, # …`);
  const name = chapterName(source.file);
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
