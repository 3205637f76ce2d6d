#!/usr/bin/env node
/** The command line: which command is asked for, and how the program ends. */
import { Command, CommanderError } from 'commander';

import { VERSION } from '../version.js';
import { COMMANDS } from './commands.js';

const EXIT_RUN_TIME = 1;
const EXIT_USAGE = 2;

const program = new Command('servchat')
  .description('The same two-way chat in plaintext or encrypted, captured, and what a listener can read of it.')
  .version(VERSION)
  .showHelpAfterError('(servchat --help, or servchat COMMAND --help, says what there is)')
  .addHelpText(
    'after',
    `
First steps:
  $ servchat demo compare            play a conversation in each mode, capture it, compare
  $ servchat serve                   take the server's chair; then, in a second terminal:
  $ servchat connect                 take the client's
  $ servchat inspect captures/plaintext.pcap --find "Nice to Meet you"

Exit status: 0 all went properly, 1 something went wrong at run time, 2 wrong usage.`,
  );

program.configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage()}` });
for (const { name, takes, summary, load } of COMMANDS) {
  const command = process.argv.includes(name) ? await load() : new Command(name).usage(takes);
  program.addCommand(command.summary(summary).copyInheritedSettings(program));
}
/** What commander says of wrong usage; where a terminal breaks a line it does not ask. */
let misuse = '';
const writeErr = (text: string): void => {
  misuse += text;
};
for (const command of [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)]) {
  command.exitOverride().configureOutput({ writeErr });
}

// A reader that goes away (`servchat … | head`) is no failure of ours, and nobody is left to be told. In a chat somebody
// is: whoever sits in the chair listens as well, and leaves.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (process.stdout.listenerCount('error') === 1) process.exit(error.code === 'EPIPE' ? 0 : EXIT_RUN_TIME);
});
process.stderr.on('error', () => undefined);

// One of the two people of a demo has a channel to it, and ends with it: also where it was killed and could tell nobody.
process.once('disconnect', () => process.exit(EXIT_RUN_TIME));
process.channel?.unref();

try {
  await program.parseAsync();
} catch (error) {
  // Help and the version come as errors of status 0, and are shown already.
  if (!(error instanceof CommanderError && error.exitCode === 0)) await fail(error);
}

/** What words a failure is loaded here, since each file that is loaded makes a start longer. */
async function fail(error: unknown): Promise<void> {
  const [{ complain, inRows }, { problemOf }] = await Promise.all([import('./rows.js'), import('./problem.js')]);
  if (error instanceof CommanderError) {
    process.stderr.write(misuse.split('\n').slice(0, -1).map((line) => inRows(line, process.stderr)).join(''));
    process.exitCode = EXIT_USAGE;
  } else {
    complain(problemOf(error));
    process.exitCode = EXIT_RUN_TIME;
  }
}
