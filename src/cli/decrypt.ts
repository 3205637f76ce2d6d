import { Command } from 'commander';

import type { IfThere } from '../files/output-file.js';
import { forceOption } from './options.js';

interface Options {
  readonly force: IfThere;
  readonly keys?: string;
  readonly privateKey?: string;
}

export function decryptCommand(): Command {
  return new Command('decrypt')
    .description(
      'Rewrites an encrypted capture as if the chat had been in plaintext, with the same addresses and times. Use it with Follow TCP Stream in Wireshark.',
    )
    .argument('<in>', 'a capture of a chat, encrypted or in TLS')
    .argument('<out>', 'the plaintext capture (pcap)')
    .option('--keys <keylog>', 'open it with the keys of this file: session keys of servchat, or TLS secrets')
    .option(
      '--private-key <pem>',
      "open it with the client's RSA private key, which opens the envelope and with it everything that follows",
    )
    .addOption(forceOption('the plaintext capture'))
    .addHelpText(
      'after',
      `
Examples:
  $ servchat decrypt captures/encrypted.pcap captures/opened.pcap \\
    --keys captures/encrypted.keylog
  $ servchat decrypt captures/tls.pcap captures/opened-tls.pcap \\
    --keys captures/tls.keylog
  $ servchat decrypt captures/encrypted.pcap captures/opened-too.pcap \\
    --private-key captures/encrypted.key.pem`,
    )
    .action(async (from: string, to: string, options: Options, command: Command) => {
      if ((options.keys === undefined) === (options.privateKey === undefined)) {
        command.error('error: give the key that opens the chat: either --keys KEYLOG or --private-key PEM');
      }
      const { decrypt } = await import('./run-decrypt.js');
      if (!(await decrypt(from, to, options))) process.exitCode = 1;
    });
}
