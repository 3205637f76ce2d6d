/** Runs the command at a terminal: `script` (util-linux) gives it a pseudo-terminal of 60 columns. */
import { execFileSync } from 'node:child_process';

import { MAIN, TestProcess } from './servchat-process.js';

/**
 * Why there is no such terminal, for `testUnless`; null if there is one. On macOS, BSD's `script` takes other
 * arguments.
 */
export const noTerminal = ((): string | null => {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).includes(
      'util-linux',
    )
      ? null
      : 'script is not of util-linux';
  } catch {
    return 'not installed: script (util-linux)';
  }
})();

/** `output`: a file for standard output, which is then not a terminal. Standard error still is. */
export function atTerminal(
  args: readonly string[],
  { output, env = {} }: { output?: string; env?: NodeJS.ProcessEnv } = {},
): TestProcess {
  const command = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ');
  const redirected = output === undefined ? '' : ` > '${output}'`;
  return new TestProcess(
    'script',
    ['--quiet', '--flush', '--return', '--command', `stty cols 60; exec ${command}${redirected}`, '/dev/null'],
    { TERM: 'xterm', ...env },
  );
}
