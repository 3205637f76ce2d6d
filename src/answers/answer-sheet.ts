/**
 * What a learner answered, as a JSON document. The page keeps it in the browser and gives it out as a file, and
 * `servchat lesson grade` reads it. `src/lesson/README.md` documents it. Like `comparison.ts`, this file is also a part
 * of the report's script and imports nothing but types.
 */

export interface AnswerSheet {
  /** The run that the questions are about: 32 hex digits, which no other run has. */
  readonly run: string;
  /** In the order in which they were given. No question has two. */
  readonly answers: readonly Answer[];
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

const FORMAT = 'servchat answers';
const VERSION = 1;
/** Far more than a report has. */
const MOST_ANSWERS = 1000;
const LONGEST_TEXT = 10_000;

/** Ends in LF. */
export function formatAnswerSheet({ run, answers }: AnswerSheet): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, run, answers }, null, 2)}\n`;
}

/** @throws Error in words that follow “it ”, if the document is not such a sheet. */
export function parseAnswerSheet(json: string): AnswerSheet {
  const document = parsed(json);
  if (!isObject(document) || document['format'] !== FORMAT) throw new Error('is not a file of answers from servchat');
  const { version, run, answers } = document;
  if (version !== VERSION) throw new Error(`is not of version ${VERSION}, the only one that this servchat reads`);
  if (typeof run !== 'string' || !/^[0-9a-f]{32}$/.test(run)) throw new Error('does not say which run it is about');
  if (!Array.isArray(answers) || answers.length > MOST_ANSWERS || !answers.every(isAnswer))
    throw new Error('holds something that is not an answer');
  const ids = answers.map(({ question }) => question);
  if (new Set(ids).size < ids.length) throw new Error('answers one question twice, which the page never does');
  return { run, answers: answers.map(onlyAnswer) };
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

function isAnswer(value: unknown): value is Answer {
  if (!isObject(value)) return false;
  const { question, asked, answer, right, time } = value;
  return (
    [question, asked, time].every(isText) &&
    (answer === null || isText(answer)) &&
    (right === null || typeof right === 'boolean')
  );
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= LONGEST_TEXT;
}

function onlyAnswer({ question, asked, answer, right, time }: Answer): Answer {
  return { question, asked, answer, right, time };
}
