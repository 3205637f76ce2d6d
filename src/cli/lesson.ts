import { Command } from 'commander';

import { refuseWithoutEffect, type NoEffect } from './no-effect.js';
import { forceOption } from './options.js';
import type { LessonOptions } from './run-lesson.js';

const RULES: readonly NoEffect<LessonOptions>[] = [
  {
    what: ['--capture', '--keys', '--private-key', '--attacks', '--chapters', '--open', '--force'],
    when: ({ values }) => values.class !== undefined,
    why: 'with --class, which holds chats of its own and writes no report',
    instead: 'leave out --class',
  },
  { what: ['--seed'], when: ({ values }) => values.class === undefined, why: 'without --class', instead: 'give --class ROSTER too' },
  {
    what: ['--force'],
    when: ({ values }) => values.out === undefined,
    why: 'without --out: the report in lessons is replaced anyway',
    instead: 'give --out FILE too',
  },
];

export function lessonCommand(): Command {
  const command = new Command('lesson')
    .description('Writes the lesson report, one HTML page that needs no network and the same as Markdown, from captures. Without --capture, from those of the last demo or, where there are none, from the samples.')
    .option('--capture <file...>', 'captures of your own: the first chat in plaintext and the first encrypted one are taken')
    .option('--keys <keylog>', 'open the encrypted chat with the session keys of this file')
    .option('--private-key <pem>', "open its envelope with the client's RSA private key")
    .option('--attacks <json>', 'what became of the attacks (default: those of the last attack --all, else those of the last demo)')
    .option('--chapters <dir>', 'the chapters, from a folder of your own (default: those that come with servchat)')
    .option('--out <file>', 'where the page is written (default: lessons/report.html); with --class, the folder (default: class)')
    .addOption(forceOption('a report'))
    .option('--open', 'open it in the browser', false)
    .option('--class <roster>', 'for the teacher: a conversation, captures and questions for each student of this list (CSV, as a spreadsheet saves it), and one answer key')
    .option('--seed <text>', 'with --class: the same seed gives the same conversations again', '1')
    .addHelpText(
      'after',
      `
Examples:
  $ servchat lesson --open
  $ servchat lesson --capture captures/plaintext.pcap captures/encrypted.pcap --keys captures/encrypted.keylog --out mine.html
  $ servchat lesson --class roster.csv --out class`,
    )
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
