/** A question whose answer a page can compare: a prediction of a chapter or of an experiment, or a task of a class. */

export interface Question {
  /** `chapter/name`. It is the same in every report, so that answers can be counted over a class. */
  readonly id: string;
  /** The question itself, as text. */
  readonly asked: string;
  readonly kind: Kind;
  /** In the order in which they are shown. Empty unless `kind` is `choice`. */
  readonly choices: readonly string[];
  /** null on the page of a student who is graded: only the teacher has the key then. */
  readonly key: Key | null;
}

/**
 * `choice`: one of a few texts. `number`: one or more numbers, in any common form. `frame`: the number of a packet in a
 * capture. `text`: words.
 */
export type Kind = 'choice' | 'number' | 'frame' | 'text';

export interface Key {
  /** Every answer that is right. The first is the one to show. Of a `choice`, it is the text of the right choice. */
  readonly accepts: readonly [string, ...string[]];
  /** For each choice, why it is wrong; `''` for the right one. Empty unless the question is a `choice`. */
  readonly reasons: readonly string[];
}
