/** The table of the questions. A question without a place here does not compile, and neither does one too many. */
import type { Question } from '../question.js';
import type { QuestionId } from '../question-ids.js';
import { ENDS } from './ends.js';
import { WORKS } from './works.js';

export const QUESTIONS: Readonly<Record<QuestionId, Question>> = {
  works: WORKS,
  ends: ENDS,
};
