/** Reads folders of chapters (ours or a teacher's), and the style and script of the page. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { describeFileError } from '../file-error.js';
import { readTextFile } from '../files/text-file.js';
import { printable } from '../printable.js';
import type { Source } from './chapter-source.js';
import type { Dress } from './report/report-html.js';

/** The folder of lessons that comes with the program. */
export const LESSONS = fileURLToPath(new URL('../../lessons', import.meta.url));
/** Much longer than any real chapter. */
const MOST_BYTES = 4 * 1024 * 1024;
const CHAPTER = /^\d+-.+\.md$/;

/**
 * Reads the files `NN-name.md` in the order of their numbers. Messages show `folder` as it was given.
 *
 * @throws Error in one line if there are none, or if one cannot be read.
 */
export function chapterSources(folder: string): readonly Source[] {
  const names = reading(folder, 'chapters of', () => fs.readdirSync(folder)).filter((name) => CHAPTER.test(name));
  if (names.length === 0) {
    throw new Error(
      `Cannot use the chapters of ${printable(folder)}: it holds none; a chapter is a file called 01-NAME.md`,
    );
  }
  return names
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, text: reading(file, 'chapter', () => readTextFile(file, MOST_BYTES)) }));
}

/**
 * What the page's script shares with the rest of the program, as it was compiled. A module that is written into a page
 * cannot import anything, so all of it becomes one module.
 */
const SHARED = ['comparison.js', 'answer-sheet.js'].map((name) =>
  fileURLToPath(new URL(`../../dist/answers/${name}`, import.meta.url)),
);

export function ownDress(): Dress {
  const folder = path.join(LESSONS, 'look');
  const scripts = [...SHARED, ...['answers.js', 'report.js'].map((name) => path.join(folder, name))];
  const styles = ['colours.css', 'report.css'].map((name) => path.join(folder, name));
  return { style: joined(styles), script: joined(scripts) };
}

function joined(files: readonly string[]): string {
  return files.map((file) => fs.readFileSync(file, 'utf8')).join('');
}

function reading<Result>(file: string, what: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    const isFile = (error as NodeJS.ErrnoException).code === 'ENOTDIR' && what === 'chapters of';
    const why = isFile ? 'this is a file; give a folder' : describeFileError(error);
    throw new Error(`Cannot read the ${what} ${printable(file)}: ${why}`, { cause: error });
  }
}
