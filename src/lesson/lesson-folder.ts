/** The folder that comes with the program: chapters that a teacher edits, and how the page looks. */
import fs from 'node:fs';
import path from 'node:path';

import type { Source } from './chapters.js';
import type { Dress } from './report/report-html.js';

/** `NN-name.md` in the order of their numbers. `folder` is shown in messages as it is given. */
export function chapterSources(folder: string): readonly Source[] {
  return fs
    .readdirSync(folder)
    .filter((file) => /^\d+-[a-z0-9-]+\.md$/.test(file))
    .sort()
    .map((name) => ({ file: path.join(folder, name), text: fs.readFileSync(path.join(folder, name), 'utf8') }));
}

export function dress(folder: string): Dress {
  const read = (name: string) => fs.readFileSync(path.join(folder, name), 'utf8');
  return { style: read('report.css'), script: read('report.js') };
}
