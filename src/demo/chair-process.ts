/**
 * One of the two people of a demo: a real servchat process, told what to say and watched for what happens there. It
 * tells by events (`--format ndjson`); what stands on its standard error decides nothing.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

import { printable } from '../printable.js';
import { parseEventLine, type ParsedEvent } from '../protocol/event-lines.js';
import { isProblem } from '../protocol/events.js';

/** Longest wait for an event that is due: generous, since a class's machines are busy. */
const EVENT_LIMIT_MS = 30_000;
/** What is kept of a process's standard error, to explain a failure. */
const MOST_ERROR_TEXT = 2_000;

/** A demo's process did something else than its part. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}

export class ChairProcess {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #input: Writable;
  readonly #exit: Promise<number | NodeJS.Signals>;
  readonly #events: ParsedEvent[] = [];
  /** The first of them that {@link tells} has not looked at. */
  #next = 0;
  readonly #onChange: () => void;
  #errors = '';
  #wake: () => void = () => undefined;
  #status: number | string | null = null;
  #exited = false;

  /**
   * Starts `program` (the path of the servchat command's own script) with these arguments; `onChange` is called when
   * something has happened there, and when it has ended.
   */
  constructor(name: string, program: string, args: readonly string[], onChange: () => void = () => undefined) {
    this.#name = name;
    this.#onChange = onChange;
    // A mode or a debugger's settings that stand in the environment are not part of the demo.
    const env = { ...process.env };
    delete env['SERVCHAT_MODE'];
    delete env['NODE_OPTIONS'];
    // Nothing is said over the channel: where it breaks, we have ended, and the process ends too (`cli/main.ts`).
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
    // A process that has ended cannot be told anything; that it ended is noticed by whoever waits for its next event.
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

  /** All that has happened there so far. */
  get events(): readonly ParsedEvent[] {
    return this.#events;
  }

  /** Its exit status or the signal that ended it; null while it runs. */
  get status(): number | string | null {
    return this.#status;
  }

  say(text: string): void {
    this.#input.write(`${text}\n`);
  }

  /** Passes over what happens until `wanted` gives something for an event, and gives that. @throws DemoError */
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

  /** Waits for the process to end by itself. @throws DemoError where it does not end with status 0. */
  async ends(): Promise<void> {
    const limit = Date.now() + EVENT_LIMIT_MS;
    while (!this.#exited) {
      if (!(await this.#somethingNew(limit - Date.now()))) throw this.#failure('did not end');
    }
    const status = await this.#exit;
    if (status !== 0) throw this.#failure(`ended with status ${status}`);
  }

  /** Asks it to leave, as Ctrl-C would. */
  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  /** Ends the process if it still runs, and waits until it has. */
  async stop(): Promise<void> {
    if (!this.#exited) this.#child.kill('SIGKILL');
    await this.#exit.catch(() => undefined);
  }

  #changed(): void {
    this.#wake();
    this.#onChange();
  }

  /** Resolves true at the next event or at the end of the process, false when the time is over. */
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
