/**
 * The person in the chair: what they type, and what they are shown.
 *
 * The rules of what goes to a terminal, all kept here:
 * - What came from the other side is escaped before it is written (`printable.ts`); nothing else writes it.
 * - At a terminal, a line that comes while the person types appears above the row in which they type, and that row
 * stays
 *   whole. The second and later rows of a long line are indented, so nothing that the other side sent stands at the
 * left
 *   margin (`hanging.ts`).
 * - At a terminal, what the person types while nobody is connected is not sent to the next client.
 * - Without a terminal, there is no prompt. Each line of input is a message. Each line of output is written
 * immediately,
 *   and whole.
 * - The chat goes to standard output; what went wrong goes to standard error.
 */
export interface Listener {
  /**
   * Takes each of `texts` when the one before is done. Returns whether more can be taken now; if not, nothing is read
   * until `resume`.
   */
  said(texts: Iterable<string>): boolean;
  /** `show` answered false before, and now there is room again. */
  shown(): void;
  /** Ctrl-C or Ctrl-D at a terminal. */
  leave(): void;
}

/**
 * A line that is safe to show, or a command for the person to copy. A command has one row or more, and nothing in it
 * comes
 * from the other side. We never break a command, because then the person could not copy it whole. Where it is too long
 * for
 * the window, the terminal itself breaks it, and still knows that it is one line.
 */
export type ShownLine = string | { readonly toCopy: string };

export interface Person {
  /**
   * Shows a line of the chat, or several that came together. Returns whether more can be shown now; if not, `shown`
   * tells when.
   */
  show(lines: readonly ShownLine[]): boolean;
  /** A line about what went wrong. */
  warn(line: string): void;
  /** Hands what is typed to `listener` from now on, until `rest`. */
  listen(listener: Listener): void;
  /** After `said` answered false. */
  resume(): void;
  rest(): void;
}
