/**
 * The answers to the questions of a class, or to those of a report, for `servchat lesson grade`. Only the teacher may
 * have these files.
 */
import type { Question } from '../../answers/question.js';

export interface AnswerKeys {
  /** In the order of the class list. */
  readonly students: readonly StudentKey[];
}

export interface StudentKey {
  readonly name: string;
  readonly folder: string;
  /** The id of the run that the questions are about. */
  readonly run: string;
  /** Each has its key. */
  readonly questions: readonly Keyed[];
}

export type Keyed = Question & { readonly key: NonNullable<Question['key']> };

/** The answers to the questions of a report, the same for everyone who has it. */
export interface ReportKey {
  /** The id of the run that the report is about. */
  readonly run: string;
  readonly questions: readonly Keyed[];
}

const FORMAT = 'servchat answer keys';
const REPORT_FORMAT = 'servchat report key';
const VERSION = 1;

/** Ends in LF. */
export function formatAnswerKeys({ students }: AnswerKeys): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, students }, null, 1)}\n`;
}

/** @throws Error in words that follow “it ”, if these are not answer keys. */
export function parseAnswerKeys(json: string): AnswerKeys {
  const { format, version, students } = (parsed(json) ?? {}) as Readonly<Record<string, unknown>>;
  if (format !== FORMAT) throw new Error('is not a file of answer keys, which servchat lesson --class writes');
  if (version !== VERSION) throw new Error(`is not of version ${VERSION}, the only one that this servchat reads`);
  if (!Array.isArray(students) || !students.every(isStudentKey)) throw new Error('holds something that is not a key');
  return { students };
}

/** Questions without a key are left out. Ends in LF. */
export function formatReportKey(run: string, questions: readonly Question[]): string {
  const keyed = questions.filter((question): question is Keyed => question.key !== null);
  return `${JSON.stringify({ format: REPORT_FORMAT, version: VERSION, run, questions: keyed }, null, 1)}\n`;
}

/** @throws Error in words that follow “it ”, if this is not the key of a report. */
export function parseReportKey(json: string): ReportKey {
  const { format, version, run, questions } = (parsed(json) ?? {}) as Readonly<Record<string, unknown>>;
  if (format !== REPORT_FORMAT) throw new Error('is not the key of a report, which servchat lesson --key writes');
  if (version !== VERSION) throw new Error(`is not of version ${VERSION}, the only one that this servchat reads`);
  if (typeof run !== 'string' || !isList(questions, isKeyed)) throw new Error('holds something that is not a key');
  return { run, questions };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new Error('is not JSON');
  }
}

function isStudentKey(value: unknown): value is StudentKey {
  const { name, folder, run, questions } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return [name, folder, run].every((text) => typeof text === 'string') && isList(questions, isKeyed);
}

function isKeyed(value: unknown): value is Keyed {
  const { id, asked, kind, choices, key } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const { accepts, reasons } = (key ?? {}) as Readonly<Record<string, unknown>>;
  return (
    [id, asked].every(isText) &&
    ['choice', 'number', 'frame', 'text'].includes(String(kind)) &&
    [choices, reasons, accepts].every((list) => isList(list, isText)) &&
    (accepts as readonly string[]).length > 0
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isList<T>(value: unknown, isOne: (each: unknown) => each is T): value is readonly T[] {
  return Array.isArray(value) && value.every((each) => isOne(each));
}
