/** A command that makes no sense now. The message is a plain sentence for the learner that says what to do. */
export class Declined extends Error {
  override readonly name = 'Declined';
}
