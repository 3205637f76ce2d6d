/** A chapter as a teacher writes it: Markdown with directives. Each directive names a part of the report. */
import { directiveFromMarkdown } from 'mdast-util-directive';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { directive } from 'micromark-extension-directive';
import { gfmTable } from 'micromark-extension-gfm-table';
import type { Root } from 'mdast';

import { ChapterError, Expansion } from './expansion.js';
import type { Lesson } from './lesson.js';

export { ChapterError } from './expansion.js';

export interface Source {
  /** The file's name, `NN-name.md`, for messages and for the chapter's address in the report. */
  readonly file: string;
  readonly text: string;
}

export interface Chapter {
  /** The `name` in `NN-name.md`. */
  readonly name: string;
  readonly title: string;
  readonly markdown: Root;
  readonly html: Root;
}

/** The chapter's tree, with its directives not yet replaced. */
export function parseChapter(text: string): Root {
  return fromMarkdown(text, {
    extensions: [directive(), gfmTable()],
    mdastExtensions: [directiveFromMarkdown(), gfmTableFromMarkdown()],
  });
}

/**
 * @throws ChapterError if a directive names something that does not exist, for raw HTML, and for a chapter without a
 * title.
 */
export function readChapter(source: Source, lesson: Lesson): Chapter {
  const [first, ...rest] = parseChapter(source.text).children;
  if (first?.type !== 'heading' || first.depth !== 1)
    throw new ChapterError(`${source.file}, line 1: a chapter begins with its title, # …`);
  const { markdown, html } = new Expansion(source.file, lesson).chapter(rest);
  return {
    name: source.file
      .replace(/^.*[/\\]/, '')
      .replace(/^\d+-/, '')
      .replace(/\.md$/, '')
      .replace(/[^\p{L}\p{N}]+/gu, '-'),
    title: first.children.map((child) => (child.type === 'text' ? child.value : '')).join(''),
    markdown: { type: 'root', children: [...markdown] },
    html: { type: 'root', children: [...(html ?? markdown)] },
  };
}
