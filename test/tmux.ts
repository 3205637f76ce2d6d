/** A window of tmux. When its size changes, tmux breaks the rows again, as most terminals do. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';

import { afterAll } from '@jest/globals';

import { PATIENCE_MS } from './patience.js';
import { MAIN, inherited } from './servchat-process.js';

const servers = new Set<string>();

afterAll(() => {
  for (const name of servers) tmux(name, 'kill-server');
});

function tmux(name: string, ...args: readonly string[]): string {
  try {
    return execFileSync('tmux', ['-L', name, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: inherited(),
    });
  } catch {
    // The window closed when its program ended.
    return '';
  }
}

export class TmuxWindow {
  readonly #name = `servchat-test-${randomUUID()}`;

  /**
   * Runs the command in its own window. The window stays when the command has ended, and shows `ended: STATUS`.
   * `before`: what stands before it on the shell's line, such as a program that writes into its pipe.
   */
  constructor(args: readonly string[], { columns = 60, rows = 24, before = '' } = {}) {
    servers.add(this.#name);
    const command = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ');
    const run = `${before}env LC_ALL=C.UTF-8 ${command}; echo "ended: $?"; exec sleep 600`;
    tmux(this.#name, '-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows), run);
  }

  /** The rows that are not empty, without the spaces at their ends. Rows that scrolled out are included. */
  get screen(): readonly string[] {
    return tmux(this.#name, 'capture-pane', '-p', '-S', '-')
      .split('\n')
      .map((row) => row.trimEnd())
      .filter((row) => row !== '');
  }

  /** What a person would copy with the mouse. A line that the window broke into several rows is one line again. */
  get copied(): string {
    return tmux(this.#name, 'capture-pane', '-p', '-J', '-S', '-');
  }

  /** Names of keys (`Left`, `C-c`), or text. */
  press(...keys: readonly string[]): void {
    tmux(this.#name, 'send-keys', ...keys);
  }

  /** `marked`: as a paste that the terminal marks, if the program asked for that. Otherwise as single keys. */
  paste(text: string, { marked }: { marked: boolean }): void {
    tmux(this.#name, 'set-buffer', '--', text);
    tmux(this.#name, 'paste-buffer', ...(marked ? ['-p'] : []));
  }

  resize(columns: number, rows = 24): void {
    tmux(this.#name, 'resize-window', '-x', String(columns), '-y', String(rows));
  }

  close(): void {
    tmux(this.#name, 'kill-server');
    servers.delete(this.#name);
  }

  /** Waits until `wanted` returns true for the screen. The error shows the last screen. */
  async until(wanted: (rows: readonly string[]) => boolean): Promise<readonly string[]> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const { screen } = this;
      if (wanted(screen)) return screen;
      if (Date.now() > end) throw new Error(`the screen is not as wanted (${String(wanted)}):\n${screen.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Waits for a row that starts with `start`. */
  async shows(start: string): Promise<readonly string[]> {
    return this.until((rows) => rows.some((row) => row.startsWith(start)));
  }
}
