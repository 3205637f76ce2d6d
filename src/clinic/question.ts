/**
 * What a question is. Each has a file in `questions/` and a place in `questions/questions.ts`.
 *
 * A question sees programs only from outside. It starts them on the {@link Stage}, says something, disturbs what
 * crosses the wire, and looks at what is shown. It says “good” only if its control worked: the same conversation,
 * undisturbed, in the same run or in another.
 */
import type { Answer } from './finding.js';
import type { Stage } from './stage.js';

export interface Question {
  /** As a row of the table, in a few words: “every byte arrives alone”. */
  readonly title: string;
  /** What it does, in a sentence that follows “servchat”: “sends on every byte alone, with a pause between”. */
  readonly does: string;
  /**
   * How many starts of the pair it needs. Where they do not fit into the time that is left, it is not asked, and the
   * finding says so.
   */
  readonly starts: number;
  /** The chapter of the lesson that explains it: the name of its file in `lessons/chapters/`, without `.md`. */
  readonly chapter: string;
  /**
   * @throws OutOfTime when the time of the check is over. The frame turns it, and {@link StartFailed}, into an honest
   *   “cannot tell”. So a question need not catch them.
   */
  readonly ask: (stage: Stage) => Promise<Answer>;
}
