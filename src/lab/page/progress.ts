/** What the learner answered and reached. */
import { isRight } from '../../answers/comparison.js';
import type { Answer, AnswerSheet } from '../../answers/answer-sheet.js';
import type { Experiment } from '../experiments/experiment.js';

/** What the learner did in one experiment. */
export interface Attempt extends Answer {
  /** Whether the goal was reached. */
  readonly met: boolean;
  /** Whether they looked at the explanation before that. */
  readonly gaveUp: boolean;
  /** How many hints they opened. */
  readonly hints: number;
}

export interface Progress {
  /** 32 hex digits, which no other learner's progress has. */
  readonly run: string;
  /** What the learner calls themself. '' if they did not say. */
  readonly name: string;
  /** By the name of the experiment, in the order in which they were answered. */
  readonly attempts: Readonly<Record<string, Attempt>>;
}

/** As a file of answers may hold it, and more than a name needs. */
export const LONGEST_NAME = 100;

export function newProgress(): Progress {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return { run: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''), name: '', attempts: {} };
}

/** Locks an answer. An answer that is locked already stays. */
export function locked(progress: Progress, { name, question }: Experiment, answer: string, time: string): Progress {
  if (Object.hasOwn(progress.attempts, name)) return progress;
  const { id, asked, kind, key } = question;
  const right = key === null ? null : isRight({ kind, key }, answer);
  const attempt: Attempt = { question: id, asked, answer, right, time, met: false, gaveUp: false, hints: 0 };
  return { ...progress, attempts: { ...progress.attempts, [name]: attempt } };
}

/** Notes that a goal was reached, that the learner looked before, or one more hint. Only after an answer. */
export function noted(
  progress: Progress,
  name: string,
  change: { readonly met: true } | { readonly gaveUp: true } | { readonly hints: number },
): Progress {
  const before = attemptAt(progress, name);
  if (before === null) return progress;
  const after = { ...before, ...change, hints: Math.max(before.hints, 'hints' in change ? change.hints : 0) };
  const isSame = after.met === before.met && after.gaveUp === before.gaveUp && after.hints === before.hints;
  return isSame ? progress : { ...progress, attempts: { ...progress.attempts, [name]: after } };
}

export function attemptAt({ attempts }: Progress, name: string): Attempt | null {
  return Object.hasOwn(attempts, name) ? (attempts[name] ?? null) : null;
}

export function isDone(progress: Progress, { name }: Experiment): boolean {
  return attemptAt(progress, name)?.met === true;
}

/** The file that a teacher takes. */
export function sheetOf({ run, name, attempts }: Progress): AnswerSheet {
  const all = Object.entries(attempts);
  return {
    run,
    name: name === '' ? null : name,
    answers: all.map(([, { question, asked, answer, right, time }]) => ({ question, asked, answer, right, time })),
    experiments: all.map(([experiment, { met, hints, gaveUp }]) => ({ experiment, done: met, hints, gaveUp })),
  };
}

/** A name of a file that every system can keep. It has the learner's name in it, if there is one. */
export function sheetFileName({ name }: Progress): string {
  const words = name.normalize('NFC').match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const safe = Array.from(words.join('-')).slice(0, 40).join('');
  return `servchat-lab-answers${safe === '' ? '' : `-${safe}`}.json`;
}
