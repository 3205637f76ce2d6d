/**
 * The person in the chair: what they type, and what they are shown.
 *
 * The rules of what goes to a terminal, all kept here:
 * - What came from the other side is escaped before it is written (`printable.ts`); nothing else writes it.
 * - At a terminal, a line that comes while the person types goes above the row being typed in, which stays whole. A long
 *   line goes on indented: nothing that the other side sent stands at the left margin (`hanging.ts`).
 * - At a terminal, what is typed while nobody is connected is not sent to whoever comes next.
 * - Without one, there is no prompt, each line of input is a message, each line of output is whole and written at once.
 * - The chat goes to standard output; what went wrong goes to standard error.
 */
export interface Listener {
  /** Takes the next of `texts` once the one before is dealt with. Whether more can be taken at once; if not, nothing is read until `resume`. */
  said(texts: Iterable<string>): boolean;
  /** There is room again after `show` answered false. */
  shown(): void;
  /** Ctrl-C or Ctrl-D at a terminal. */
  leave(): void;
}

/**
 * A line, safe to show, or a command of ours for the person to copy: of one row or several, with nothing in it that the
 * other side wrote. We never break a command, or it could not be copied whole; where it is too long for the window, the
 * terminal breaks it, and knows that it is one.
 */
export type Line = string | { readonly toCopy: string };

export interface Person {
  /** A line of the chat, or several that came at once. Whether more can be shown at once; if not, `shown` tells when. */
  show(lines: readonly Line[]): boolean;
  /** A line about what went wrong. */
  warn(line: string): void;
  /** Hands what is typed to `listener` from now on, until `rest`. */
  listen(listener: Listener): void;
  /** After `said` answered false. */
  resume(): void;
  rest(): void;
}
