import { Command } from 'commander';

import { formatOption } from './options.js';

interface Options {
  readonly script?: string;
  readonly keys?: string;
  readonly format: 'table' | 'json';
}

export function compareCommand(): Command {
  return new Command('compare')
    .description(
      'Compares two or three captures of the same conversation, message by message: what can be read in each.',
    )
    .argument('<plain>', 'the capture of the plaintext chat')
    .argument('<sealed>', 'the capture of the chat in encrypted mode, or in tls mode')
    .argument('[tls]', 'the capture of the chat in tls mode, for a third column')
    .option(
      '--script <file>',
      'the conversation that was played: a file, or the name of one that comes with servchat (default: what the plaintext capture holds)',
    )
    .option(
      '--keys <keylog>',
      'the keys of the encrypted chat and of TLS, to check that the captures hold the same texts: session keys of servchat, or a TLS key log',
    )
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
Examples:
  $ servchat compare captures/plaintext.pcap captures/encrypted.pcap
  $ servchat compare captures/plaintext.pcap captures/encrypted.pcap \\
    captures/tls.pcap
  $ servchat compare captures/plaintext.pcap captures/encrypted.pcap \\
    --keys captures/encrypted.keylog
  $ servchat compare captures/plaintext.pcap captures/encrypted.pcap \\
    --script nice-to-meet-you`,
    )
    .action(async (plain: string, sealed: string, tls: string | undefined, options: Options) => {
      const { compare } = await import('./run-compare.js');
      await compare(plain, sealed, tls, options);
    });
}
