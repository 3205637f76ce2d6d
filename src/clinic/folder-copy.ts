/** A copy of the folder of a program, in which it may write, and get other files. The folder itself stays as it is. */
import fs from 'node:fs';
import path from 'node:path';

import { describeFileError } from '../file-error.js';
import { printable } from '../printable.js';
import { PairError, type Part } from './pair.js';

const MOST_FILES = 5_000;
const MOST_BYTES = 64 * 2 ** 20;
const MOST_SOURCE_BYTES = 2 ** 20;
/** Not copied but linked to, since it is large and nobody keeps a port there. */
const LINKED = new Set(['node_modules', '.git', 'venv', '.venv']);
/** Python makes it anew. Through a link, it would write into that of the user. */
const LEFT_OUT = new Set(['__pycache__']);

/** Copies one file. Returns whether the copy differs. */
type CopyFile = (from: string, to: string, size: number, mode: number) => boolean;

const copied: CopyFile = (from, to) => {
  fs.copyFileSync(from, to);
  return false;
};

/** @throws Error in one line, if the folder is too large, or cannot be read. */
export function copyFolder(from: string, to: string, copyFile: CopyFile = copied): void {
  const state = { files: 0, bytes: 0 };
  const failed = (why: string): Error => new Error(`Cannot copy the folder ${printable(from)}: ${why}`);
  const copy = (source: string, target: string): void => {
    fs.mkdirSync(target, { recursive: true });
    for (const entry of fs.readdirSync(source, { withFileTypes: true })) {
      const [here, there] = [path.join(source, entry.name), path.join(target, entry.name)];
      // The copy may lie in the folder itself.
      if (LEFT_OUT.has(entry.name) || to === here || to.startsWith(here + path.sep)) continue;
      if (LINKED.has(entry.name) || entry.isSymbolicLink()) link(here, there);
      else if (entry.isDirectory()) {
        state.files += 1;
        copy(here, there);
      } else if (entry.isFile()) {
        const { size, mode, atime, mtime } = fs.statSync(here);
        state.files += 1;
        state.bytes += size;
        if (state.files > MOST_FILES || state.bytes > MOST_BYTES)
          throw failed('it is too large; put the two programs into a folder of their own');
        // What is built from sources is built anew only if they are newer.
        if (!copyFile(here, there, size, mode)) fs.utimesSync(there, atime, mtime);
      }
    }
  };
  try {
    copy(from, to);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === undefined ? error : failed(describeFileError(error));
  }
}

/** A link that leads nowhere is left out. */
function link(here: string, there: string): void {
  if (fs.existsSync(here)) fs.symlinkSync(fs.realpathSync(here), there);
}

/**
 * Copies a folder, with one number for another in every text. Returns how many files had it.
 *
 * @throws Error as {@link copyFolder}
 */
export function copyWithPort(from: string, to: string, port: number, otherPort: number): number {
  let changed = 0;
  const number = new RegExp(`(?<![\\w.])${port}(?![\\w.])`, 'g');
  copyFolder(from, to, (here, there, size, mode) => {
    const bytes = size <= MOST_SOURCE_BYTES ? fs.readFileSync(here) : null;
    const text = bytes === null || bytes.includes(0) ? null : bytes.toString('latin1');
    const other = text?.replace(number, String(otherPort)) ?? null;
    if (other === text || other === null) {
      return copied(here, there, size, mode);
    }
    fs.writeFileSync(there, other, { encoding: 'latin1', mode });
    changed += 1;
    return true;
  });
  return changed;
}

/**
 * Puts the files of a program into the copy of its folder.
 *
 * @param filled what `{port}` and the like stand for.
 * @throws PairError
 */
export function placeFiles(files: Part['files'], folder: string, filled: (text: string) => string): void {
  for (const [name, file] of Object.entries(files)) {
    const target = path.join(folder, name);
    try {
      refuseLinks(folder, path.dirname(name));
      fs.mkdirSync(path.dirname(target), { recursive: true });
      // What is there may be a link to a file of the user.
      fs.rmSync(target, { force: true });
      if ('text' in file) fs.writeFileSync(target, filled(file.text));
      else fs.copyFileSync(file.copy, target);
    } catch (error) {
      const what = 'copy' in file ? `copy ${printable(file.copy)} to` : 'write';
      throw new PairError(`Cannot ${what} “${printable(name)}” of “files”: ${describeFileError(error)}`);
    }
  }
}

/** Below a link, the file would be put into a folder of the user. */
function refuseLinks(folder: string, below: string): void {
  if (below === '.') return;
  refuseLinks(folder, path.dirname(below));
  const there = fs.lstatSync(path.join(folder, below), { throwIfNoEntry: false });
  if (there?.isSymbolicLink() === true) throw new Error(`${printable(below)} leads to another folder`);
}
