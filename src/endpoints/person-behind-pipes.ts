/** A person, or a program, behind pipes: each line of input is a message, each line of output is whole and written at once. */
import type { Socket } from 'node:net';

import { LineReader, LineTooLongError, MAX_LINE_BYTES } from '../protocol/lines.js';
import { interrupt } from './interrupt.js';
import type { Line, Listener, Person } from './person.js';

/** Lines of a pipe that are said in one go: few enough that what they become is not much more than a socket takes. */
const MOST_AT_ONCE = 256;

export class PersonBehindPipes implements Person {
  readonly #reader = new LineReader();
  #listener: Listener | null = null;
  /** Lines read; those from `#next` on are not said yet: the socket was full, or no chat was on. Never more than one chunk's. */
  #lines: string[] = [];
  #next = 0;
  #attached = false;
  #ended = false;

  constructor() {
    process.stdout.on('drain', () => this.#listener?.shown());
    // Whoever read along has gone (`servchat connect | head -1`): the other side is told that we leave.
    process.stdout.on('error', () => {
      interrupt('SIGHUP');
    });
  }

  show(lines: readonly Line[]): boolean {
    const rows = lines.map((line) => (typeof line === 'string' ? line : line.toCopy));
    return process.stdout.write(`${rows.join('\n')}\n`);
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
