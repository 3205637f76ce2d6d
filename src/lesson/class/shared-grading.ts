/**
 * Grades what students handed in about one report, or about the lab's experiments, where all have the same questions.
 * The key is the teacher's: nothing in a file says what is right. A row a student: all files of a folder are of one
 * student, and so is each file that is in no folder.
 */
import { parseAnswerSheet, type AnswerSheet } from '../../answers/answer-sheet.js';
import type { Keyed, ReportKey } from './answer-keys.js';
import { graded, type Graded, type GradedClass, type HandedIn, type Sheet } from './grading.js';

export interface SharedKeys {
  readonly report: ReportKey | null;
  /** The questions of the lab's experiments. Empty if they are not graded. */
  readonly experiments: readonly Keyed[];
}

export function gradeShared(keys: SharedKeys, handedIn: readonly HandedIn[]): GradedClass {
  const problems: string[] = [];
  const students = new Map<string, Sheet[]>();
  const seen = new Map<string, string>();
  const copies = new Map<string, string[]>();
  for (const { file, text } of handedIn) {
    const sheet = usable(keys, text);
    if (typeof sheet === 'string') {
      problems.push(`${file}: ${sheet}`);
      continue;
    }
    const student = studentOf(file);
    students.set(student, [...(students.get(student) ?? []), { file, answers: sheet.answers }]);
    const print = JSON.stringify(sheet.answers.map(({ question, answer, time }) => [question, answer, time]));
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
      const one = graded({ name, folder: '', run: '', questions }, sheets, true);
      return { ...one, notes: [...one.notes, ...(copies.get(name) ?? [])] } satisfies Graded;
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
  const [first = '', ...rest] = file.split(/[\\/]/);
  return rest.length > 0 ? first : first.replace(/\.json$/i, '');
}
