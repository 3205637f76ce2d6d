/**
 * The person in the chair: what they type, and what they are shown.
 *
 * The rules of what goes to a terminal, all kept here:
 * - What came from the other side is escaped before it is written (`printable.ts`); nothing else writes it.
 * - At a terminal, a line that comes while the person types goes above the line being typed, which stays whole.
 * - Without one, there is no prompt, each line of input is a message, each line of output is whole and written at once.
 * - The chat goes to standard output; what went wrong goes to standard error.
 */
import type { Socket } from 'node:net';
import readline from 'node:readline';

import { LineReader, LineTooLongError, MAX_LINE_BYTES } from '../protocol/lines.js';

export interface Listener {
  /** Takes the next of `texts` once the one before is dealt with. Whether more can be taken at once; if not, nothing is read until `resume`. */
  said(texts: Iterable<string>): boolean;
  /** There is room again after `show` answered false. */
  shown(): void;
  /** Ctrl-C or Ctrl-D at a terminal. */
  leave(): void;
  /** Leaves, and waits for nobody else: a server that is kept open ends too. */
  leaveForGood(): void;
}

export interface Person {
  /** A line of the chat, or several that came at once, already safe to show. Whether more can be shown at once; if not, `shown` tells when. */
  show(lines: string): boolean;
  /** A line about what went wrong. */
  warn(line: string): void;
  /** Hands what is typed to `listener` from now on, until `rest`. */
  listen(listener: Listener): void;
  /** After `said` answered false. */
  resume(): void;
  rest(): void;
}

/** Whoever sits at this process's standard input and output. A program that reads there is no person at a terminal. */
export function personAtThisProcess(isProgram: boolean): Person {
  return !isProgram && process.stdin.isTTY && process.stdout.isTTY ? new PersonAtTerminal() : new PersonBehindPipes();
}

const PROMPT = 'You: ';

class PersonAtTerminal implements Person {
  #editor: readline.Interface | null = null;
  #listener: Listener | null = null;

  constructor() {
    process.stdout.on('drain', () => this.#listener?.shown());
  }

  show(lines: string): boolean {
    return this.#above(process.stdout, lines);
  }

  warn(line: string): void {
    this.#above(process.stderr, line);
  }

  listen(listener: Listener): void {
    const editor = readline.createInterface({ input: process.stdin, output: process.stdout, prompt: PROMPT });
    this.#editor = editor;
    this.#listener = listener;
    editor.on('line', (text) => {
      // An Enter on an empty line is somebody waiting, not somebody talking.
      if (text !== '') listener.said([text]);
      if (this.#editor !== null) editor.prompt();
    });
    editor.on('SIGINT', () => {
      process.stdout.write('\n');
      this.rest();
      listener.leave();
    });
    // Ctrl-D; `rest` has taken this listener off before it closes the editor itself.
    editor.on('close', () => {
      process.stdout.write('\n');
      this.#editor = null;
      listener.leave();
    });
    editor.prompt();
  }

  resume(): void {
    // A person types slower than a socket takes.
  }

  rest(): void {
    const editor = this.#editor;
    this.#listener = null;
    if (editor === null) return;
    this.#editor = null;
    clearEditedLine(editor);
    editor.removeAllListeners('close');
    editor.close();
  }

  #above(output: NodeJS.WriteStream, lines: string): boolean {
    const editor = this.#editor;
    if (editor !== null) clearEditedLine(editor);
    const room = output.write(`${lines}\n`);
    editor?.prompt(true);
    return room;
  }
}

/** Wipes the prompt and what is typed behind it, over as many rows as they take, and leaves the cursor where they began. */
function clearEditedLine(editor: readline.Interface): void {
  readline.moveCursor(process.stdout, 0, -editor.getCursorPos().rows);
  readline.cursorTo(process.stdout, 0);
  readline.clearScreenDown(process.stdout);
  // The editor remembers on how many rows it drew, and would go up by as many again over what is written in between.
  Object.assign(editor, { prevRows: 0 });
}

/** Lines of a pipe that are said in one go: few enough that what they become is not much more than a socket takes. */
const MOST_AT_ONCE = 256;

class PersonBehindPipes implements Person {
  readonly #reader = new LineReader();
  #listener: Listener | null = null;
  /** Lines read; those from `#next` on are not said yet: the socket was full, or no chat was on. Never more than one chunk's. */
  #lines: string[] = [];
  #next = 0;
  #attached = false;
  #ended = false;

  constructor() {
    process.stdout.on('drain', () => this.#listener?.shown());
  }

  show(lines: string): boolean {
    return process.stdout.write(`${lines}\n`);
  }

  warn(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  listen(listener: Listener): void {
    this.#listener = listener;
    if (!this.#attached) this.#attach();
    (process.stdin as Partial<Socket>).ref?.();
    this.resume();
  }

  resume(): void {
    while (this.#next < this.#lines.length) {
      if (this.#listener === null || !this.#listener.said(this.#some())) return;
    }
    this.#lines = [];
    this.#next = 0;
    if (!this.#ended) process.stdin.resume();
    // At a terminal whose output is redirected, the end of input is Ctrl-D: somebody leaves.
    else if (process.stdin.isTTY) this.#listener?.leave();
  }

  rest(): void {
    this.#listener = null;
    process.stdin.pause();
    // A pipe that is still open would keep the process alive although nobody listens any more.
    (process.stdin as Partial<Socket>).unref?.();
  }

  /** Lines for the chat that is on, which may end with any of them. */
  *#some(): Generator<string> {
    for (const text of this.#lines.slice(this.#next, this.#next + MOST_AT_ONCE)) {
      if (this.#listener === null) return;
      this.#next += 1;
      yield text;
    }
  }

  #attach(): void {
    this.#attached = true;
    process.stdin.on('data', (chunk: Buffer) => {
      process.stdin.pause();
      try {
        for (const line of this.#reader.lines(chunk)) this.#lines.push(line.toString('utf8'));
      } catch (error) {
        if (!(error instanceof LineTooLongError)) throw error;
        this.warn(`servchat: standard input holds a line of more than ${MAX_LINE_BYTES} bytes; nothing after it is sent`);
        process.stdin.destroy();
        this.#ended = true;
      }
      this.resume();
    });
    process.stdin.on('end', () => {
      const rest = this.#reader.rest();
      if (rest.length > 0) this.#lines.push(rest.toString('utf8'));
      this.#ended = true;
      this.resume();
    });
    process.stdin.on('error', () => {
      this.#ended = true;
    });
  }
}
