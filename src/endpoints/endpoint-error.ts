import type { Problem } from '../protocol/events.js';

/** An end cannot start: one line for the person, which says what to do. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
}

/** A chat did not start. Says why, so that the chair can tell the person. */
export class NoChat extends Error {
  override readonly name = 'NoChat';
  constructor(readonly problem: Problem) {
    super(problem.type);
  }
}

/** The system's code for what went wrong, such as `ECONNREFUSED`. */
export function systemCause({ code, message }: NodeJS.ErrnoException): string {
  return code ?? message;
}
