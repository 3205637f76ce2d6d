/**
 * What an error that no program has caught looks like on its screen: in Python, Node, Java, Go and Rust. It quotes what
 * the program has read, or its own source, and so it shows no message.
 */

/** How a trace begins, and up to where it goes. */
interface Form {
  readonly begins: (line: string, next: readonly string[]) => boolean;
  /** How many of the lines after the first belong to it. */
  readonly goesOn: (rest: readonly string[]) => number;
}

/** A trace is not searched for its end beyond so many lines. */
const MOST_LINES = 200;
const CARETS = /^\s*[\^~]+\s*$/;
const AT = /^\s+at .+/;
const AT_A_PLACE = /^\s+at .+(?::\d+\)?|\(<anonymous>\)|\(Native Method\)|\(Unknown Source\))$/;
const JAVA = /^(?:Exception in thread |Caused by: |[\w.$]+(?:Exception|Error)\b)/;

const FORMS: readonly Form[] = [
  {
    // Python: indented lines, and then the error in one line.
    begins: (line) => line.includes('Traceback (most recent call last)'),
    goesOn: (rest) => {
      const error = rest.findIndex((line) => /^\S/.test(line));
      return error < 0 ? rest.length : error + 1;
    },
  },
  {
    // Node: the place, the line of the source, a mark below it, the error, and the calls.
    begins: (line, next) => /^\S.*:\d+$/.test(line) && next.slice(0, 3).some((each) => CARETS.test(each)),
    goesOn: (rest) => {
      const end = rest.findIndex((line) => /^Node\.js v\d/.test(line));
      return end < 0 ? lastCall(rest) + 1 : end + 1;
    },
  },
  {
    // Java, and what others write of an error that they have caught.
    begins: (line, next) => AT_A_PLACE.test(line) || (JAVA.test(line) && AT_A_PLACE.test(next[0] ?? '')),
    goesOn: (rest) => {
      const end = rest.findIndex((line) => !AT.test(line) && !JAVA.test(line) && !/^\s+\.\.\. \d+ more/.test(line));
      return end < 0 ? rest.length : end;
    },
  },
  {
    begins: (line, next) => line.startsWith('panic: ') && next.some((each) => /^goroutine \d+ /.test(each)),
    goesOn: (rest) => rest.length,
  },
  {
    // Rust: the error in the second line, and a note how to see more.
    begins: (line) => /^thread '.*' (?:\(\d+\) )?panicked at /.test(line),
    goesOn: (rest) => (rest[1]?.startsWith('note: ') === true ? 2 : 1),
  },
];

/** Whether there is one in what was shown. */
export function hasStackTrace(screen: string): boolean {
  return withoutStackTraces(screen) !== screen;
}

/** What was shown beside all stack traces. */
export function withoutStackTraces(screen: string): string {
  const lines = screen.split('\n');
  const kept: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const rest = (): readonly string[] => lines.slice(at + 1, at + MOST_LINES);
    const form = mayBegin(line) ? FORMS.find(({ begins }) => begins(line, rest())) : undefined;
    if (form === undefined) kept.push(line);
    else at += form.goesOn(rest());
  }
  return kept.length === lines.length ? screen : kept.join('\n');
}

/** A quick look, because most lines are none of it. */
function mayBegin(line: string): boolean {
  return /Traceback|:\d+$|^\s+at |Exception|Error|^panic: |panicked at/.test(line);
}

function lastCall(lines: readonly string[]): number {
  const end = lines.findIndex((line, at) => AT.test(line) && !AT.test(lines[at + 1] ?? ''));
  return end < 0 ? 3 : end;
}
