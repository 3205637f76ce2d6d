/** What `check` writes besides its answer: the page, and the captures of the runs that findings name. */
import fs from 'node:fs';
import path from 'node:path';

import type { Check } from '../clinic/check.js';
import { describeFileError } from '../file-error.js';
import { checkOutput, systemError, writeOutput, type IfThere } from '../files/output-file.js';
import { checkPage } from '../lesson/check/check-page.js';
import { printable } from '../printable.js';
import { SIDES, type Side } from '../protocol/side.js';

/** Where they go; null: they are not wanted. */
export interface CheckFiles {
  /** The page. */
  readonly report: string | null;
  /** The folder of the captures. */
  readonly captures: string | null;
  readonly force: IfThere;
}

const OWN_CAPTURE = /^run-\d+-(?:client|server)-side\.pcap$/;

/** Says before the check that something could not be written after it. @throws Error in one line */
export function refuseTakenFiles({ report, captures, force }: CheckFiles): void {
  if (report !== null)
    writing('report', report, () => {
      checkOutput({ path: report, ifThere: force });
    });
  if (captures === null) return;
  writing('captures in', captures, () => {
    checkOutput({ path: path.join(captures, captureName(1, 'client')), ifThere: 'replace' });
    // Nobody knows yet which runs there will be. Captures of two checks in one folder would not tell which is which.
    const there = fs.existsSync(captures) ? fs.readdirSync(captures).find((name) => OWN_CAPTURE.test(name)) : undefined;
    if (there !== undefined && force === 'refuse') throw systemError('EEXIST', path.join(captures, there));
  });
}

/** Returns what was written, to tell the user. @param name whose programs they are. @throws Error in one line */
export function writeCheckFiles(
  check: Check,
  { report, captures, force }: CheckFiles,
  name: string | null,
): readonly string[] {
  const written: string[] = [];
  if (captures !== null) {
    for (const { run, captures: kept } of check.runs) {
      for (const side of SIDES) {
        const file = path.join(captures, captureName(run, side));
        writing('capture', file, () => {
          writeOutput({ path: file, ifThere: force }, kept[side]);
        });
        written.push(file);
      }
    }
  }
  if (report !== null) {
    const captureOf = (run: number, half: Side): string | null =>
      captures === null ? null : path.join(captures, captureName(run, half));
    writing('report', report, () => {
      writeOutput({ path: report, ifThere: force }, checkPage({ check, name, captureOf }));
    });
    written.unshift(report);
  }
  return written;
}

function captureName(run: number, half: Side): string {
  return `run-${run}-${half}-side.pcap`;
}

function writing(what: string, file: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new Error(`Cannot write the ${what} ${printable(file)}: ${describeFileError(error)}`, { cause: error });
  }
}
