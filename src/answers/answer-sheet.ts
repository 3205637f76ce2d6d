/**
 * What a learner answered, as a JSON document. The page keeps it in the browser and gives it out as a file, and
 * `servchat lesson grade` reads it. `src/lesson/README.md` documents it. Like `comparison.ts`, this file is also a part
 * of the report's script and imports nothing but types.
 */

export interface AnswerSheet {
  /** The run that the questions are about: 32 hex digits, which no other run has. */
  readonly run: string;
  /** What the learner calls themself; null if they did not say. */
  readonly name: string | null;
  /** In the order in which they were given. No question has two. */
  readonly answers: readonly Answer[];
  /** What the learner did in the lab. Empty for a report. No experiment stands here twice. */
  readonly experiments: readonly Tried[];
}

export interface Answer {
  /** The question's id. */
  readonly question: string;
  /** The question as the learner read it. */
  readonly asked: string;
  /** null if the learner opened the explanation without an answer. */
  readonly answer: string | null;
  /** What the page said of it; null if the page did not know. */
  readonly right: boolean | null;
  /** When, in ISO 8601, by the learner's clock. */
  readonly time: string;
}

/** An experiment that the learner began. */
export interface Tried {
  /** Its name. */
  readonly experiment: string;
  /** Whether its goal was reached. */
  readonly done: boolean;
  /** How many hints were opened. */
  readonly hints: number;
  /** Whether the learner had the answer shown before the goal was reached. */
  readonly gaveUp: boolean;
}

const FORMAT = 'servchat answers';
/** Version 1 has neither a name nor experiments. */
const VERSIONS: readonly unknown[] = [1, 2];
/** Far more than a report has. */
const MOST_ANSWERS = 1000;
const LONGEST_TEXT = 10_000;
const LONGEST_NAME = 200;

/** Ends in LF. */
export function formatAnswerSheet(sheet: Pick<AnswerSheet, 'run' | 'answers'> & Partial<AnswerSheet>): string {
  const { run, answers, name = null, experiments = [] } = sheet;
  const document = { format: FORMAT, version: 2, run, name, answers, experiments };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** @throws Error in words that follow “it ”, if the document is not such a sheet. */
export function parseAnswerSheet(json: string): AnswerSheet {
  const document = parsed(json);
  if (!isObject(document) || document['format'] !== FORMAT) throw new Error('is not a file of answers from servchat');
  const { version, run, answers, name = null, experiments = [] } = document;
  if (!VERSIONS.includes(version)) throw new Error('is not of version 1 or 2, which this servchat reads');
  if (typeof run !== 'string' || !/^[0-9a-f]{32}$/.test(run)) throw new Error('does not say which run it is about');
  if (name !== null && !isText(name, LONGEST_NAME)) throw new Error('has a name that is not a text, or too long');
  if (!isListOf(answers, isAnswer)) throw new Error('holds something that is not an answer');
  if (!isListOf(experiments, isTried)) throw new Error('does not say in the right form what was done in the lab');
  if (hasTwins(answers.map(({ question }) => question)))
    throw new Error('answers one question twice, which the page never does');
  if (hasTwins(experiments.map(({ experiment }) => experiment)))
    throw new Error('names one experiment twice, which the page never does');
  return { run, name, answers: answers.map(onlyAnswer), experiments: experiments.map(onlyTried) };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json.replace(/^\ufeff/, ''));
  } catch {
    throw new Error('is not JSON');
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf<Item>(value: unknown, isItem: (item: unknown) => item is Item): value is readonly Item[] {
  return Array.isArray(value) && value.length <= MOST_ANSWERS && value.every(isItem);
}

function isAnswer(value: unknown): value is Answer {
  if (!isObject(value)) return false;
  const { question, asked, answer, right, time } = value;
  return (
    [question, asked, time].every((each) => isText(each)) &&
    (answer === null || isText(answer)) &&
    (right === null || typeof right === 'boolean')
  );
}

function isTried(value: unknown): value is Tried {
  if (!isObject(value)) return false;
  const { experiment, done, hints, gaveUp } = value;
  return (
    isText(experiment) &&
    typeof done === 'boolean' &&
    typeof gaveUp === 'boolean' &&
    Number.isInteger(hints) &&
    (hints as number) >= 0
  );
}

function isText(value: unknown, longest = LONGEST_TEXT): value is string {
  return typeof value === 'string' && value.length <= longest;
}

function hasTwins(ids: readonly string[]): boolean {
  return new Set(ids).size < ids.length;
}

function onlyAnswer({ question, asked, answer, right, time }: Answer): Answer {
  return { question, asked, answer, right, time };
}

function onlyTried({ experiment, done, hints, gaveUp }: Tried): Tried {
  return { experiment, done, hints, gaveUp };
}
