/** Files that a command was given under two names of its own. */
import { isSameFile } from '../files/output-file.js';
import { printable } from '../printable.js';

/**
 * Prevents that one file takes the place of another, or grows into it. `named`: what the user named with each option;
 * undefined where it was not given. @throws Error where two of them are one file.
 */
export function refuseSharedFile(named: Readonly<Record<string, string | undefined>>): void {
  const given = Object.entries(named);
  for (const [index, [option, file]] of given.entries()) {
    for (const [other, otherFile] of given.slice(index + 1)) {
      if (file === undefined || otherFile === undefined || !isSameFile(file, otherFile)) continue;
      throw new Error(`Cannot use ${printable(file)} for both ${option} and ${other}; give each its own file`);
    }
  }
}
