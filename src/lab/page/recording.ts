/** A recorded run: a list of events inside the page, which can be played, stepped through and jumped in. */
import type { Numbered } from '../events.js';

/** How many times as fast as it happened. */
export const SPEEDS = [0.5, 1, 2, 5, 20] as const;

/** No pause of a recording lasts longer than this, in milliseconds: a person may have thought for minutes. */
const LONGEST_PAUSE = 1500;
/** Programs take a millisecond. Before each new thing on the wire, a viewer gets time to see the one before. */
const SHORTEST_PAUSE = 600;

/**
 * Where a recording is. Pure: the page has the timer.
 */
export interface Playback {
  /** How many events have happened. */
  readonly done: number;
  readonly isPlaying: boolean;
  readonly speed: number;
}

/** How long after event `done` the next one comes, in milliseconds of the viewer's time. null at the end. */
export function untilNext(events: readonly Numbered[], { done, speed }: Playback): number | null {
  const [before, next] = [events[done - 1], events[done]];
  if (next === undefined) return null;
  // The next run's clock starts at 0 again.
  const pause = before === undefined ? 0 : Math.max(isNewThing(before, next) ? SHORTEST_PAUSE : 0, next.at - before.at);
  return Math.min(pause, LONGEST_PAUSE) / speed;
}

/** Whether `next` is a new row of the wire. A piece and its passing on are one row. */
function isNewThing({ event: before }: Numbered, { event: next }: Numbered): boolean {
  switch (next.type) {
    case 'went':
      return before.type !== 'came' || before.piece.id !== next.of || next.deed !== 'passed on';
    case 'came':
    case 'understood':
    case 'cut':
    case 'outcome':
      return true;
    default:
      return false;
  }
}

/** Events that a viewer would not see happen, so that a step does not stop at them. */
const UNSEEN: ReadonlySet<Numbered['event']['type']> = new Set(['queue', 'hold', 'goal', 'playing', 'left-out']);

/** How many events have happened after one step forward: at least one that can be seen. */
export function stepFrom(events: readonly Numbered[], done: number): number {
  let at = done;
  while (at < events.length) {
    const event = events[at]?.event;
    at += 1;
    // A piece and its passing on are one step.
    const next = events[at]?.event;
    if (event?.type === 'came' && !event.held && next?.type === 'went' && next.of === event.piece.id) at += 1;
    if (event !== undefined && !UNSEEN.has(event.type)) return at;
  }
  return at;
}

/** How many events have happened after one step back. */
export function stepBack(events: readonly Numbered[], done: number): number {
  let before = 0;
  for (let at = 0; at < done;) {
    const next = stepFrom(events, at);
    if (next >= done) return at;
    before = next;
    at = next;
  }
  return before;
}
