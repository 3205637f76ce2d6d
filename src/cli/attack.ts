import { Command, Option } from 'commander';

import { INTEGRITY_NAMES, DEFAULT_INTEGRITY } from '../protocol/frames.js';
import { formatOption, parseHostPort, parsePort } from './options.js';
import type { AttackOptions } from './run-attack.js';

export function attackCommand(): Command {
  return new Command('attack')
    .description('Puts a relay between two real processes on this machine, which does one thing to their traffic, and tells what came of it.')
    .argument('[name]', 'the attack; --list names them all')
    .option('--list', 'name the attacks')
    .option('--all', 'run every attack in every mode, and print the matrix')
    .addOption(new Option('--mode <mode>', 'what crosses the wire').choices(['plaintext', 'encrypted', 'tls']).default('encrypted'))
    .addOption(new Option('--integrity <check>', 'the check behind each token (encrypted mode)').choices(INTEGRITY_NAMES).default(DEFAULT_INTEGRITY))
    .option('--insist', 'a fingerprint is insisted on: by the server in encrypted mode, by the client in tls mode')
    .option('--out <dir>', 'where the captures are written', 'captures/attacks')
    .addOption(formatOption())
    .option('--to <host:port>', 'relay to a server that is running already, until interrupted', parseHostPort)
    .option('--port <port>', 'with --to: where clients connect (0: any port that is free)', parsePort, 0)
    .option('--attack-another-machine', 'with --to: the server may be on another machine, and everybody there has agreed to this')
    .addHelpText(
      'after',
      `
Examples:
  $ servchat attack --list
  $ servchat attack modify --mode plaintext
  $ servchat attack rehash --integrity sha256
  $ servchat attack --all
  $ servchat attack reflect --to 127.0.0.1:4747 --port 4748`,
    )
    .action(async (name: string | undefined, options: AttackOptions, command: Command) => {
      const { attack } = await import('./run-attack.js');
      const wrongUsage = (message: string): never => command.error(`error: ${message}`);
      if (!(await attack(name, options, wrongUsage))) process.exitCode = 1;
    });
}
