/** The report as files: HTML where it is asked for, and the same as Markdown beside it. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { readChapter, type Source } from './chapters.js';
import type { Lesson } from './lesson.js';
import { chapterSources, dress } from './lesson-folder.js';
import { openingPicture } from './parts/opening-picture.js';
import { reportHtml } from './report/report-html.js';
import { reportMarkdown } from './report/report-markdown.js';

/** What comes with the program; in a message it is called as it is in a checkout. */
const LESSONS = fileURLToPath(new URL('../../lessons', import.meta.url));

export interface Report {
  readonly html: string;
  readonly markdown: string;
}

/** The chapters that come with the program. */
export function ownChapters(): readonly Source[] {
  return chapterSources(path.join(LESSONS, 'chapters')).map(({ file, text }) => ({ file: path.relative(process.cwd(), file), text }));
}

/** @throws ChapterError for a chapter that names what there is not. */
export function reportOf(lesson: Lesson): Report {
  const chapters = ownChapters().map((source) => readChapter(source, lesson));
  const html = reportHtml({ chapters, picture: openingPicture(lesson) }, dress(path.join(LESSONS, 'look')));
  return { html, markdown: reportMarkdown(chapters) };
}

/** Paths of what was written. @throws Error in one line where that cannot be. */
export function writeReport({ html, markdown }: Report, file: string): { readonly html: string; readonly markdown: string } {
  const base = file.replace(/\.html?$/i, '');
  const files = { html: `${base}.html`, markdown: `${base}.md` };
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(files.html, html);
    fs.writeFileSync(files.markdown, markdown);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`Cannot write the report ${files.html}: ${code ?? 'unknown error'}; choose another place with --out`, { cause: error });
  }
  return files;
}
