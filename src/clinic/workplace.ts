/**
 * Where the programs run: in a copy of their folders, so that whatever they write, no file of the user changes. Beside
 * their folders lies the same in the copy as in truth, as far up as they have a folder in common.
 */
import os from 'node:os';
import path from 'node:path';

import { copyFolder, copyWithPort } from './folder-copy.js';

export interface Workplace {
  /** The place of a folder of a program. */
  readonly placeOf: (folder: string) => string;
  /** A text of a program, in which places are named as the user knows them. */
  readonly asKnown: (text: string) => string;
}

/** The programs run where they are. */
export const OWN_FOLDERS: Workplace = { placeOf: (folder) => folder, asKnown: (text) => text };

/**
 * Copies the folders of the programs to a folder.
 *
 * @throws Error in one line, if they are too large, or cannot be read.
 */
export function copiedTo(top: string, folders: readonly string[]): Workplace {
  return made(top, folders, copyFolder);
}

/** Copies these folders, with one port for another. @throws Error as {@link copiedTo} */
export function copiedWithPort(
  top: string,
  folders: readonly string[],
  [port, otherPort]: readonly [number, number],
): Workplace {
  return made(top, folders, (from, to) => copyWithPort(from, to, port, otherPort));
}

function made(top: string, folders: readonly string[], copy: (from: string, to: string) => void): Workplace {
  const copies = rootsOf(folders).map((root, index) => [root, path.join(top, String(index + 1))] as const);
  for (const [from, to] of copies) copy(from, to);
  return {
    placeOf: (folder) => {
      const [from, to] = copies.find(([root]) => isIn(folder, root)) ?? [folder, folder];
      return path.join(to, path.relative(from, folder));
    },
    asKnown: (text) => copies.reduce((told, [from, to]) => told.replaceAll(to, from), text),
  };
}

/** The folder that all have in common; or each for itself, where that is one in which the user has everything. */
function rootsOf(folders: readonly string[]): readonly string[] {
  const [first = '/'] = folders;
  let common = first;
  while (!folders.every((folder) => isIn(folder, common))) common = path.dirname(common);
  const isTooHigh = !folders.includes(common) && [path.parse(common).root, os.homedir(), os.tmpdir()].includes(common);
  return isTooHigh ? [...new Set(folders)] : [common];
}

function isIn(folder: string, root: string): boolean {
  const way = path.relative(root, folder);
  return way === '' || (!way.startsWith('..') && !path.isAbsolute(way));
}
