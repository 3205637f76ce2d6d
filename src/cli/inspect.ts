import { Command, InvalidArgumentError, Option } from 'commander';

import { refuseWithoutEffect, type NoEffect } from './no-effect.js';
import type { InspectOptions } from './run-inspect.js';

const RULES: readonly NoEffect<InspectOptions>[] = [
  {
    what: ['--find', '--conversation', '--format'],
    when: ({ values }) => values.follow !== undefined,
    why: 'with --follow, which shows all that both sides of a conversation sent',
    instead: 'leave out --follow',
  },
  {
    what: ['--hex'],
    when: ({ values }) => values.follow === undefined,
    why: 'without --follow',
    instead: 'give --follow <n> too',
  },
  {
    what: ['--limit'],
    when: ({ values }) => values.format !== 'table',
    why: 'on JSON, which always holds everything',
  },
];

export function inspectCommand(): Command {
  const command = new Command('inspect')
    .description(
      'Shows what a listener who has only the capture can read: the conversations, their messages, and what can be seen of each.',
    )
    .argument('<file>', 'a capture: pcap or pcapng, gzip or not; - reads standard input')
    .option(
      '--find <text>',
      'search for this text (at most 1,024 bytes), as it is and in disguise; you can give this option more than once',
      collect,
      [],
    )
    .option(
      '--keys <keylog>',
      'open the chat with the keys of this file: session keys of servchat, or TLS secrets (a key log, or a pcapng that holds one)',
    )
    .option('--conversation <n>', 'show only the conversation with this number (tcp.stream in Wireshark)', parseCount)
    .option(
      '--follow <n>',
      'show what both sides of this conversation sent, in the order of time; with --keys, what a TLS key log opens of it',
      parseCount,
    )
    .option('--hex', 'with --follow: show it byte by byte, in hex', false)
    .option('--limit <n>', 'how many rows to show of each table, or lines with --follow (0: all)', parseCount)
    .addOption(new Option('--format <format>', 'how to print it').choices(['table', 'json', 'ndjson']).default('table'))
    .addHelpText(
      'after',
      `
Examples:
  $ servchat inspect captures/plaintext.pcap --find "Nice to Meet you"
  $ servchat inspect captures/encrypted.pcap --keys captures/encrypted.keylog
  $ servchat inspect captures/tls.pcap --keys captures/tls.keylog
  $ servchat inspect captures/plaintext.pcap --follow 0 --hex
  $ servchat inspect captures/tls.pcap --follow 0 --keys captures/tls.keylog
  $ servchat inspect captures/encrypted.pcap --format json
  $ tcpdump -i lo -U -w - | servchat inspect - --format ndjson`,
    )
    .action(async (file: string, options: InspectOptions) => {
      const { inspect } = await import('./run-inspect.js');
      if (!(await inspect(file, options))) process.exitCode = 1;
    });
  return refuseWithoutEffect(command, RULES);
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

/** @throws InvalidArgumentError */
function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number, 0 or more.');
  return Number(text);
}
