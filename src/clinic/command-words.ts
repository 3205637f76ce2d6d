/**
 * Divides a command into words, as a shell would, and without a shell. What a shell would do beyond that, such as a
 * pipe or a variable, is refused in words: otherwise the program would get a `|` as an argument, and nobody would know.
 */

/** What is refused, and what it would be in a shell. */
const OF_A_SHELL: Readonly<Record<string, string>> = {
  '|': 'a pipe',
  '&': 'a second command',
  ';': 'a second command',
  '<': 'a file as input',
  '>': 'a file for the output',
  $: 'a variable',
  '`': 'the output of another command',
  '*': 'a pattern for names of files',
  '?': 'a pattern for names of files',
  '(': 'a group of commands',
  ')': 'a group of commands',
};

/** The command cannot be run as it is. The message is one line that says why, and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export interface CommandWords {
  /** Variables that stand before the command: `PORT=5000 node server.js`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly program: string;
  readonly arguments: readonly string[];
}

/** @throws CommandError */
export function commandWords(text: string): CommandWords {
  const words = wordsIn(text);
  const environment: Record<string, string> = {};
  let at = 0;
  for (; at < words.length; at += 1) {
    const [, name, value] = /^([A-Za-z_]\w*)=([^]*)$/.exec(words[at] ?? '') ?? [];
    if (name === undefined || value === undefined) break;
    environment[name] = value;
  }
  const [program, ...rest] = words.slice(at);
  if (program === undefined || program === '') throw new CommandError('Cannot run an empty command; give a program');
  return { environment, program, arguments: rest };
}

/** Words end at a space outside of quotes (POSIX, Shell Command Language, section 2.2). */
function wordsIn(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (quote !== null && sign === quote) {
      quote = null;
    } else if (quote === "'") {
      word = (word ?? '') + sign;
    } else if (sign === '\\') {
      at += 1;
      const next = text.charAt(at);
      word = (word ?? '') + (quote === null || /["\\$`]/.test(next) ? next : `\\${next}`);
    } else if (quote === null && (sign === '"' || sign === "'")) {
      quote = sign;
      word ??= '';
    } else if (quote === null && /\s/.test(sign)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      refuseShell(sign, quote !== null, text);
      word = (word ?? '') + sign;
    }
  }
  if (quote !== null) throw new CommandError(`Cannot run ${shown(text)}: a quotation mark ${quote} is never closed`);
  return word === null ? words : [...words, word];
}

function refuseShell(sign: string, isQuoted: boolean, text: string): void {
  const meaning = OF_A_SHELL[sign];
  // In double quotes, a shell still takes these two as its own.
  if (meaning === undefined || (isQuoted && sign !== '$' && sign !== '`')) return;
  throw new CommandError(
    `Cannot run ${shown(text)}: ${sign} means ${meaning} in a shell, and servchat uses no shell; put it in single quotes, or give sh -c '…' as the command`,
  );
}

function shown(text: string): string {
  return JSON.stringify(text);
}
