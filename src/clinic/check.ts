/**
 * The check: asks all questions about a pair, in order, within a time that is never exceeded. Whatever happens, each
 * question gets an answer, and no program is left running.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { Budget, OutOfTime } from './budget.js';
import type { Facts } from './facts.js';
import { cannotTell, type Answer, type Finding } from './finding.js';
import type { Pair } from './pair.js';
import { runsNamed, type KeptRun } from './kept-runs.js';
import { QUESTION_IDS, type QuestionId } from './question-ids.js';
import type { Question } from './question.js';
import { QUESTIONS } from './questions/questions.js';
import { capital, quoted } from './quoting.js';
import { CommandError } from './command-words.js';
import { Stage, StartFailed } from './stage.js';
import { inOrderOfWeight } from './weight.js';

/** The whole check, in milliseconds. The rest of the three minutes is for the end of the programs and the report. */
const CHECK_MS = 165_000;
/** If something waits that should not, the check ends anyway. */
const GRACE_MS = 8_000;
/** What a start takes at least, with a few sentences. */
const LEAST_START_MS = 2_500;

export interface CheckOptions {
  readonly limitMs?: number;
  /**
   * Which questions are asked. Default: all. No other can be answered without `works`, so it is always asked, but with
   * one start that works where it is not in this list.
   */
  readonly only?: readonly QuestionId[];
  /** Whether the captures of the runs that the findings name are kept. Default: no. */
  readonly keepCaptures?: boolean;
  /** Called before each question. */
  readonly onQuestion?: (question: Question) => void;
}

export interface Check {
  readonly pair: Pair;
  readonly facts: Facts;
  readonly terminal: Stage['terminal'];
  /** One for each question that was asked, in the order of {@link QUESTION_IDS}. */
  readonly findings: readonly Finding[];
  /** Those that the findings name, if they were to be kept and are not too large. */
  readonly runs: readonly KeptRun[];
  readonly tookMs: number;
}

export async function check(pair: Pair, options: CheckOptions = {}): Promise<Check> {
  const began = performance.now();
  const asksEachTime = options.only?.includes('works') ?? true;
  const stage = new Stage(pair, new Budget(options.limitMs ?? CHECK_MS), asksEachTime);
  const findings: Finding[] = [];
  let runs: readonly KeptRun[] = [];
  try {
    for (const id of asked(options)) findings.push(await answered(id, stage, options));
    if (options.keepCaptures === true) runs = await stage.capturesOf(runsNamed(inOrderOfWeight(findings)));
  } finally {
    await stage.close();
  }
  const { facts, terminal } = stage;
  return { pair, facts, terminal, findings, runs, tookMs: performance.now() - began };
}

function asked({ only }: CheckOptions): readonly QuestionId[] {
  return only === undefined ? QUESTION_IDS : QUESTION_IDS.filter((id) => id === 'works' || only.includes(id));
}

async function answered(id: QuestionId, stage: Stage, { onQuestion }: CheckOptions): Promise<Finding> {
  const question = QUESTIONS[id];
  const began = performance.now();
  onQuestion?.(question);
  const answer = canAsk(id, question, stage) ?? (await askedInTime(question, stage));
  return { ...answer, question: id, took: Math.round(performance.now() - began) };
}

/** null where it can be asked. */
function canAsk(id: QuestionId, { starts }: Question, { budget, facts }: Stage): Answer | null {
  if (id !== 'works' && facts.manner === null)
    return cannotTell(
      'The conversation did not work in the first place',
      'A conversation that works when nothing disturbs it',
    );
  const neededMs = starts * (facts.startMs + 3 * facts.slowestMs + LEAST_START_MS);
  return budget.left < neededMs ? noTime() : null;
}

function noTime(): Answer {
  return cannotTell(
    'There was no time left',
    'Programs that start and answer faster: a whole check takes at most three minutes',
  );
}

async function askedInTime(question: Question, stage: Stage): Promise<Answer> {
  const over = new AbortController();
  const late = delay(stage.budget.left + GRACE_MS, null, { signal: over.signal }).then(noTime, noTime);
  try {
    return await Promise.race([question.ask(stage), late]);
  } catch (error) {
    if (error instanceof OutOfTime) return noTime();
    if (error instanceof StartFailed) return notStarted(error);
    if (error instanceof CommandError) return cannotTell(error.message, 'A command that runs without a shell');
    throw error;
  } finally {
    over.abort();
  }
}

function notStarted({ message, screen }: StartFailed): Answer {
  const evidence = screen.trim() === '' ? [] : [{ seen: `It showed last: ${quoted(screen)}.` }];
  return cannotTell(
    capital(message),
    'Programs that come so far that the chat can begin; if they ask for something first, describe it in a chat.json',
    evidence,
  );
}
