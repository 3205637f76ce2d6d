import type { RootContent } from 'mdast';

/** What is wrong with a question, and where it is. */
export class PredictionError extends Error {
  override readonly name = 'PredictionError';
  readonly at: RootContent;

  constructor(at: RootContent, why: string) {
    super(why);
    this.at = at;
  }
}
