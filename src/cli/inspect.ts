import { Command } from 'commander';

import { formatOption } from './options.js';

interface Options {
  readonly find: readonly string[];
  readonly keys?: string;
  readonly format: 'table' | 'json';
}

export function inspectCommand(): Command {
  return new Command('inspect')
    .summary('what a listener with only the capture can read')
    .description('Shows what a listener who has only the capture can read: conversations, messages, and what can be seen of them.')
    .argument('<file>', 'a capture (pcap)')
    .option('--find <text>', 'search for this text, as it is and in disguises; may be given again', collect, [])
    .option('--keys <keylog>', 'open the tokens with the session keys of this file')
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
Examples:
  $ servchat inspect captures/plaintext.pcap --find "Nice to Meet you"
  $ servchat inspect captures/encrypted.pcap --keys captures/encrypted.keylog
  $ servchat inspect captures/encrypted.pcap --format json`,
    )
    .action(async (file: string, options: Options) => {
      const { inspect } = await import('./run-listener.js');
      if (!(await inspect(file, options))) process.exitCode = 1;
    });
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}
