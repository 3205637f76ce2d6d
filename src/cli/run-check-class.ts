/** `check --class`: checks each submission of a class, one after the other, and writes a table for the teacher. */
import fs from 'node:fs';
import path from 'node:path';

import { describedPair, parsePair, readPair, PairError, type Pair } from '../clinic/pair.js';
import { checkSubmission, DESCRIPTION, submissionsIn, type Result, type Submission } from '../clinic/submissions.js';
import { classCsv, classLines } from '../faces/class-checks.js';
import { counted } from '../faces/phrases.js';
import { describeFileError } from '../file-error.js';
import { checkOutput, writeOutput, type IfThere } from '../files/output-file.js';
import { printable } from '../printable.js';
import { refuseTakenFiles, writeCheckFiles, type CheckFiles } from './check-files.js';
import { readText } from './files.js';
import type { CheckOptions } from './run-check.js';
import { complain, inRows } from './rows.js';
import { look } from './screen.js';

/** Where the table goes by default. */
const TABLE = 'checks.csv';

export interface ClassOptions extends CheckOptions {
  /** The folder with a folder for each submission. */
  readonly class: string;
  /** Of each check, in milliseconds. Default: the usual one. */
  readonly limitMs?: number;
}

/** @param file a chat.json for all who have none. @throws Error in one line */
export async function runCheckClass(file: string | undefined, options: ClassOptions): Promise<void> {
  const out = options.out ?? TABLE;
  const submissions = submissionsOf(options.class);
  const pairIn = pairsBy(file, options);
  writing(out, () => {
    checkOutput({ path: out, ifThere: options.force });
  });
  for (const each of submissions) refuseTakenFiles(filesOf(each, options));
  say(
    `This runs the programs of ${counted(submissions.length, 'submission')}, with your rights. Ctrl-C ends it, and keeps what is done.`,
  );
  const results: Result[] = [];
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      say('');
      show(results, submissions.length, out);
      process.exit(1);
    });
  const began = performance.now();
  let ifThere = options.force;
  for (const [at, submission] of submissions.entries()) {
    say(
      `${at + 1} of ${submissions.length}: ${printable(submission.name)} … (${timeLeft(began, at, submissions.length)})`,
    );
    const result = await checkSubmission(submission, pairIn, {
      keepCaptures: (options.report ?? options.captures) !== undefined,
      ...(options.only !== undefined && { only: options.only }),
      ...(options.limitMs !== undefined && { limitMs: options.limitMs }),
    });
    results.push(withFiles(result, filesOf(submission, options)));
    // After each, so that whatever happens later, this much is there.
    writing(out, () => {
      writeOutput({ path: out, ifThere }, classCsv(results));
    });
    ifThere = 'replace';
  }
  show(results, submissions.length, out);
}

function show(results: readonly Result[], all: number, out: string): void {
  const lines = results.length === 0 ? ['Nothing was checked yet.'] : ['', ...classLines(results, look()), ''];
  for (const line of lines) process.stdout.write(`${line}\n`);
  if (results.length > 0)
    process.stdout.write(`${results.length} of ${counted(all, 'submission')}: ${printable(out)}\n`);
}

/** A page that cannot be written is no reason to stop. */
function withFiles(result: Result, files: CheckFiles): Result {
  if (result.check === null) return result;
  try {
    writeCheckFiles(result.check, files, result.name);
    // The captures are large, and there may be hundreds of submissions.
    return { ...result, check: { ...result.check, runs: [] } };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    complain(why);
    return { ...result, check: { ...result.check, runs: [] }, notes: [...result.notes, why] };
  }
}

function submissionsOf(folder: string): readonly Submission[] {
  let found: readonly Submission[];
  try {
    found = submissionsIn(folder);
  } catch (error) {
    throw new Error(`Cannot read the folder ${printable(folder)}: ${describeFileError(error)}`, { cause: error });
  }
  if (found.length === 0)
    throw new Error(`Cannot check the class ${printable(folder)}: it holds no folders; each submission needs its own`);
  return found;
}

/** What is run in a folder: what its own chat.json says, or else what was given for all. @throws PairError */
function pairsBy(file: string | undefined, { server, client, port }: CheckOptions): (folder: string) => Pair {
  // It is read at once: if it cannot be used, nothing is run.
  const shared = file === undefined ? null : readText(file, 'description of the pair');
  if (shared !== null && file !== undefined) parsePair(shared, path.dirname(file), file);
  return (folder) => {
    const own = path.join(folder, DESCRIPTION);
    if (fs.existsSync(own)) return readPair(own);
    if (shared !== null && file !== undefined) return parsePair(shared, folder, file);
    if (server === undefined || client === undefined)
      throw new PairError(`there is no ${DESCRIPTION} in it, and no command was given for all`);
    const described = { server: { command: server }, client: { command: client }, ...(port !== undefined && { port }) };
    return describedPair(described, folder);
  };
}

/** Each has a page and a folder of captures of its own. */
function filesOf(
  { name }: Submission,
  { report, captures, force }: { readonly report?: string; readonly captures?: string; readonly force: IfThere },
): CheckFiles {
  return {
    report: report === undefined ? null : path.join(report, `${name}.html`),
    captures: captures === undefined ? null : path.join(captures, name),
    force,
  };
}

/** By what the submissions took so far. */
function timeLeft(began: number, done: number, all: number): string {
  if (done === 0) return 'at most 3 minutes each';
  const minutes = Math.ceil((((performance.now() - began) / done) * (all - done)) / 60_000);
  return minutes < 90 ? `about ${minutes} min left` : `about ${Math.round(minutes / 60)} h left`;
}

function writing(file: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new Error(`Cannot write the table ${printable(file)}: ${describeFileError(error)}`, { cause: error });
  }
}

/** What it does goes to standard error, so that standard output holds only the answer. */
function say(line: string): void {
  process.stderr.write(inRows(line, process.stderr));
}
