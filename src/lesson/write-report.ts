/** Writes the report as HTML, and the same as Markdown next to it. */
import fs from 'node:fs';
import path from 'node:path';

import type { Question } from '../answers/question.js';
import { describeFileError } from '../file-error.js';
import { checkOutput, writeOutput, type IfThere } from '../files/output-file.js';
import type { OwnFolder } from '../files/own-folder.js';
import { printable } from '../printable.js';
import { readGlossary } from './glossary.js';
import type { Source } from './chapter-source.js';
import { ChapterError } from './chapter-error.js';
import { readChapter, type Chapter } from './chapters.js';
import type { Lesson } from './lesson.js';
import { chapterSources, LESSONS, ownDress } from './lesson-folder.js';
import { openingPicture } from './parts/opening-picture.js';
import type { Replay } from './report/replay-html.js';
import { reportHtml } from './report/report-html.js';
import { reportMarkdown } from './report/report-markdown.js';
import { runId } from './run-id.js';

export interface Report {
  readonly html: string;
  readonly markdown: string;
  /** The id of the run that it is about. */
  readonly run: string;
  /** Those that can be compared, with their keys. */
  readonly questions: readonly Question[];
}

/** The chapters that come with the program. */
export function ownChapters(): readonly Source[] {
  return chapterSources(path.join(LESSONS, 'chapters')).map(({ file, text }) => ({
    file: path.relative(process.cwd(), file),
    text,
  }));
}

/** The terms that the chapters use, with their meanings. */
export function ownGlossary(): Source {
  const file = path.join(LESSONS, 'chapters', 'glossary.md');
  return { file: path.relative(process.cwd(), file), text: fs.readFileSync(file, 'utf8') };
}

/** @throws ChapterError if a chapter names something that does not exist. */
export function reportOf(
  lesson: Lesson,
  sources: readonly Source[] = ownChapters(),
  replay: Replay | null = null,
): Report {
  return reportWith(
    sources.map((source) => readChapter(source, lesson)),
    lesson,
    replay,
  );
}

/**
 * `chapters`: read for this lesson. `replay`: only the HTML has it.
 *
 * @throws ChapterError if two questions have the same id.
 */
export function reportWith(chapters: readonly Chapter[], lesson: Lesson, replay: Replay | null = null): Report {
  const glossary = readGlossary(ownGlossary());
  refuseSameIds(chapters);
  const run = runId(lesson);
  const page = { chapters, glossary, picture: openingPicture(lesson), run, replay };
  const html = reportHtml(page, ownDress());
  const questions = chapters.flatMap((chapter) => chapter.questions);
  return { html, markdown: reportMarkdown(chapters, glossary), run, questions };
}

/** In two chapters `01-keys.md` and `02-keys.md`, questions of the same name have the same id. */
function refuseSameIds(chapters: readonly Chapter[]): void {
  const ids = chapters.flatMap(({ questions }) => questions.map(({ id }) => id));
  const twin = ids.find((id, at) => ids.indexOf(id) < at);
  if (twin !== undefined)
    throw new ChapterError(`Two chapters have a question ${printable(twin)}; rename one of the two chapters`);
}

export interface ReportFiles {
  readonly html: string;
  readonly markdown: string;
}

/** `file` with or without `.html`. */
export function reportFiles(file: string): ReportFiles {
  const base = file.replace(/\.html?$/i, '');
  return { html: `${base}.html`, markdown: `${base}.md` };
}

/**
 * Changes nothing.
 *
 * @throws Error in one line if {@link writeReport} could not write the files.
 */
export function checkReport(files: ReportFiles, ifThere: IfThere): void {
  for (const file of [files.html, files.markdown]) {
    saying(file, () => {
      checkOutput({ path: file, ifThere });
    });
  }
}

/** @throws Error in one line if a file cannot be written. */
export function writeReport({ html, markdown }: Report, files: ReportFiles, ifThere: IfThere): void {
  checkReport(files, ifThere);
  for (const [file, text] of [
    [files.html, html],
    [files.markdown, markdown],
  ] as const) {
    saying(file, () => {
      writeOutput({ path: file, ifThere }, text);
    });
  }
}

/** Writes the report into one of our own folders, over the last one there. Returns the files that it wrote. */
export function publishReport({ html, markdown }: Report, folder: OwnFolder): ReportFiles {
  const { html: page, markdown: text } = reportFiles('report');
  fs.writeFileSync(path.join(folder.workplace, page), html);
  fs.writeFileSync(path.join(folder.workplace, text), markdown);
  return { html: folder.publish(page), markdown: folder.publish(text) };
}

function saying(file: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new Error(`Cannot write the report ${printable(file)}: ${describeFileError(error)}`, { cause: error });
  }
}
