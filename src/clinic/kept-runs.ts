/** The captures of runs, kept in memory: the files that they come from go when the check ends. */
import fs from 'node:fs';

import { SIDES, type Side } from '../protocol/side.js';
import type { Finding } from './finding.js';

export interface KeptRun {
  /** As {@link Evidence} counts them. */
  readonly run: number;
  /** The pcap file of each half of the wire. */
  readonly captures: Readonly<Record<Side, Buffer>>;
}

/** Of all runs together. A program that floods fills captures that nobody can look through. */
const MOST_BYTES = 64 * 2 ** 20;

/** The runs that the evidence of these findings names. */
export function runsNamed(findings: readonly Finding[]): ReadonlySet<number> {
  return new Set(findings.flatMap(({ evidence }) => evidence.flatMap(({ run }) => (run === undefined ? [] : [run]))));
}

/**
 * Reads the captures of runs that have ended. A run whose captures do not fit is left out.
 *
 * @param files of each run, in the order in which they are wanted most.
 */
export function keepRuns(files: readonly (readonly [number, Readonly<Record<Side, string>>])[]): readonly KeptRun[] {
  let left = MOST_BYTES;
  return files.flatMap(([run, captures]) => {
    const bytes = SIDES.reduce(
      (sum, side) => sum + (fs.statSync(captures[side], { throwIfNoEntry: false })?.size ?? left),
      0,
    );
    if (bytes === 0 || bytes > left) return [];
    left -= bytes;
    const read = Object.fromEntries(SIDES.map((side) => [side, fs.readFileSync(captures[side])]));
    return [{ run, captures: read as Record<Side, Buffer> }];
  });
}
