import { Command, Option } from 'commander';

import { MODES, MODE_FACTS } from '../protocol/modes.js';
import { isLoopback } from '../attacker/relay.js';
import { refuseWithoutEffect, type NoEffect } from './no-effect.js';
import { asOptions, formatOption, integrityOption, onlyIn, parseHostPort, parsePort } from './options.js';
import type { AttackOptions } from './run-attack.js';

const RULES: readonly NoEffect<AttackOptions>[] = [
  {
    what: [
      '[name]',
      '--all',
      '--mode',
      '--integrity',
      '--insist',
      '--out',
      '--format',
      '--to',
      '--port',
      '--attack-another-machine',
    ],
    when: ({ values }) => values.list === true,
    why: 'with --list, which only names the attacks',
  },
  {
    what: ['[name]', '--to', '--port', '--attack-another-machine'],
    when: ({ values }) => values.all === true,
    why: 'with --all, which runs every attack',
    instead: 'leave out --all to run only that attack',
  },
  {
    what: ['--mode', '--integrity', '--insist', '--format'],
    when: ({ values }) => values.to !== undefined,
    why: 'with --to, where the two people who chat choose',
  },
  {
    what: ['--port', '--attack-another-machine'],
    when: ({ values }) => values.to === undefined,
    why: 'without --to',
    instead: 'give --to HOST:PORT too',
  },
  {
    what: ['--attack-another-machine'],
    when: ({ values }) => values.to !== undefined && isLoopback(values.to.host),
    why: 'where the server is on this machine',
  },
  onlyIn('encrypted', ['--integrity']),
  {
    what: ['--insist'],
    when: ({ values }) => MODE_FACTS[values.mode].keyOwner === null,
    why: ({ mode }) => `in ${mode} mode, where nobody has a key to insist on`,
    instead: `give ${asOptions(MODES.filter((mode) => MODE_FACTS[mode].keyOwner !== null))}`,
  },
];

const EXAMPLES = `
Examples:
  $ servchat attack --list
  $ servchat attack modify --mode plaintext
  $ servchat attack rehash --integrity sha256
  $ servchat attack --all
  $ servchat attack --all --mode tls

In the middle of your own chat, with three terminals:
  $ servchat serve --mode plaintext
  $ servchat attack modify --to 127.0.0.1:4747 --port 4748
  $ servchat connect --mode plaintext 127.0.0.1 4748`;

export function attackCommand(): Command {
  const itself = new Command('attack')
    .description(
      'Puts a relay between two real processes on this machine, makes one kind of attack on their traffic, and says what came of it.',
    )
    .argument('[name]', 'the attack; --list names them all')
    .option('--list', 'name the attacks')
    .option(
      '--all',
      'run every attack in every mode, and print the matrix; --mode, --integrity and --insist choose columns of it',
    )
    .addOption(new Option('--mode <mode>', 'what crosses the wire').choices(MODES).default('encrypted'))
    .addOption(integrityOption('the check behind each token (encrypted mode)'))
    .option('--insist', 'one side accepts only one fingerprint: the server in encrypted mode, the client in tls mode')
    .option('--out <dir>', 'where the captures are written', 'captures/attacks')
    .addOption(formatOption())
    .option(
      '--to <host:port>',
      'attack your own chat: sit between a server that is already running and the clients that connect to --port, until Ctrl-C',
      parseHostPort,
    )
    .option('--port <port>', 'with --to: the port to which clients connect (0: any free port)', parsePort, 0)
    .option(
      '--attack-another-machine',
      'with --to: allow a server on another machine; only if everyone who uses it has agreed',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined, options: Omit<AttackOptions, 'columns'>, command: Command) => {
      const { attack } = await import('./run-attack.js');
      const wrongUsage = (message: string): never => command.error(`error: ${message}`);
      const isGiven = (option: keyof AttackOptions): boolean => command.getOptionValueSource(option) === 'cli';
      const columns = {
        ...(isGiven('mode') && { mode: options.mode }),
        ...(isGiven('integrity') && { integrity: options.integrity }),
      };
      if (!(await attack(name, { ...options, columns }, wrongUsage))) process.exitCode = 1;
    });
  return refuseWithoutEffect(itself, RULES);
}
