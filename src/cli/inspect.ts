import { Command, InvalidArgumentError, Option } from 'commander';

import { refuseWithoutEffect, type NoEffect } from './no-effect.js';
import type { InspectOptions } from './run-inspect.js';

const RULES: readonly NoEffect<InspectOptions>[] = [
  {
    what: ['--find', '--keys', '--conversation', '--format'],
    when: ({ values }) => values.follow !== undefined,
    why: 'with --follow, which shows all that one conversation sent, as it is',
    instead: 'leave out --follow',
  },
  { what: ['--hex'], when: ({ values }) => values.follow === undefined, why: 'without --follow', instead: 'give --follow <n> too' },
  {
    what: ['--limit'],
    when: ({ values }) => values.format !== 'table',
    why: 'on JSON, which holds all there is',
  },
];

export function inspectCommand(): Command {
  const command = new Command('inspect')
    .description('Shows what a listener who has only the capture can read: conversations, messages, and what can be seen of them.')
    .argument('<file>', 'a capture: pcap or pcapng, gzip or not; - reads standard input')
    .option('--find <text>', 'search for this text of up to 1,024 bytes, as it is and in disguises; may be given again', collect, [])
    .option('--keys <keylog>', 'open the tokens with the session keys of this file')
    .option('--conversation <n>', 'only the conversation of this number, Wireshark’s tcp.stream', parseCount)
    .option('--follow <n>', 'what both sides of this conversation sent, one after the other', parseCount)
    .option('--hex', 'follow in hex', false)
    .option('--limit <n>', 'rows of each table, lines to follow (0: all of them)', parseCount)
    .addOption(new Option('--format <format>', 'how to print it').choices(['table', 'json', 'ndjson']).default('table'))
    .addHelpText(
      'after',
      `
Examples:
  $ servchat inspect captures/plaintext.pcap --find "Nice to Meet you"
  $ servchat inspect captures/encrypted.pcap --keys captures/encrypted.keylog
  $ servchat inspect captures/plaintext.pcap --follow 0 --hex
  $ servchat inspect captures/encrypted.pcap --format json
  $ tcpdump -w - | servchat inspect - --format ndjson`,
    )
    .action(async (file: string, options: InspectOptions) => {
      const { inspect } = await import('./run-inspect.js');
      if (!(await inspect(file, options))) process.exitCode = 1;
    });  return refuseWithoutEffect(command, RULES);
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

/** @throws InvalidArgumentError */
function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number, 0 or more.');
  return Number(text);
}
