/**
 * Grades what students handed in about one report, or about the lab's experiments, where all have the same questions.
 * The key is the teacher's: nothing in a file says what is right. A row a student: all files of a folder are of one
 * student, and so is each file that is in no folder.
 */
import { parseAnswerSheet, type AnswerSheet, type Tried } from '../../answers/answer-sheet.js';
import type { Keyed, ReportKey } from './answer-keys.js';
import { graded, type Graded, type GradedClass, type HandedIn, type LabWork, type Sheet } from './grading.js';

export interface SharedKeys {
  readonly report: ReportKey | null;
  /** The questions of the lab's experiments. Empty if they are not graded. */
  readonly experiments: readonly Keyed[];
}

/** A sheet with what its learner says of themself. */
interface NamedSheet extends Sheet {
  readonly name: string | null;
  readonly tried: readonly Tried[];
}

export function gradeShared(keys: SharedKeys, handedIn: readonly HandedIn[]): GradedClass {
  const problems: string[] = [];
  const students = new Map<string, NamedSheet[]>();
  const seen = new Map<string, string>();
  const copies = new Map<string, string[]>();
  for (const { file, text } of handedIn) {
    const sheet = usable(keys, text);
    if (typeof sheet === 'string') {
      problems.push(`${file}: ${sheet}`);
      continue;
    }
    const student = studentOf(file);
    const { answers, name, experiments: tried } = sheet;
    students.set(student, [...(students.get(student) ?? []), { file, answers, name, tried }]);
    const print = JSON.stringify(answers.map(({ question, answer, time }) => [question, answer, time]));
    const first = seen.get(print);
    if (first === undefined) seen.set(print, file);
    else
      copies.set(student, [
        ...(copies.get(student) ?? []),
        `${file} has the same answers at the same times as ${first}`,
      ]);
  }
  const questions = [...(keys.report?.questions ?? []), ...keys.experiments];
  return {
    students: [...students].map(([name, sheets]) => {
      const one = graded({ name: nameOf(name, sheets), folder: '', run: '', questions }, sheets, true);
      const lab = labOf(sheets, keys.experiments);
      const notes = [...one.notes, ...otherNames(name, sheets), ...(copies.get(name) ?? [])];
      return { ...one, notes, lab } satisfies Graded;
    }),
    problems,
  };
}

/** The sheet, or why it cannot be graded. */
function usable({ report, experiments }: SharedKeys, text: string): AnswerSheet | string {
  let sheet: AnswerSheet;
  try {
    sheet = parseAnswerSheet(text);
  } catch (error) {
    return `it ${error instanceof Error ? error.message : String(error)}`;
  }
  if (sheet.run === report?.run) return sheet;
  // Each learner's progress in the lab has a run of its own, so the questions tell.
  const known = new Set(experiments.map(({ id }) => id));
  if (sheet.answers.some(({ question }) => known.has(question))) return sheet;
  if (sheet.answers.length === 0) return 'it holds no answer';
  if (report === null) return 'it answers no question of these experiments';
  return experiments.length === 0
    ? 'it is about another run, not about that of the report whose key this is'
    : 'it is about another run, not about that of the report whose key this is, and about no experiment';
}

/** The outermost folder, or the file's own name. */
function studentOf(file: string): string {
  return isInFolder(file) ? (file.split(SEPARATOR)[0] ?? '') : file.replace(/\.json$/i, '');
}

const SEPARATOR = /[\\/]/;

function isInFolder(file: string): boolean {
  return SEPARATOR.test(file);
}

/** A folder's name is the school's. A file that is in none may say whose it is. */
function nameOf(student: string, sheets: readonly NamedSheet[]): string {
  const [only] = sheets;
  return only === undefined || isInFolder(only.file) || isBlank(only.name) ? student : only.name.trim();
}

/** What the files in a folder say, if that is not the folder's name. */
function otherNames(student: string, sheets: readonly NamedSheet[]): readonly string[] {
  const names = new Set(sheets.flatMap(({ file, name }) => (isInFolder(file) && !isBlank(name) ? [name.trim()] : [])));
  names.delete(student);
  return names.size === 0 ? [] : [`the files say the name ${[...names].join(' and ')}`];
}

function isBlank(name: string | null): name is null {
  return name === null || name.trim() === '';
}

/** Over all files of a student. Only experiments that are graded count. null if no file says anything about them. */
function labOf(sheets: readonly NamedSheet[], graded: readonly Keyed[]): LabWork | null {
  const names = new Set(graded.map(({ id }) => id.replace(/\/.*$/, '')));
  const tried = sheets.flatMap(({ tried: each }) => each).filter(({ experiment }) => names.has(experiment));
  if (tried.length === 0) return null;
  const hints = new Map<string, number>();
  for (const each of tried) hints.set(each.experiment, Math.max(hints.get(each.experiment) ?? 0, each.hints));
  const those = (is: (each: Tried) => boolean): readonly string[] => [
    ...new Set(tried.filter(is).map(({ experiment }) => experiment)),
  ];
  return {
    done: those(({ done }) => done).length,
    hints: [...hints.values()].reduce((sum, count) => sum + count, 0),
    gaveUp: those(({ gaveUp }) => gaveUp),
  };
}
