import { Argument, Command, InvalidArgumentError } from 'commander';

import { RSA_BITS } from '../protocol/frames.js';
import { CHAIR_RULES, modeOption, recordingOptions } from './chair-options.js';
import type { ClientChairOptions } from './chairs.js';
import { refuseWithoutEffect, type NoEffect } from './no-effect.js';
import {
  DEFAULT_HOST,
  DEFAULT_PORT,
  integrityOption,
  onlyIn,
  parseAddress,
  parseFingerprint,
  parsePort,
} from './options.js';

interface Options extends Omit<ClientChairOptions, 'host' | 'port'> {
  readonly port?: number;
}

const RULES: readonly NoEffect<Options>[] = [
  ...CHAIR_RULES,
  onlyIn('encrypted', ['--rsa-bits', '--private-key', '--save-private-key']),
  onlyIn('tls', ['--pin']),
  {
    what: ['--rsa-bits'],
    when: ({ given }) => given.has('--private-key'),
    why: 'with --private-key, because that key already has a size',
  },
];

type Address = ReturnType<typeof parseAddress>;

const EXAMPLES = `
Examples:
  $ servchat connect                            encrypted, to ${DEFAULT_HOST}:${DEFAULT_PORT}
  $ servchat connect --mode plaintext --capture chat.pcap
  $ servchat connect 192.168.1.20 5000
  $ servchat connect '[::1]:5000' --keylog keys.txt
  $ servchat connect --mode tls --pin 'ab12 …'  only to the server with this one
  $ servchat connect --save-private-key me.pem  keep the key of this chat
  $ servchat connect --private-key me.pem       use it: a server can then accept
                                                only you (--expect-fingerprint)
  $ printf 'Hello\\nExit\\n' | servchat connect
  $ servchat connect --format ndjson            events: see src/lesson/README.md`;

export function connectCommand(): Command {
  const command = new Command('connect')
    .description('Connects to a server and chats. Each line that you type is a message. Type EXIT or END to leave.')
    .addArgument(
      new Argument('[host[:port]]', 'the server')
        .argParser(parseAddress)
        .default({ host: DEFAULT_HOST, port: null }, DEFAULT_HOST),
    )
    .addArgument(
      new Argument('[port]', `its port, if you did not write it after the host (default: ${DEFAULT_PORT})`).argParser(
        parsePort,
      ),
    )
    .option('--port <port>', 'the same, as an option', parsePort)
    .addOption(modeOption())
    .addOption(integrityOption('the check behind each token (encrypted mode)'));
  keyPairOptions(command).option(
    '--pin <hex>',
    'accept only the server whose certificate has this fingerprint (tls mode)',
    parseFingerprint,
  );
  recordingOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async ({ host, port: behindHost }: Address, ownPort: number | undefined, options: Options) => {
      const ports = [behindHost ?? undefined, ownPort, options.port].filter((port) => port !== undefined);
      if (ports.length > 1)
        command.error('error: you gave the port more than once; write it once, as HOST:PORT, HOST PORT or --port PORT');
      const { runClient } = await import('./chairs.js');
      if (!(await runClient({ ...options, host, port: ports[0] ?? DEFAULT_PORT }))) process.exitCode = 1;
    });
  return refuseWithoutEffect(command, RULES);
}

/** Adds the options for the client's own keys. */
function keyPairOptions(command: Command): Command {
  return command
    .option(
      '--rsa-bits <bits>',
      `size of the key pair, ${RSA_BITS.least} to ${RSA_BITS.most} (encrypted mode)`,
      parseRsaBits,
      RSA_BITS.default,
    )
    .option(
      '--save-private-key <file>',
      'save the private key of this chat: anyone who has it can read a capture of the chat (encrypted mode)',
    )
    .option(
      '--private-key <file>',
      'use a saved key pair, so that a server can accept only this key (encrypted mode; default: a new key pair for each chat)',
    );
}

function parseRsaBits(text: string): number {
  const bits = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(bits >= RSA_BITS.least && bits <= RSA_BITS.most)) {
    throw new InvalidArgumentError(`A key pair can have ${RSA_BITS.least} to ${RSA_BITS.most} bits.`);
  }
  return bits;
}
