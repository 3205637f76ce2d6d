import { Argument, Command, InvalidArgumentError } from 'commander';

import type { IfThere } from '../files/output-file.js';
import { RSA_BITS } from '../protocol/frames.js';
import type { Integrity } from '../protocol/integrity.js';
import type { Mode } from '../protocol/modes.js';
import { refuseWithoutEffect, type NoEffect } from './no-effect.js';
import { CHAIR_RULES, DEFAULT_HOST, DEFAULT_PORT, captureOption, chatFormatOption, forceOption, integrityOption, keyLogOption, modeOption, onlyIn, parseAddress, parseFingerprint, parsePort, showWireOption, withSecretsOption, type ChatFormat } from './options.js';

interface Options {
  readonly port?: number;
  readonly mode: Mode;
  readonly integrity: Integrity;
  readonly rsaBits: number;
  readonly privateKey?: string;
  readonly savePrivateKey?: string;
  readonly pin?: string;
  readonly capture?: string;
  readonly keylog?: string;
  readonly withSecrets?: true;
  readonly format: ChatFormat;
  readonly showWire: boolean;
  readonly force: IfThere;
}

const RULES: readonly NoEffect<Options>[] = [
  ...CHAIR_RULES,
  onlyIn('encrypted', ['--rsa-bits', '--private-key', '--save-private-key']),
  onlyIn('tls', ['--pin']),
  {
    what: ['--rsa-bits'],
    when: ({ given }) => given.has('--private-key'),
    why: 'with --private-key, since that key has its size already',
  },
];

type Address = ReturnType<typeof parseAddress>;

export function connectCommand(): Command {
  const command = new Command('connect')
    .description("Takes the client's chair: connects, then each line you type is a message. EXIT or END leaves.")
    .addArgument(new Argument('[host[:port]]', 'the server').argParser(parseAddress).default({ host: DEFAULT_HOST, port: null }, DEFAULT_HOST))
    .addArgument(new Argument('[port]', `its port, where it does not stand behind the host (default: ${DEFAULT_PORT})`).argParser(parsePort))
    .option('--port <port>', 'the same as an option', parsePort)
    .addOption(modeOption())
    .addOption(integrityOption('the check behind each token (encrypted mode)'))
    .option('--rsa-bits <bits>', `size of the key pair, ${RSA_BITS.least} to ${RSA_BITS.most} (encrypted mode)`, parseRsaBits, RSA_BITS.default)
    .option('--save-private-key <file>', 'save the private key of this chat: who has it can read a recording of it (encrypted mode)')
    .option('--private-key <file>', 'use a key pair that was saved, so that a server can insist on it; without it, a new one for each chat (encrypted mode)')
    .option('--pin <hex>', 'take only the server whose certificate has this fingerprint (tls mode)', parseFingerprint)
    .addOption(captureOption())
    .addOption(keyLogOption())
    .addOption(withSecretsOption())
    .addOption(chatFormatOption())
    .addOption(showWireOption())
    .addOption(forceOption('a capture or a private key'))
    .addHelpText(
      'after',
      `
Examples:
  $ servchat connect                                  encrypted, to ${DEFAULT_HOST}:${DEFAULT_PORT}
  $ servchat connect --mode plaintext --capture chat.pcap
  $ servchat connect 192.168.1.20 5000
  $ servchat connect '[::1]:5000' --keylog keys.txt
  $ servchat connect --mode tls --pin 'ab12 …'        only to the server that showed this fingerprint
  $ servchat connect --save-private-key me.pem        keep the key: a server can then insist on it (serve --expect-fingerprint)
  $ servchat connect --private-key me.pem             the same key again
  $ printf 'Hello\\nExit\\n' | servchat connect
  $ servchat connect --format ndjson                  its events, one a line: src/lesson/README.md lists them`,
    )
    .action(async ({ host, port: behindHost }: Address, ownPort: number | undefined, options: Options) => {
      const ports = [behindHost ?? undefined, ownPort, options.port].filter((port) => port !== undefined);
      if (ports.length > 1) command.error('error: the port is given more than once: HOST:PORT, HOST PORT or --port PORT, one of them is enough');
      const { runClient } = await import('./chairs.js');
      if (!(await runClient({ ...options, host, port: ports[0] ?? DEFAULT_PORT }))) process.exitCode = 1;
    });
  return refuseWithoutEffect(command, RULES);
}

function parseRsaBits(text: string): number {
  const bits = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(bits >= RSA_BITS.least && bits <= RSA_BITS.most)) {
    throw new InvalidArgumentError(`The key pair takes ${RSA_BITS.least} to ${RSA_BITS.most} bits.`);
  }
  return bits;
}
