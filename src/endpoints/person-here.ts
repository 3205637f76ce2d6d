import type { Person } from './person.js';
import { PersonBehindPipes } from './person-behind-pipes.js';

/**
 * The person, or the program, at this process's standard input and output. The code for a terminal is loaded only for a
 * terminal: loading is most of the time that a start takes.
 */
export async function personAtThisProcess(isProgram: boolean): Promise<Person> {
  const { stdin, stdout, stderr, env } = process;
  if (isProgram || !stdin.isTTY || !stdout.isTTY || env['TERM'] === 'dumb') return new PersonBehindPipes();
  const { PersonAtTerminal } = await import('./terminal/person-at-terminal.js');
  return new PersonAtTerminal({ input: stdin, output: stdout, errors: stderr });
}
