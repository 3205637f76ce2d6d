/**
 * One of the two people of a demo: a real servchat process. The demo types for it and watches its events (`--format
 * ndjson`). Its standard error decides nothing.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

import { printable } from '../printable.js';
import { parseEventLine, type ParsedEvent } from '../protocol/event-lines.js';
import { isProblem } from '../protocol/events.js';

/** The longest wait for an event. It is long because the machines of a class are busy. */
const EVENT_LIMIT_MS = 30_000;
/** How much of a process's standard error we keep, to explain a failure. */
const MOST_ERROR_TEXT = 2_000;

/** A process of the demo did not play its part. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}

export class ChairProcess {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #input: Writable;
  readonly #exit: Promise<number | NodeJS.Signals>;
  #events: ParsedEvent[] = [];
  /** The index of the first event that {@link tells} has not looked at. */
  #next = 0;
  readonly #onChange: () => void;
  #errors = '';
  #wake: () => void = () => undefined;
  #status: number | string | null = null;
  #exited = false;

  /**
   * Starts `program` (the path of the script of the servchat command) with these arguments. Calls `onChange` after each
   * event and when the process has ended. `added`: variables for its environment.
   */
  constructor(
    name: string,
    program: string,
    args: readonly string[],
    onChange: () => void = () => undefined,
    added: Readonly<Record<string, string>> = {},
  ) {
    this.#name = name;
    this.#onChange = onChange;
    // The demo must not depend on a mode or a debugger setting in the environment.
    const env: NodeJS.ProcessEnv = { ...process.env, ...added };
    delete env['SERVCHAT_MODE'];
    delete env['NODE_OPTIONS'];
    // We send nothing over the channel. When it breaks, this process has ended, and the child ends too (`cli/main.ts`).
    this.#child = spawn(process.execPath, [program, ...args, '--format', 'ndjson'], {
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
      env,
    });
    const [input, output, errors] = this.#child.stdio as unknown as [Writable, Readable, Readable];
    this.#input = input;
    createInterface({ input: output }).on('line', (line) => {
      const event = parseEventLine(line);
      if (event === null) return;
      this.#events.push(event);
      this.#changed();
    });
    errors.on('data', (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString('utf8')).slice(-MOST_ERROR_TEXT);
    });
    // A write to a process that has ended fails. We can ignore this, because the wait for its next event notices the
    // end.
    this.#input.on('error', () => undefined);
    this.#exit = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (code, signal) => {
        this.#exited = true;
        this.#status = code ?? signal ?? 0;
        resolve(code ?? signal ?? 0);
        this.#changed();
      });
    });
    this.#exit.catch(() => undefined);
  }

  /** All events so far. */
  get events(): readonly ParsedEvent[] {
    return this.#events;
  }

  /** The events since the last call. They are forgotten: a chat may be long. Not together with {@link tells}. */
  take(): readonly ParsedEvent[] {
    const taken = this.#events;
    this.#events = [];
    return taken;
  }

  /** How many bytes it was told to say and has not read yet. */
  get unread(): number {
    return this.#input.writableLength;
  }

  /** Its exit status or the signal that ended it. null while it runs. */
  get status(): number | string | null {
    return this.#status;
  }

  say(text: string): void {
    this.#input.write(`${text}\n`);
  }

  /** Skips events until `wanted` returns a value that is not null, and returns that value. @throws DemoError */
  async tells<Found>(wanted: (event: ParsedEvent) => Found | null, what: string): Promise<Found> {
    const deadline = Date.now() + EVENT_LIMIT_MS;
    for (;;) {
      for (let event = this.#events[this.#next++]; event !== undefined; event = this.#events[this.#next++]) {
        const found = wanted(event);
        if (found !== null) return found;
      }
      this.#next = this.#events.length;
      if (this.#exited) throw this.#failure(`ended before ${what}`);
      if (!(await this.#somethingNew(deadline - Date.now()))) throw this.#failure(`did not come to ${what}`);
    }
  }

  /** Waits until the process ends by itself. @throws DemoError if its exit status is not 0. */
  async ends(): Promise<void> {
    const limit = Date.now() + EVENT_LIMIT_MS;
    while (!this.#exited) {
      if (!(await this.#somethingNew(limit - Date.now()))) throw this.#failure('did not end');
    }
    const status = await this.#exit;
    if (status !== 0) throw this.#failure(`ended with status ${status}`);
  }

  /** Asks the process to leave, like Ctrl-C. */
  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  /** Ends the process if it is still running, and waits until it has ended. */
  async stop(): Promise<void> {
    if (!this.#exited) this.#child.kill('SIGKILL');
    await this.#exit.catch(() => undefined);
  }

  #changed(): void {
    this.#wake();
    this.#onChange();
  }

  /** Resolves to true at the next event or at the end of the process, and to false at the time limit. */
  #somethingNew(limit: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => {
          resolve(false);
        },
        Math.max(0, limit),
      );
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  #failure(what: string): DemoError {
    const problem = this.#events.findLast((event) => isProblem(event));
    const words = problem?.says ?? this.#errors.trim().split('\n').at(-1) ?? '';
    return new DemoError(
      `Cannot play the demo: the ${this.#name} ${what}${words === '' ? '' : `; it said: ${printable(words)}`}`,
    );
  }
}
