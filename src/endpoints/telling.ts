/** How an end tells what happens: a person gets sentences, a program gets a line of JSON for each event. */
import { formatEventLine, formatHeadLine } from '../protocol/event-lines.js';
import { isProblem, type ChatEvent } from '../protocol/events.js';
import type { Mode } from '../protocol/modes.js';
import type { ShownLine, Person } from './person.js';
import { linesFor, problemSentence, warningFor } from './sentences.js';
import type { Side } from '../protocol/side.js';

/**
 * Tells what happened; events that belong together come in one piece. Returns whether more can be told now; if not,
 * `shown` tells when.
 */
export type Tell = (events: readonly ChatEvent<Buffer>[]) => boolean;

/** @param command how the person calls servchat. */
export function tellInSentences(person: Person, us: Side, command: string): Tell {
  return (events) => {
    let room = true;
    const lines: ShownLine[] = [];
    const flush = (): void => {
      if (lines.length > 0) room = person.show(lines.splice(0));
    };
    for (const event of events) {
      const warning = warningFor(event, us);
      if (warning !== null) {
        flush();
        person.warn(`servchat: ${warning}`);
      } else lines.push(...linesFor(event, us, command));
    }
    flush();
    return room;
  };
}

/** Writes the first line immediately. */
export function tellInLines(person: Person, us: Side, mode: Mode): Tell {
  person.show([formatHeadLine(us, mode)]);
  const line = (event: ChatEvent<Buffer>): string =>
    formatEventLine(event, isProblem(event) ? problemSentence(event, us) : '');
  return (events) => events.length === 0 || person.show(events.map(line));
}
