/** What `serve` and `connect` take in the same words, and the rules for it. */
import { Option, type Command } from 'commander';

import type { IfThere } from '../files/output-file.js';
import type { Integrity } from '../protocol/integrity.js';
import { MODES, SEALED_MODES, isSealed, type Mode } from '../protocol/modes.js';
import type { NoEffect } from './no-effect.js';
import { asOptions, forceOption, onlyIn } from './options.js';

export interface ChairOptions {
  readonly mode: Mode;
  readonly integrity: Integrity;
  readonly savePrivateKey?: string;
  readonly capture?: string;
  readonly keylog?: string;
  readonly withSecrets?: true;
  readonly format: ChatFormat;
  readonly showWire: boolean;
  readonly force: IfThere;
}

type ChatFormat = (typeof CHAT_FORMATS)[number];
const CHAT_FORMATS = ['text', 'ndjson'] as const;

export function modeOption(): Option {
  return new Option('--mode <mode>', 'what crosses the wire').choices(MODES).default('encrypted').env('SERVCHAT_MODE');
}

/** Adds what is recorded of the chat, and how it is shown. */
export function recordingOptions(command: Command): Command {
  return command
    .option(
      '--capture <file>',
      'write a capture of this side of the chat, for Wireshark (pcap; if the name ends in .pcapng, a pcapng with comments that explain it)',
    )
    .option('--keylog <file>', 'append the keys of the chat to this file: anyone who has it can read the capture')
    .option(
      '--with-secrets',
      'put the secrets of --keylog into a pcapng capture, so that Wireshark decrypts it: anyone who gets the capture can read the chat (tls mode)',
    )
    .addOption(
      new Option(
        '--format <format>',
        'what to print: text for people, or ndjson for programs, with one line of JSON for each event',
      )
        .choices(CHAT_FORMATS)
        .default('text' satisfies ChatFormat),
    )
    .option('--show-wire', 'show under each message what really crossed the wire', false)
    .addOption(forceOption('a capture or a private key'));
}

/** Rules for options that both chairs have. */
export const CHAIR_RULES: readonly NoEffect<ChairOptions>[] = [
  onlyIn('encrypted', ['--integrity']),
  {
    what: ['--keylog'],
    when: ({ values }) => !isSealed(values.mode),
    why: ({ mode }) => `in ${mode} mode, which has no keys`,
    instead: `give ${asOptions(SEALED_MODES)}`,
  },
  {
    what: ['--with-secrets'],
    when: ({ values }) =>
      values.mode !== 'tls' || values.keylog === undefined || values.capture?.endsWith('.pcapng') !== true,
    why: 'without --mode tls, --keylog FILE and --capture FILE.pcapng',
    instead: 'give all of them',
  },
  {
    what: ['--force'],
    when: ({ values }) => values.capture === undefined && values.savePrivateKey === undefined,
    why: 'without a file that it could replace',
    instead: 'give --capture or --save-private-key too',
  },
];
