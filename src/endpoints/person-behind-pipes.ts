/**
 * A person, or a program, behind pipes. Each line of input is a message. Each line of output is written immediately,
 * and whole.
 */
import type { Socket } from 'node:net';

import { InputError, InputLines } from './input-lines.js';
import { interrupt } from './interrupt.js';
import type { ShownLine, Listener, Person } from './person.js';

/** How many lines of a pipe are sent together: so few that a socket can take nearly all of what they become. */
const MOST_AT_ONCE = 256;

export class PersonBehindPipes implements Person {
  readonly #input = new InputLines((line) => {
    this.warn(`servchat: ${line}`);
  });
  #listener: Listener | null = null;
  /**
   * Lines that were read. Those from `#next` on are not sent yet, because the socket was full or there was no chat.
   * Never more than one chunk holds.
   */
  #lines: string[] = [];
  #next = 0;
  #attached = false;
  #ended = false;

  constructor() {
    process.stdout.on('drain', () => this.#listener?.shown());
    // The program that read our output has gone (`servchat connect | head -1`): we tell the other side that we leave.
    process.stdout.on('error', () => {
      interrupt('SIGHUP');
    });
  }

  show(lines: readonly ShownLine[]): boolean {
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
    // At a terminal with redirected output, the end of input is Ctrl-D: the person leaves.
    else if (process.stdin.isTTY) this.#listener?.leave();
  }

  rest(): void {
    this.#listener = null;
    process.stdin.pause();
    // An open pipe would keep the process alive, although nobody listens any more.
    (process.stdin as Partial<Socket>).unref?.();
  }

  /** Sends lines to the present chat. Each of them can end it. */
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
      this.#take(this.#input.lines(chunk));
      this.resume();
    });
    process.stdin.on('end', () => {
      this.#take(this.#input.rest());
      this.#ended = true;
      this.resume();
    });
    process.stdin.on('error', () => {
      this.#ended = true;
    });
  }

  #take(lines: Iterable<string>): void {
    try {
      for (const line of lines) this.#lines.push(line);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.warn(`servchat: ${error.message}`);
      process.stdin.destroy();
      this.#ended = true;
    }
  }
}
