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
}

export interface Progress {
  /** 32 hex digits, which no other learner's progress has. */
  readonly run: string;
  /** By the name of the experiment, in the order in which they were answered. */
  readonly attempts: Readonly<Record<string, Attempt>>;
}

export function newProgress(): Progress {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return { run: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''), attempts: {} };
}

/** Locks an answer. An answer that is locked already stays. */
export function locked(progress: Progress, { name, question }: Experiment, answer: string, time: string): Progress {
  if (Object.hasOwn(progress.attempts, name)) return progress;
  const { id, asked, kind, key } = question;
  const right = key === null ? null : isRight({ kind, key }, answer);
  const attempt: Attempt = { question: id, asked, answer, right, time, met: false, gaveUp: false };
  return { ...progress, attempts: { ...progress.attempts, [name]: attempt } };
}

/** Notes that a goal was reached, or that the learner looked before. Only after an answer. */
export function noted(progress: Progress, name: string, change: { met: true } | { gaveUp: true }): Progress {
  const attempt = attemptAt(progress, name);
  if (attempt === null || Object.entries(change).every(([key, value]) => attempt[key as 'met' | 'gaveUp'] === value)) {
    return progress;
  }
  return { ...progress, attempts: { ...progress.attempts, [name]: { ...attempt, ...change } } };
}

export function attemptAt({ attempts }: Progress, name: string): Attempt | null {
  return Object.hasOwn(attempts, name) ? (attempts[name] ?? null) : null;
}

/** The file that a teacher takes. */
export function sheetOf({ run, attempts }: Progress): AnswerSheet {
  return {
    run,
    answers: Object.values(attempts).map(({ question, asked, answer, right, time }) => ({
      question,
      asked,
      answer,
      right,
      time,
    })),
  };
}
