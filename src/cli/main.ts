#!/usr/bin/env node
/** The command line: which command the user called, and how the program ends. */
import { Command, CommanderError } from 'commander';

import { VERSION } from '../version.js';
import { COMMANDS } from './commands.js';
import { HELP } from './help.js';

const EXIT_RUN_TIME = 1;
const EXIT_USAGE = 2;

const program = new Command('servchat')
  .description(
    'A two-way chat in plaintext, encrypted or inside TLS. It captures itself, and shows what a listener can read.',
  )
  .version(VERSION)
  // Each option belongs to the command that it follows. Otherwise "lesson grade --out" would be an option of "lesson".
  .enablePositionalOptions()
  .showHelpAfterError('(see servchat --help or servchat COMMAND --help)')
  .addHelpText(
    'after',
    `
First steps:
  $ servchat demo compare   play a conversation in each mode, and compare
  $ servchat serve          be the server; then, in a second terminal:
  $ servchat connect        be the client
  $ servchat inspect captures/plaintext.pcap --find "Nice to Meet you"

Exit status: 0 all went well, 1 something went wrong, 2 wrong usage.`,
  );

for (const { name, takes, summary, load } of COMMANDS) {
  const command = process.argv.includes(name) ? await load() : new Command(name).usage(takes);
  program.addCommand(command.summary(summary).copyInheritedSettings(program));
}
program.hook('preAction', async (_, command) => {
  const { refuseEmpty } = await import('./no-effect.js');
  refuseEmpty(command);
});

/** Prints what commander says of wrong usage, in rows that fit the terminal: commander does not do this itself. */
let misuse = '';
const writeErr = (text: string): void => {
  misuse += text;
};
for (const command of [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)]) {
  command.exitOverride().configureOutput({ writeErr }).configureHelp(HELP);
}

// A reader that goes away (`servchat … | head`) is not our failure, and nobody is left to tell. In a chat it is
// different: the chair's own code notices the same error, and leaves the chat.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (process.stdout.listenerCount('error') === 1) process.exit(error.code === 'EPIPE' ? 0 : EXIT_RUN_TIME);
});
process.stderr.on('error', () => undefined);

// In a demo, each of the two ends has a channel to the demo's process. When the demo ends, the ends end too, even if
// the demo was killed.
process.once('disconnect', () => process.exit(EXIT_RUN_TIME));
process.channel?.unref();

try {
  await program.parseAsync();
} catch (error) {
  // Commander throws help and version as errors with status 0. They have already been shown.
  if (!(error instanceof CommanderError && error.exitCode === 0)) await fail(error);
}

/** The module with the words for failures is loaded only here, because each file makes the start slower. */
async function fail(error: unknown): Promise<void> {
  const [{ complain, inRows }, { problemOf }] = await Promise.all([import('./rows.js'), import('./problem.js')]);
  if (error instanceof CommanderError) {
    process.stderr.write(
      misuse
        .split('\n')
        .slice(0, -1)
        .map((line) => inRows(line, process.stderr))
        .join(''),
    );
    process.exitCode = EXIT_USAGE;
  } else {
    complain(problemOf(error));
    process.exitCode = EXIT_RUN_TIME;
  }
}
