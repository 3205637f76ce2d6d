/** One conversation that a person typed by hand at both programs, as it was seen. */
import type { Seat } from '../seat.js';

/** A line that was typed. What programs showed is not escaped. */
export interface TypedLine {
  readonly seat: Seat;
  readonly text: string;
  /** What this program had shown since the line before, or since its start. */
  readonly asked: string;
  /** What each program showed from then on, until the end. */
  readonly later: Readonly<Record<Seat, string>>;
  /** Whether a program ended after it and before the next line. */
  readonly hasEnded: boolean;
}

export interface Conversation {
  /** As they were given. */
  readonly commands: Readonly<Record<'server' | 'client', string>>;
  /** On which the server listened. null: nobody knows. */
  readonly port: number | null;
  /** The programs that need a terminal as their input. */
  readonly atTerminal: ReadonlySet<Seat>;
  readonly lines: readonly TypedLine[];
}
