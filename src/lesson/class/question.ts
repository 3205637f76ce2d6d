/** A question of a class, with what the teacher's answer key says of it. */
import type { RootContent } from 'mdast';

import type { Key, Kind, Question as ComparedQuestion } from '../../answers/question.js';
import { phrasing, type Choice, type Inline } from '../parts/tree.js';
import { choiceKey, questionOf } from '../prediction.js';

export interface Question {
  readonly asked: readonly Inline[];
  readonly choices: readonly Choice[];
  /** For the teacher. */
  readonly answer: readonly RootContent[];
  /** With its key; null if a teacher has to read the answer. */
  readonly compared: ComparedQuestion | null;
}

type Told = Pick<Question, 'asked' | 'answer'>;

export function writtenQuestion(told: Told): Question {
  return { ...told, choices: [], compared: null };
}

/** @param accepts every answer that is right. The first is the one to show. */
export function typedQuestion(
  name: string,
  kind: Exclude<Kind, 'choice'>,
  accepts: Key['accepts'],
  told: Told,
): Question {
  const form = { kind, choices: [], key: { accepts, reasons: [] } };
  return { ...told, choices: [], compared: questionOf(`class/${name}`, phrasing(told.asked), form) };
}

/** @param choices each wrong one with its reason; the right one has none. */
export function choiceQuestion(name: string, choices: readonly Choice[], told: Told): Question {
  const right = choices.findIndex(({ reason }) => reason.length === 0);
  const form = { kind: 'choice', choices, key: choiceKey(choices, right) } as const;
  return { ...told, choices, compared: questionOf(`class/${name}`, phrasing(told.asked), form) };
}
