/**
 * One running program of somebody else. It may flood, fork, hang, ignore signals, or write escape codes. So its output
 * is kept only up to a size, nothing of it is obeyed, and it is ended together with everything that it has started.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';

import { commandWords } from '../command-words.js';
import { datagramPortsOf, ListeningLook, type ListeningSocket } from './listening.js';
import { endFamily, MARK, membersOf, signalFamily, workOf, type Family, type Work } from './processes.js';
import { Screen } from './screen.js';
import { atTerminal, WRITES_AT_ONCE, type Terminal } from './terminal.js';

export interface ProgramOptions {
  readonly command: string;
  /** The folder in which it runs. */
  readonly folder: string;
  /** Added to our own environment, and stronger than the variables of the command. */
  readonly environment: Readonly<Record<string, string>>;
  readonly input: 'pipe' | 'terminal';
  readonly terminal: Terminal;
  /** The folder with our hooks. */
  readonly hooks: string;
  /** What is shown of it as a text. */
  readonly asKnown: (text: string) => string;
  /** Different for each start, and no other's beginning. */
  readonly mark: string;
  /** Called when something changed: more was shown, or it ended. */
  readonly onChange: () => void;
}

/** How a program ended. Both null: it could not be started, and `problem` says why. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly problem: string | null;
}

/** Above this, a program floods, and is ended. In bytes. */
export const MOST_OUTPUT = 16 * 2 ** 20;
/** A program may still be told that its input has ended, and may still write. In milliseconds. */
const LAST_OUTPUT_MS = 300;
/**
 * How long we believe at most that it has no other children, in milliseconds. To look through all processes takes long
 * on a busy machine. Most children are started soon, so a young program is looked at more often.
 */
const MEMBERS_MS = 1_000;
const LEAST_MEMBERS_MS = 40;
/** The part of its age. */
const MEMBERS_AGE = 0.5;

export class Program {
  readonly screen: Screen;
  readonly #child: ChildProcess;
  readonly #input: Writable | null;
  readonly #family: Family;
  readonly #onChange: () => void;
  #ended: Ended | null = null;
  #flooded = false;
  #known: readonly number[] = [];
  #lookedAt = -Infinity;
  readonly #began = performance.now();
  readonly #listening = new ListeningLook();
  /** Resolves when the process has ended; its children may go on. */
  readonly exited: Promise<Ended>;

  /** @throws CommandError if the command cannot be run without a shell. */
  constructor(options: ProgramOptions) {
    const { program, arguments: rest, environment } = commandWords(options.command);
    const { mark, terminal } = options;
    const started = atTerminal(terminal, [program, ...rest], options.input, options.hooks);
    this.screen = new Screen(options.asKnown);
    this.#onChange = options.onChange;
    this.#child = spawn(started.program, started.arguments, {
      cwd: options.folder,
      env: {
        ...process.env,
        ...(terminal.kind === 'none' && WRITES_AT_ONCE),
        ...environment,
        ...options.environment,
        [MARK]: mark,
      },
      // A group and a session of its own, so that Ctrl-C at our terminal is only for us.
      detached: true,
      stdio: started.inputAsThird ? ['ignore', 'pipe', 'pipe', 'pipe'] : ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    this.#family = { mark, root: this.#child.pid ?? null };
    this.#input = (started.inputAsThird ? (this.#child.stdio[3] as Writable) : this.#child.stdin) ?? null;
    this.#input?.on('error', () => undefined);
    for (const output of [this.#child.stdout, this.#child.stderr]) {
      output?.on('error', () => undefined);
      output?.on('data', (bytes: Buffer) => {
        this.#show(bytes);
      });
    }
    this.exited = new Promise((resolve) => {
      const over = (ended: Ended): void => {
        this.#ended ??= ended;
        resolve(this.#ended);
        this.#onChange();
      };
      this.#child.once('error', (error: NodeJS.ErrnoException) => {
        over({ code: null, signal: null, problem: startProblem(error, program, options.folder) });
      });
      this.#child.once('exit', (code, signal) => {
        over({ code, signal, problem: null });
      });
    });
  }

  /** null while it runs. */
  get ended(): Ended | null {
    return this.#ended;
  }

  /** Whether it was ended because it showed far too much. */
  get flooded(): boolean {
    return this.#flooded;
  }

  /** How it and its children are at work; null where nobody knows. */
  get work(): Work | null {
    return this.#ended === null ? workOf(this.#members()) : { usedMs: 0, isRunnable: false };
  }

  /** The sockets on which it and its children listen. */
  get listening(): readonly ListeningSocket[] {
    return this.#listening.of(this.#members());
  }

  /** The ports on which it and its children wait for datagrams. */
  get datagramPorts(): readonly number[] {
    return datagramPortsOf(this.#members());
  }

  #members(): readonly number[] {
    const now = performance.now();
    const believed = Math.min(MEMBERS_MS, Math.max(LEAST_MEMBERS_MS, MEMBERS_AGE * (now - this.#began)));
    if (now - this.#lookedAt > believed) {
      this.#known = membersOf(this.#family).map(({ pid }) => pid);
      this.#lookedAt = now;
    }
    return this.#known;
  }

  /** Types a line. Nothing happens if the program reads no more. */
  type(line: string): void {
    this.write(`${line}\n`);
  }

  write(text: string): void {
    if (this.#input?.writable === true) this.#input.write(text);
  }

  /** The input ends, as with Ctrl-D. */
  endInput(): void {
    if (this.#input?.writable === true) this.#input.end();
  }

  /** What Ctrl-C does. */
  interrupt(): void {
    signalFamily(this.#family, 'SIGINT');
  }

  /** Ends it, with all its children. Resolves when none is left and what it had written is read. */
  async end(): Promise<void> {
    endFamily(this.#family);
    this.#child.kill('SIGKILL');
    await this.exited;
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, LAST_OUTPUT_MS);
      const closed = (): void => {
        clearTimeout(late);
        resolve();
      };
      if (this.#child.stdout?.closed !== false) closed();
      else this.#child.stdout.once('close', closed);
    });
    this.#input?.destroy();
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  #show(bytes: Buffer): void {
    if (this.#flooded) return;
    this.screen.add(bytes);
    if (this.screen.bytes > MOST_OUTPUT) {
      this.#flooded = true;
      endFamily(this.#family);
    }
    this.#onChange();
  }
}

function startProblem({ code, message }: NodeJS.ErrnoException, program: string, folder: string): string {
  if (code === 'ENOENT') return `there is no program “${program}”, or no folder “${folder}”`;
  if (code === 'EACCES') return `“${program}” may not be run; is it a program?`;
  return message;
}
