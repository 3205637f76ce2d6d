/** What one of the two people of a run saw, from the events of their process. */
import type { Seat } from '../attacker/matrix.js';
import { printable } from '../printable.js';
import type { ParsedEvent } from '../protocol/event-lines.js';
import { isProblem } from '../protocol/events.js';

/** @param status its exit status, or the signal that ended it. */
export function seatOf(events: readonly ParsedEvent[], status: Seat['status']): Seat {
  const problems = events.filter((event) => isProblem(event));
  return {
    heard: events.flatMap((event) => (event.type === 'message' ? [printable(event.text)] : [])),
    left: events.some(({ type }) => type === 'left'),
    problems,
    complaint: printable(problems.map(({ says }) => says).join(' ')),
    status,
  };
}
