/** `lesson grade`: compares what the students of a class handed in with the teacher's keys, and writes a table. */
import fs from 'node:fs';
import path from 'node:path';

import { describeFileError } from '../file-error.js';
import { checkOutput, writeOutput, type IfThere } from '../files/output-file.js';
import { readTextFile } from '../files/text-file.js';
import { counted } from '../faces/phrases.js';
import { OWN_EXPERIMENTS, readExperiments } from '../lab/experiments/read-experiments.js';
import { parseAnswerKeys, parseReportKey, type Keyed } from '../lesson/class/answer-keys.js';
import { gradesCsv } from '../lesson/class/grades-csv.js';
import { gradeClass, type GradedClass, type HandedIn } from '../lesson/class/grading.js';
import { gradeShared } from '../lesson/class/shared-grading.js';
import { printable } from '../printable.js';
import { readText } from './files.js';
import { complain } from './rows.js';

export interface GradeOptions {
  readonly answers: string;
  readonly key?: string;
  /** true: those that come with servchat. */
  readonly experiments?: string | true;
  readonly out: string;
  readonly force: IfThere;
}

/** A real file of answers has some 10 KB. */
const MOST_BYTES = 1024 * 1024;
const MOST_FILES = 5000;
/** Folders within each other. */
const MOST_LEVELS = 5;

export function grade(folder: string, options: GradeOptions): void {
  const { out, force } = options;
  const output = { path: out, ifThere: force };
  writing(out, () => {
    checkOutput(output);
  });
  const compare = comparisonWith(options);
  const found = answerFiles(folder);
  const handedIn: HandedIn[] = [];
  const unread: string[] = [];
  for (const file of found.files) {
    const shown = path.relative(folder, file);
    try {
      handedIn.push({ file: shown, text: readTextFile(file, MOST_BYTES) });
    } catch (error) {
      unread.push(`${shown}: ${describeFileError(error)}`);
    }
  }
  const { students, problems } = compare(handedIn);
  writing(out, () => {
    writeOutput(output, gradesCsv(students));
  });
  for (const problem of [...unread, ...problems]) complain(printable(problem));
  if (found.others > 0)
    complain(`${counted(found.others, 'other file')} in ${printable(folder)}: not .json, so not read`);
  const there = students.filter(({ files }) => files.length > 0).length;
  process.stdout.write(`${there} of ${counted(students.length, 'student')} handed in: ${printable(out)}\n`);
}

/** How files are compared. The keys are read at once: if they cannot be used, no table is written. */
function comparisonWith({ answers, key, experiments }: GradeOptions): (files: readonly HandedIn[]) => GradedClass {
  if (key === undefined && experiments === undefined) {
    const keys = readKeys(answers, parseAnswerKeys);
    return (files) => gradeClass(keys, files);
  }
  const keys = {
    report: key === undefined ? null : readKeys(key, parseReportKey),
    experiments: experiments === undefined ? [] : questionsOf(experiments === true ? OWN_EXPERIMENTS : experiments),
  };
  return (files) => gradeShared(keys, files);
}

function questionsOf(folder: string): readonly Keyed[] {
  return readExperiments(folder)
    .map(({ shown }) => shown.question)
    .filter((question): question is Keyed => question.key !== null);
}

function readKeys<Keys>(file: string, parse: (json: string) => Keys): Keys {
  const text = readText(file, 'answer keys');
  try {
    return parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot use the answer keys ${printable(file)}: it ${why}`, { cause: error });
  }
}

/** Below the folder too, because a school's server gives each student a folder. */
function answerFiles(folder: string): { readonly files: readonly string[]; readonly others: number } {
  let all: readonly string[];
  try {
    all = filesIn(folder, MOST_LEVELS);
  } catch (error) {
    throw new Error(`Cannot read the folder ${printable(folder)}: ${describeFileError(error)}`, { cause: error });
  }
  const files = all.filter((file) => /\.json$/i.test(file)).sort();
  if (files.length > MOST_FILES)
    throw new Error(`Cannot grade ${printable(folder)}: it holds ${files.length} files, and ${MOST_FILES} is the most`);
  return { files, others: all.length - files.length };
}

/** Links are not followed. */
function filesIn(folder: string, levels: number): readonly string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return levels > 0 ? filesIn(file, levels - 1) : [];
    return entry.isFile() ? [file] : [];
  });
}

function writing(file: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new Error(`Cannot write the grades ${printable(file)}: ${describeFileError(error)}`, { cause: error });
  }
}
