/**
 * Grades what the students of a class handed in. Only the answers count, and each is compared with the teacher's key
 * anew: what a file says about being right could have been changed by anyone.
 */
import { parseAnswerSheet, type Answer } from '../../answers/answer-sheet.js';
import { isRight, reasonAgainst } from '../../answers/comparison.js';
import { counted, listed } from '../../faces/phrases.js';
import type { AnswerKeys, Keyed, StudentKey } from './answer-keys.js';

export interface HandedIn {
  /** The file's path, for messages. */
  readonly file: string;
  readonly text: string;
}

export interface Graded {
  readonly student: StudentKey;
  /** For each question of the student: what was answered, and whether it is right; null if it was not answered. */
  readonly marks: readonly (Mark | null)[];
  readonly files: readonly string[];
  /** What the teacher should know about it, a clause each. */
  readonly notes: readonly string[];
  /** What was done in the lab, as the files say; null if it is not asked for, or if they do not say. */
  readonly lab: LabWork | null;
}

/** Nothing but the page's word, which a student could change. */
export interface LabWork {
  readonly done: number;
  readonly hints: number;
  /** The experiments whose answer was shown before the goal was reached. */
  readonly gaveUp: readonly string[];
}

export interface Mark {
  readonly answer: string;
  readonly right: boolean;
  /** Why it is wrong; `''` if it is right. */
  readonly reason: string;
}

export interface GradedClass {
  /** One for each student of the class list, in its order. */
  readonly students: readonly Graded[];
  /** Files that could not be used, a line each. */
  readonly problems: readonly string[];
}

export interface Sheet {
  readonly file: string;
  readonly answers: readonly Answer[];
}

export function gradeClass({ students }: AnswerKeys, handedIn: readonly HandedIn[]): GradedClass {
  const problems: string[] = [];
  const sheets = new Map<string, Sheet[]>(students.map(({ run }) => [run, []]));
  for (const { file, text } of handedIn) {
    const problem = sortIn(sheets, file, text);
    if (problem !== null) problems.push(`${file}: ${problem}`);
  }
  return { students: students.map((student) => graded(student, sheets.get(student.run) ?? [])), problems };
}

/** What is wrong with the file, or null. */
function sortIn(sheets: ReadonlyMap<string, Sheet[]>, file: string, text: string): string | null {
  try {
    const { run, answers } = parseAnswerSheet(text);
    const of = sheets.get(run);
    if (of === undefined) return 'it is about another run, not about the captures of a student of this class';
    of.push({ file, answers });
    return null;
  } catch (error) {
    return `it ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * @param judges whether the page itself says what is right. Then a file is strange only if it calls a wrong answer
 * right.
 */
export function graded(student: StudentKey, sheets: readonly Sheet[], judges = false): Graded {
  const given = student.questions.map(({ id }) => firstAnswer(id, sheets));
  const marks = student.questions.map((question, at): Mark | null => {
    const answer = given[at]?.answer ?? null;
    return answer === null ? null : markOf(question, answer);
  });
  const names = student.questions.map(({ id }) => shortName(id));
  const named = (is: (at: number) => boolean): readonly string[] => names.filter((_, at) => is(at));
  const opened = named((at) => given[at]?.answer === null);
  const twice = named(
    (at) => new Set(answersTo(student.questions[at]?.id, sheets).map(({ answer }) => answer)).size > 1,
  );
  const claimed = named((at) => given[at]?.right === true && marks[at]?.right !== true);
  const strange = strangers(student, sheets);
  return {
    student,
    marks,
    files: sheets.map(({ file }) => file),
    lab: null,
    notes: [
      ...(sheets.length > 1 ? [`${sheets.length} files, taken together`] : []),
      ...(twice.length > 0 ? [`the files differ in ${listed(twice)}: the answer with the earliest time counts`] : []),
      ...(opened.length > 0 ? [`answer opened first: ${listed(opened)}`] : []),
      ...(claimed.length > 0
        ? [
            `the file calls ${listed(claimed)} right, which ${judges ? 'is wrong' : 'the page never does'}: was it changed?`,
          ]
        : []),
      ...(strange > 0 ? [`${counted(strange, 'answer')} to other questions`] : []),
    ],
  };
}

function markOf(question: Keyed, answer: string): Mark {
  const right = isRight(question, answer);
  return { answer, right, reason: right ? '' : whyWrong(question, answer) };
}

function whyWrong(question: Keyed, answer: string): string {
  if (question.kind !== 'choice') return `right is ${question.key.accepts[0]}`;
  return reasonAgainst(question, answer) ?? 'this is none of the choices: was the file changed?';
}

/** `fingerprint` of `class/fingerprint`. */
export function shortName(id: string): string {
  return id.replace(/^.*\//, '');
}

function answersTo(id: string | undefined, sheets: readonly Sheet[]): readonly Answer[] {
  return sheets.flatMap(({ answers }) => answers.filter(({ question }) => question === id));
}

function firstAnswer(id: string, sheets: readonly Sheet[]): Answer | undefined {
  const all = answersTo(id, sheets);
  return [...all].sort((one, other) => (one.time < other.time ? -1 : one.time > other.time ? 1 : 0))[0];
}

/** How many answers are to questions that this student was not asked. */
function strangers({ questions }: StudentKey, sheets: readonly Sheet[]): number {
  const asked = new Set(questions.map(({ id }) => id));
  return sheets.flatMap(({ answers }) => answers).filter(({ question }) => !asked.has(question)).length;
}
