/** A window on a real screen: tmux, which breaks rows anew when the window's size changes, as most terminals do. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';

import { afterAll } from '@jest/globals';

import { MAIN, inherited } from './servchat-process.js';

const PATIENCE_MS = 20_000;
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
    // The window has closed with its program.
    return '';
  }
}

export class TmuxWindow {
  readonly #name = `servchat-test-${randomUUID()}`;

  /** Runs the command in a window of its own, which stays when it has ended and then shows `ended: STATUS`. */
  constructor(args: readonly string[], { columns = 60, rows = 24 } = {}) {
    servers.add(this.#name);
    const command = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ');
    const run = `env LC_ALL=C.UTF-8 ${command}; echo "ended: $?"; exec sleep 600`;
    tmux(this.#name, '-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows), run);
  }

  /** The rows that are not empty, those that were scrolled away too, without the spaces at their ends. */
  get screen(): readonly string[] {
    return tmux(this.#name, 'capture-pane', '-p', '-S', '-')
      .split('\n')
      .map((row) => row.trimEnd())
      .filter((row) => row !== '');
  }

  /**
   * What is copied from it: a row that the window itself has broken is one line, as where somebody drags the mouse over
   * it.
   */
  get copied(): string {
    return tmux(this.#name, 'capture-pane', '-p', '-J', '-S', '-');
  }

  /** Names of keys (`Left`, `C-c`), or text. */
  press(...keys: readonly string[]): void {
    tmux(this.#name, 'send-keys', ...keys);
  }

  /**
   * `marked`: as a paste that the terminal marks as such, where the program asked for it; otherwise like so many keys.
   */
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

  /** Waits until the screen is as `wanted` says; what it was last is in the error. */
  async until(wanted: (rows: readonly string[]) => boolean): Promise<readonly string[]> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const { screen } = this;
      if (wanted(screen)) return screen;
      if (Date.now() > end) throw new Error(`the screen is not as wanted (${String(wanted)}):\n${screen.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Waits for a row that begins with `start`. */
  async shows(start: string): Promise<readonly string[]> {
    return this.until((rows) => rows.some((row) => row.startsWith(start)));
  }
}
