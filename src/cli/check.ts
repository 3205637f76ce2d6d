import { Command, InvalidArgumentError } from 'commander';

import { QUESTION_IDS, type QuestionId } from '../clinic/question-ids.js';
import { printable } from '../printable.js';
import { refuseWithoutEffect, type NoEffect } from './no-effect.js';
import { forceOption, formatOption, parsePort } from './options.js';
import type { CheckOptions } from './run-check.js';

const RULES: readonly NoEffect<CheckOptions>[] = [
  {
    what: ['--port', '--format', '--report', '--captures', '--capture', '--only', '--class', '--out'],
    when: ({ values }) => values.init === true,
    why: 'with --init, which only writes a chat.json',
  },
  {
    what: ['[file]', '--server', '--client', '--captures', '--only', '--class', '--out'],
    when: ({ values }) => values.capture !== undefined,
    why: 'with --capture, when no program is run',
  },
  {
    what: ['--out'],
    when: ({ values }) => values.class === undefined,
    why: 'without --class',
    instead: 'give --report FILE',
  },
  {
    what: ['--format'],
    when: ({ values }) => values.class !== undefined,
    why: 'with --class, which writes its table as CSV',
    instead: 'leave out --class',
  },
  {
    what: ['--force'],
    when: ({ values }) => (values.report ?? values.captures ?? values.class ?? values.init) === undefined,
    why: 'without --report and --captures, when nothing is written',
  },
];

const HELP = `
It runs both programs, again and again, with your rights, in a copy of their
folder. It takes up to three minutes. {port} and {host} in a command stand for
where the program is led.

Examples:
  $ servchat check --server 'python3 server.py' --client 'python3 client.py' \\
    --port 5000
  $ servchat check --server 'node server.js {port}' \\
    --client 'node client.js {host} {port}'
  $ servchat check --init
  $ servchat check --capture chat.pcap
  $ servchat check chat.json --format json
  $ servchat check chat.json --only change,replay
  $ servchat check chat.json --report page.html --captures found
  $ servchat check --class handed-in --server 'python3 server.py' \\
    --client 'python3 client.py' --out checks.csv --report pages

A chat.json says how to drive programs that ask for something first, show a
menu, or want a recipient for each message. --init writes one: you chat with
yourself once, and servchat watches. README.md explains each field.`;

export function checkCommand(): Command {
  const command = new Command('check')
    .description(
      'Examines somebody’s own chat program: runs its server and its client with a relay between them, types into both, disturbs what crosses, and says what is wrong, why it matters, and how to mend it.',
    )
    .argument('[file]', 'a chat.json, which says what to run and how to drive it')
    .option('--server <command>', 'how the server is started, as one word: quote it')
    .option('--client <command>', 'how the client is started, as one word: quote it')
    .option('--port <port>', 'the port on which the server listens', parseRealPort)
    .option('--init', 'watch one conversation that you type by hand at both programs, and write the chat.json from it')
    .option('--capture <file>', 'run no program: say what this capture of a chat shows; --port chooses the server')
    .addOption(formatOption())
    .option('--report <file>', 'also write a page with all findings and the bytes that prove them')
    .option(
      '--only <questions>',
      `ask only these, with commas between them; whether the chat works is always asked: ${QUESTION_IDS.join(', ')}`,
      parseQuestions,
    )
    .option('--captures <dir>', 'also keep the captures of the runs that findings name, for Wireshark')
    .addOption(forceOption('a page, a capture or a table'))
    .option(
      '--class <dir>',
      'for teachers: check each folder in this one, and write one table; what is run stands in the chat.json of a folder, or is given for all; --report and --captures then name folders',
    )
    .option('--out <csv>', 'with --class, where to write the table (default: checks.csv)')
    .addHelpText('after', HELP)
    .action(run);
  return refuseWithoutEffect(command, RULES);
}

/** Whichever of the four it is: --init, --capture, --class, or a check of one pair. */
async function run(file: string | undefined, options: CheckOptions, itself: Command): Promise<void> {
  const wrongUsage = (message: string): never => itself.error(`error: ${message}`);
  if (options.init === true) {
    const { runCheckInit } = await import('./run-check-init.js');
    if (!(await runCheckInit(file, options))) process.exitCode = 1;
  } else if (options.capture !== undefined) {
    const { runCheckCapture } = await import('./run-check-capture.js');
    await runCheckCapture(options.capture, options);
  } else if (options.class !== undefined) {
    if (file !== undefined && (options.server ?? options.client ?? options.port) !== undefined)
      wrongUsage('--server, --client and --port stand in the file; leave them out');
    const { runCheckClass } = await import('./run-check-class.js');
    await runCheckClass(file, { ...options, class: options.class });
  } else {
    const { runCheck } = await import('./run-check.js');
    if (!(await runCheck(file, options, wrongUsage))) process.exitCode = 1;
  }
}

/** @throws InvalidArgumentError */
function parseQuestions(text: string): readonly QuestionId[] {
  return text.split(',').map((given) => {
    const name = given.trim();
    const id = QUESTION_IDS.find((each) => each === name);
    if (id === undefined)
      throw new InvalidArgumentError(
        `There is no question “${printable(name)}”; there are: ${QUESTION_IDS.join(', ')}.`,
      );
    return id;
  });
}

/** @throws InvalidArgumentError */
function parseRealPort(text: string): number {
  const port = parsePort(text);
  if (port === 0) throw new InvalidArgumentError('Give the port that your server uses.');
  return port;
}
