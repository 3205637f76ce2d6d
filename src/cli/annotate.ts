import { Command } from 'commander';

import type { IfThere } from '../files/output-file.js';
import { forceOption } from './options.js';

interface Options {
  readonly force: IfThere;
  readonly withSecrets?: string;
  readonly keys?: string;
}

export function annotateCommand(): Command {
  return new Command('annotate')
    .description(
      'Writes a copy of a capture with comments. In Wireshark they say what each packet is and what a listener can learn from it. The packets stay the same.',
    )
    .argument('<in>', 'a capture')
    .argument('<out>', 'the annotated capture (pcapng)')
    .option(
      '--keys <keylog>',
      'say in the comments what the keys of this file open: anyone who gets the annotated capture can then read it',
    )
    .option(
      '--with-secrets <keylog>',
      'put the TLS secrets that open this capture into the file: anyone who gets the file can then read the chat',
    )
    .addOption(forceOption('the annotated capture'))
    .addHelpText(
      'after',
      `
Examples:
  $ servchat annotate captures/encrypted.pcap captures/encrypted.pcapng
  $ servchat annotate captures/tls.pcap captures/tls-open.pcapng \\
    --with-secrets captures/tls.keylog
  $ servchat annotate captures/tls.pcap captures/tls-told.pcapng \\
    --keys captures/tls.keylog`,
    )
    .action(async (from: string, to: string, options: Options) => {
      const { annotate } = await import('./run-annotate.js');
      if (!(await annotate(from, to, options))) process.exitCode = 1;
    });
}
