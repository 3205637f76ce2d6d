import { Command, InvalidArgumentError } from 'commander';

import { refuseWithoutEffect, type NoEffect } from './no-effect.js';
import { formatOption, parsePort } from './options.js';
import type { CheckOptions } from './run-check.js';

const RULES: readonly NoEffect<CheckOptions>[] = [];

export function checkCommand(): Command {
  const command = new Command('check')
    .description(
      'Examines somebody’s own chat program: runs its server and its client with a relay between them, types into both, disturbs what crosses, and says what is wrong, why it matters, and how to mend it.',
    )
    .argument('[file]', 'a chat.json, which says what to run and how to drive it')
    .option('--server <command>', 'how the server is started, as one word: quote it')
    .option('--client <command>', 'how the client is started, as one word: quote it')
    .option('--port <port>', 'the port on which the server listens', parseRealPort)
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
It runs both programs, again and again, with your rights. It takes up to three
minutes. {port} and {host} in a command stand for where the program is led.

Examples:
  $ servchat check --server 'python3 server.py' --client 'python3 client.py' --port 5000
  $ servchat check --server 'node server.js {port}' --client 'node client.js {host} {port}'
  $ servchat check chat.json --format json

A chat.json says how to drive programs that ask for something first:
  {
    "server": { "command": "python3 server.py" },
    "client": {
      "command": "python3 client.py",
      "rules": [{ "wait": "Your name", "type": "Alice" }],
      "message": "{text}"
    },
    "second": { "rules": [{ "wait": "Your name", "type": "Bob" }] },
    "port": 5000,
    "goodbye": ["EXIT"]
  }`,
    )
    .action(async (file: string | undefined, options: CheckOptions, itself: Command) => {
      const { runCheck } = await import('./run-check.js');
      const wrongUsage = (message: string): never => itself.error(`error: ${message}`);
      if (!(await runCheck(file, options, wrongUsage))) process.exitCode = 1;
    });
  return refuseWithoutEffect(command, RULES);
}

/** @throws InvalidArgumentError */
function parseRealPort(text: string): number {
  const port = parsePort(text);
  if (port === 0) throw new InvalidArgumentError('Give the port that your server uses.');
  return port;
}
