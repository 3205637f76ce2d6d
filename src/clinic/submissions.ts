/** The submissions of a class: a folder for each, checked one after the other. */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { printable } from '../printable.js';
import { check, type Check, type CheckOptions } from './check.js';
import { PairError, type Pair } from './pair.js';

export interface Submission {
  /** The name of its folder. */
  readonly name: string;
  /** Where the programs are. */
  readonly folder: string;
}

/** What came of one: the check, or in one line why there is none. */
export interface Result {
  readonly name: string;
  readonly check: Check | null;
  readonly notes: readonly string[];
}

/** The description of a pair beside its programs. */
export const DESCRIPTION = 'chat.json';

/** A check ends by itself long before. In milliseconds. */
const LONGEST_MS = 240_000;
/** What packing a folder leaves beside it, and nobody wrote. */
const NOBODYS = new Set(['__MACOSX', 'node_modules']);
const MOST_LEVELS = 4;

/** Links are not followed. @throws what node:fs throws */
export function submissionsIn(folder: string): readonly Submission[] {
  return namesIn(folder)
    .folders.sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .map((name) => ({ name, folder: innermost(path.join(folder, name), MOST_LEVELS) }));
}

/** Where a folder holds nothing but one folder, as unpacking leaves it, the programs are in that one. */
function innermost(folder: string, levels: number): string {
  const { folders, files } = namesIn(folder);
  const [only] = folders;
  return levels > 0 && files === 0 && folders.length === 1 && only !== undefined
    ? innermost(path.join(folder, only), levels - 1)
    : folder;
}

function namesIn(folder: string): { readonly folders: string[]; readonly files: number } {
  const entries = fs
    .readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && !NOBODYS.has(name));
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return { folders, files: entries.length - folders.length };
}

/**
 * Checks one. Whatever goes wrong with it becomes its note.
 *
 * @param pairIn says what to run in a folder. It may throw PairError.
 */
export async function checkSubmission(
  { name, folder }: Submission,
  pairIn: (folder: string) => Pair,
  options: CheckOptions,
): Promise<Result> {
  const over = new AbortController();
  const late = delay(LONGEST_MS, null, { signal: over.signal }).catch(() => null);
  try {
    const checked = await Promise.race([check(pairIn(folder), options), late]);
    return checked === null
      ? { name, check: null, notes: [`the check did not end within ${LONGEST_MS / 1000} s`] }
      : { name, check: checked, notes: [] };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const notes = [error instanceof PairError ? why : `the check failed: ${printable(why)}`];
    return { name, check: null, notes };
  } finally {
    over.abort();
  }
}
