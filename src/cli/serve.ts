import { Command, Option } from 'commander';

import { INTEGRITY_NAMES } from '../protocol/integrity.js';
import { CHAIR_RULES, modeOption, recordingOptions } from './chair-options.js';
import type { ServerChairOptions } from './chairs.js';
import { refuseWithoutEffect, type NoEffect } from './no-effect.js';
import { DEFAULT_HOST, DEFAULT_PORT, integrityOption, onlyIn, parseFingerprint, parsePort } from './options.js';

const RULES: readonly NoEffect<ServerChairOptions>[] = [
  ...CHAIR_RULES,
  onlyIn('encrypted', ['--allow-integrity', '--expect-fingerprint']),
  onlyIn('tls', ['--save-private-key']),
  {
    what: ['--allow-integrity'],
    when: ({ values }) => values.allowIntegrity.every((check) => check === values.integrity),
    why: 'with only the check that clients use anyway',
    instead: 'name others',
  },
];

const EXAMPLES = `
Examples:
  $ servchat serve                         encrypted, on ${DEFAULT_HOST}:${DEFAULT_PORT}
  $ servchat serve --mode plaintext --capture chat.pcap
  $ servchat serve --allow-integrity sha256 hmac-sha256
  $ servchat serve --mode tls              shows a fingerprint for --pin
  $ printf 'Hi\\nExit\\n' | servchat serve --mode plaintext
  $ servchat serve --format ndjson         src/lesson/README.md lists the events

To accept only one client, which keeps its key:
  $ servchat connect --save-private-key me.pem    the client, once
  $ servchat serve --expect-fingerprint 'ab12 …'  with what the client showed
  $ servchat connect --private-key me.pem         the client, from then on
In plaintext mode any line-based program can be the client: nc ${DEFAULT_HOST} ${DEFAULT_PORT}`;

export function serveCommand(): Command {
  const command = new Command('serve')
    .description('Waits for a client and chats. Each line that you type is a message. Type EXIT or END to leave.')
    .option('--host <address>', 'the address to listen on', DEFAULT_HOST)
    .option('--port <port>', 'the port to listen on (0: any free port)', parsePort, DEFAULT_PORT)
    .addOption(modeOption())
    .addOption(integrityOption('the check that clients must use (encrypted mode)'))
    .addOption(
      new Option('--allow-integrity <check...>', 'other checks that clients may use')
        .choices(INTEGRITY_NAMES)
        .default([], 'none'),
    )
    .option(
      '--expect-fingerprint <hex>',
      'accept only the client whose public key has this fingerprint (encrypted mode). The client must keep its key, see below. This protects only you: the client still does not know who you are',
      parseFingerprint,
    )
    .option('--save-private-key <file>', "save the private key of this server's certificate (tls mode)");
  recordingOptions(command)
    .option('--keep-open', 'wait for the next client after a chat', false)
    .addHelpText('after', EXAMPLES)
    .action(async (options: ServerChairOptions) => {
      const { runServer } = await import('./chairs.js');
      if (!(await runServer(options))) process.exitCode = 1;
    });
  return refuseWithoutEffect(command, RULES);
}
