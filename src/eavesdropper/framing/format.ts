/** Formats of bytes in which programs write objects: each object says by itself where it ends. */

/** A string in an object; or bytes, which may be text all the same. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One whole object. */
export interface Unit {
  readonly end: number;
  /** In order. */
  readonly strings: readonly Span[];
  /**
   * How much it says, besides its strings, that this is the format: as a natural logarithm of how rare other bytes are
   * that look like this.
   */
  readonly nats: number;
}

export interface Format {
  /** How messages are marked, for people. */
  readonly name: string;
  /** Whether other bytes seldom look like it, even where they hold no text. */
  readonly isNamed: boolean;
  /** The object at `start`; null if there is none, `more` if it goes on behind `end`. */
  read(bytes: Buffer, start: number, end: number): Unit | 'more' | null;
}

/** A format, and how to know in one look most bytes that are not in it. */
export interface FormatKind {
  /** Whether an object may begin with this byte. */
  mayBegin(first: number): boolean;
  /** What reads one stream. */
  made(): Format;
}

/** Objects in objects in objects: more are refused, since each takes a call. */
export const MOST_DEPTH = 32;
