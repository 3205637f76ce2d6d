/** Real processes for the end-to-end tests: the built command, netcat, the Python peer. All end when the test ends. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

import { afterAll } from '@jest/globals';

import { PATIENCE_MS } from './patience.js';

export const MAIN = path.resolve('dist/cli/main.js');

/**
 * The environment, without the variables that say who started the tests. servchat reads npm's variables to decide how
 * it names its own commands.
 */
export function inherited(): NodeJS.ProcessEnv {
  const ours = /^(NODE_|JEST_|SERVCHAT_|npm_|NO_COLOR|FORCE_COLOR)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

export class TestProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** All lines of standard output so far. */
  readonly output: string[] = [];
  /** Standard output as it came, unfinished lines included. */
  raw = '';
  errors = '';
  readonly #watchers = new Set<() => void>();
  /** The exit status, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  #next = 0;

  /** @param ownGroup puts it and all that it starts into a group of their own, as a terminal does. */
  constructor(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, { ownGroup = false } = {}) {
    this.#child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...inherited(), ...env },
      detached: ownGroup,
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.output.push(line);
      this.#notify();
    });
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.raw += chunk.toString();
      this.#notify();
    });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.errors += chunk.toString();
      this.#notify();
    });
    this.#child.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (code, signal) => {
        running.delete(this);
        resolve(code ?? signal);
        this.#notify();
      });
    });
    running.add(this);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Types a line. */
  say(text: string): void {
    this.#child.stdin.write(`${text}\n`);
  }

  write(bytes: Uint8Array | string): void {
    this.#child.stdin.write(bytes);
  }

  /** Resolves when the process has taken the bytes, or has ended. */
  async feed(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#child.stdin.write(bytes, () => {
        resolve();
      });
    });
  }

  endInput(): void {
    this.#child.stdin.end();
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** What Ctrl-C in a terminal does. It must be in its own group. */
  interrupt(): void {
    if (this.pid !== undefined) process.kill(-this.pid, 'SIGINT');
  }

  /**
   * The next line of output that contains `part`. It passes over the lines before that one. It fails when the process
   * ends without such a line.
   */
  async shows(part: string): Promise<string> {
    for (;;) {
      while (this.#next < this.output.length) {
        const line = this.output[this.#next++] ?? '';
        if (line.includes(part)) return line;
      }
      await this.#change(`show ${JSON.stringify(part)}`);
    }
  }

  /** Waits until standard output contains `part`, in a finished line or not. */
  async shown(part: string): Promise<void> {
    while (!this.raw.includes(part)) await this.#change(`show ${JSON.stringify(part)}`);
  }

  /** Waits until standard error contains `part`. */
  async complains(part: string): Promise<void> {
    while (!this.errors.includes(part)) await this.#change(`complain about ${JSON.stringify(part)}`);
  }

  #notify(): void {
    for (const watcher of this.#watchers) watcher();
  }

  async #change(wanted: string): Promise<void> {
    const state = (): string => `wanted it to ${wanted}\noutput:\n${this.output.join('\n')}\nerrors:\n${this.errors}`;
    if (!running.has(this)) throw new Error(`the process has ended; ${state()}`);
    await new Promise<void>((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(done);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#watchers.delete(done);
        reject(new Error(`nothing happened for ${PATIENCE_MS / 1000} s; ${state()}`));
      }, PATIENCE_MS);
      this.#watchers.add(done);
    });
  }
}

const running = new Set<TestProcess>();
const directories: string[] = [];

afterAll(async () => {
  const left = [...running];
  for (const each of left) each.kill('SIGKILL');
  await Promise.all(left.map((each) => each.ended));
  for (const directory of directories) fs.rmSync(directory, { recursive: true, force: true });
});

/**
 * An end of a chat gives up a silent client, or a handshake, after some seconds. Here it waits almost as long as the
 * tests do, so a slow machine fails no test, and none passes because an end gave up.
 */
const PATIENT = { SERVCHAT_PATIENCE: String(PATIENCE_MS / 1000 - 20) };
/** For a test of these limits: as short as they are for users. */
export const USUAL_LIMITS = { SERVCHAT_PATIENCE: undefined };

export function servchat(args: readonly string[], env: NodeJS.ProcessEnv = {}): TestProcess {
  const isEnd = args[0] === 'serve' || args[0] === 'connect';
  return new TestProcess(process.execPath, [MAIN, ...args], isEnd ? { ...PATIENT, ...env } : env);
}

/** Waits for the end of the process. */
export async function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ status: unknown; output: string; errors: string }> {
  const child = servchat(args, env);
  child.endInput();
  const status = await child.ended;
  return { status, output: child.output.map((line) => `${line}\n`).join(''), errors: child.errors };
}

/** Starts a server on a free port. It listens when this resolves. */
export async function server(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ chair: TestProcess; port: number }> {
  const chair = servchat(['serve', '--port', '0', ...args], env);
  const line = await chair.shows('server started');
  return { chair, port: Number(/:(\d+) /.exec(line)?.[1]) };
}

/** A directory that is removed after the file's tests. */
export function temporaryDirectory(): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'servchat-test-'));
  directories.push(directory);
  return directory;
}
