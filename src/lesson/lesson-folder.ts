/** Reads folders of chapters (ours or a teacher's), and the style and script of the page. */
import fs from 'node:fs';
import path from 'node:path';

import { describeFileError } from '../file-error.js';
import { readTextFile } from '../files/text-file.js';
import { printable } from '../printable.js';
import type { Source } from './chapter-source.js';
import type { Dress } from './report/report-html.js';

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

export function dress(folder: string): Dress {
  const read = (name: string) => fs.readFileSync(path.join(folder, name), 'utf8');
  return { style: read('report.css'), script: read('report.js') };
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
