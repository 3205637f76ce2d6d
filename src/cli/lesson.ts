import { Command } from 'commander';

import { gradeCommand } from './grade.js';
import { refuseWithoutEffect, type NoEffect } from './no-effect.js';
import { forceOption } from './options.js';
import type { LessonOptions } from './run-lesson.js';

const RULES: readonly NoEffect<LessonOptions>[] = [
  {
    what: ['--capture', '--keys', '--private-key', '--attacks', '--chapters', '--gift', '--key', '--open', '--force'],
    when: ({ values }) => values.class !== undefined,
    why: 'with --class, which plays its own chats and writes no report',
    instead: 'leave out --class',
  },
  {
    what: ['--seed'],
    when: ({ values }) => values.class === undefined,
    why: 'without --class',
    instead: 'give --class ROSTER too',
  },
  {
    what: ['--force'],
    when: ({ values }) => values.out === undefined && values.gift === undefined && values.key === undefined,
    why: 'without --out: servchat always replaces the report in lessons',
    instead: 'give --out FILE too',
  },
];

const EXAMPLES = `
Examples:
  $ servchat lesson --open
  $ servchat lesson --capture captures/plaintext.pcap captures/encrypted.pcap \\
    --keys captures/encrypted.keylog --out mine.html
  $ servchat lesson --gift questions.gift
  $ servchat lesson --class roster.csv --out class
  $ servchat lesson --key key.json --out handout.html
  $ servchat lesson grade handed-in --key key.json --out grades.csv`;

export function lessonCommand(): Command {
  const command = new Command('lesson')
    .description(
      'Writes the lesson report from captures: one HTML page that needs no network, and the same text as Markdown. Without --capture, it takes the captures of the last demo; if there are none, the samples.',
    )
    .option(
      '--capture <file...>',
      'your own captures; the report takes the first chat of each kind in them: plaintext, encrypted, TLS',
    )
    .option('--keys <keylog>', 'open the chats with the keys of this file: session keys of servchat, or a TLS key log')
    .option('--private-key <pem>', "open its envelope with the client's RSA private key")
    .option(
      '--attacks <json>',
      'the results of attacks (default: of the last attack --all; if there are none, of the last demo)',
    )
    .option('--chapters <dir>', 'take the chapters from this folder (default: those that come with servchat)')
    .option(
      '--out <file>',
      'where to write the page (default: lessons/report.html); with --class, the folder (default: class)',
    )
    .option('--gift <file>', 'also write the questions of the chapters for Moodle (GIFT), with the answers of this run')
    .option('--key <file>', 'also write the answer key of this report (JSON), with which lesson grade compares answers')
    .addOption(forceOption('a report'))
    .option('--open', 'open it in the browser', false)
    .option(
      '--class <roster>',
      'for teachers: make a conversation, captures and questions for each student in this list (CSV, as a spreadsheet saves it), and one answer key',
    )
    .option('--seed <text>', 'with --class: the same seed always gives the same conversations', '1')
    .addHelpText('after', EXAMPLES)
    .addCommand(gradeCommand())
    .action(async (options: LessonOptions) => {
      if (options.class === undefined) {
        const { lesson } = await import('./run-lesson.js');
        await lesson(options);
        return;
      }
      const { lessonForClass } = await import('./run-class.js');
      await lessonForClass(options.class, { seed: options.seed, out: options.out ?? 'class' });
    });
  return refuseWithoutEffect(command, RULES);
}
