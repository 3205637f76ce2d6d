import type { Person } from './person.js';
import { PersonBehindPipes } from './person-behind-pipes.js';
import { PersonAtTerminal } from './terminal/person-at-terminal.js';

/** The person, or the program, at this process's standard input and output. */
export function personAtThisProcess(isProgram: boolean): Person {
  const { stdin, stdout, stderr, env } = process;
  if (isProgram || !stdin.isTTY || !stdout.isTTY || env['TERM'] === 'dumb') return new PersonBehindPipes();
  return new PersonAtTerminal({ input: stdin, output: stdout, errors: stderr });
}
