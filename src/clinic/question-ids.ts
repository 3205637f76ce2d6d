/**
 * The questions, in the order in which the clinic asks them. A question that is asked later can use what an earlier one
 * has found out. `questions/questions.ts` has the questions themselves.
 */
export const QUESTION_IDS = [
  'works',
  'ends',
  'bytes-later',
  'bytes',
  'together',
  'long',
  'longer',
  'scripts',
  'readable',
  'same-bytes',
  'key-in-clear',
  'keystream',
  'key-replaced',
  'key-strength',
  'change',
  'replay',
  'reflect',
  'drop',
  'reorder',
  'garbage',
  'half',
  'silent',
  'reset',
] as const;
export type QuestionId = (typeof QUESTION_IDS)[number];
