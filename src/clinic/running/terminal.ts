/**
 * Gives a program a pseudo-terminal for its output, so that it writes at once. Node has none of its own. So another
 * program makes it: a small one in Python, or `script` of util-linux. Where neither is there, the output goes through a
 * pipe, and we ask the program by its environment not to keep it back.
 *
 * The input stays a pipe, unless the pair says that it needs a terminal: then nothing that is typed is shown twice, and
 * the end of the input is seen as such.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { shellWord } from '../../shell-word.js';

/** `script` cannot make a terminal of the input alone, so it is used only for the output. */
export type TerminalKind = 'python' | 'script' | 'none';

export interface Terminal {
  readonly kind: TerminalKind;
  /** The program of this kind; '' for `none`. */
  readonly program: string;
  /** Whether it can answer for system calls of what it runs, and so lead them to the relay. */
  readonly watches: boolean;
}

export interface Started {
  readonly program: string;
  readonly arguments: readonly string[];
  /** Whether a copy of the standard input is needed as file 3. */
  readonly inputAsThird: boolean;
}

const TRY_LIMIT_MS = 5_000;
/** The one of the system starts faster than one of a version manager. On macOS it may only offer to install it. */
const PYTHONS = process.platform === 'linux' ? ['/usr/bin/python3', 'python3'] : ['python3'];

/**
 * Looks which terminal there is. It starts small programs and waits for them, so call it once.
 *
 * @param hooks the folder with `system_calls.py`.
 */
export function findTerminal(hooks: string): Terminal {
  for (const program of PYTHONS) {
    if (!works(program, ['-I', '-S', '-c', 'import pty, termios'])) continue;
    const watches = process.platform === 'linux' && works(program, ['-I', '-S', path.join(hooks, 'system_calls.py')]);
    return { kind: 'python', program, watches };
  }
  // The `script` of macOS and the BSDs takes other arguments.
  if (process.platform === 'linux' && works('script', ['-qfec', 'true', '/dev/null']))
    return { kind: 'script', program: 'script', watches: false };
  return { kind: 'none', program: '', watches: false };
}

function works(program: string, programArguments: readonly string[]): boolean {
  const { status } = spawnSync(program, programArguments, { stdio: 'ignore', timeout: TRY_LIMIT_MS });
  return status === 0;
}

/**
 * What to start so that `words` run at the terminal.
 *
 * @param hooks the folder with `terminal.py`.
 * @param input what the program needs as its input.
 */
export function atTerminal(
  { kind, program }: Pick<Terminal, 'kind' | 'program'>,
  words: readonly [string, ...string[]],
  input: 'pipe' | 'terminal',
  hooks: string,
): Started {
  switch (kind) {
    case 'python': {
      // -I and -S: what the environment says is for the program, not for this one.
      const helper = path.join(hooks, 'terminal.py');
      const which = input === 'terminal' ? 'both' : 'output';
      return { program, arguments: ['-I', '-S', helper, which, ...words], inputAsThird: false };
    }
    case 'script': {
      const command = words.map((word) => shellWord(word)).join(' ');
      const redirected = input === 'terminal' ? `exec ${command}` : `exec ${command} <&3 3<&-`;
      return { program, arguments: ['-qfec', redirected, '/dev/null'], inputAsThird: input === 'pipe' };
    }
    case 'none':
      return { program: words[0], arguments: words.slice(1), inputAsThird: false };
  }
}

/** Asks a program to write at once. Harmless for one that does not know these variables. */
export const WRITES_AT_ONCE: Readonly<Record<string, string>> = { PYTHONUNBUFFERED: '1' };
