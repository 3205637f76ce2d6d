/** How an end tells what happens: in sentences to a person, or as a line of JSON for each event to a program. */
import { formatEventLine, formatHeadLine } from '../protocol/event-lines.js';
import { isProblem, type ChatEvent } from '../protocol/events.js';
import type { Mode } from '../protocol/modes.js';
import type { Line, Person } from './person.js';
import { linesFor, problemSentence, warningFor } from './sentences.js';
import type { Side } from '../protocol/side.js';

/** Tells what happened, all that happened at once in one piece. Whether more can be told at once; if not, `shown` tells when. */
export type Tell = (events: readonly ChatEvent<Buffer>[]) => boolean;

/** @param command how servchat is called from where the person is. */
export function tellInSentences(person: Person, us: Side, command: string): Tell {
  return (events) => {
    let room = true;
    const lines: Line[] = [];
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

/** The head line comes at once. */
export function tellInLines(person: Person, us: Side, mode: Mode): Tell {
  person.show([formatHeadLine(us, mode)]);
  const line = (event: ChatEvent<Buffer>): string => formatEventLine(event, isProblem(event) ? problemSentence(event, us) : '');
  return (events) => events.length === 0 || person.show(events.map(line));
}
