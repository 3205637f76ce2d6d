import { Command } from 'commander';

import { refuseWithoutEffect, type NoEffect } from './no-effect.js';
import { forceOption } from './options.js';
import type { GradeOptions } from './run-grade.js';

/** A command of `lesson`. */
export function gradeCommand(): Command {
  const command = new Command('grade')
    .description(
      'For teachers: compares the files of answers that students saved with the answer keys, and writes a table with a row for each student. Without --key and --experiments, the files are from the questions.html of a class.',
    )
    .argument('<dir>', 'the folder with the files that were handed in (.json); folders in it are read too')
    .option('--answers <json>', 'the answer keys that lesson --class wrote', 'class/teacher/answers.json')
    .option('--key <json>', 'the answers are about a report: the key that lesson --key wrote with it')
    .option(
      '--experiments [dir]',
      'the answers are about the lab: take the key from the experiments (default: those that come with servchat)',
    )
    .option('--out <csv>', 'where to write the table', 'grades.csv')
    .addOption(forceOption('a table'))
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string, options: GradeOptions) => {
      const { grade } = await import('./run-grade.js');
      grade(folder, options);
    });
  return refuseWithoutEffect(command, RULES);
}

const RULES: readonly NoEffect<GradeOptions>[] = [
  {
    what: ['--answers'],
    when: ({ values }) => values.key !== undefined || values.experiments !== undefined,
    why: 'with --key or --experiments, where all students have the same questions',
    instead: 'leave out --key and --experiments',
  },
];

const EXAMPLES = `
Examples:
  $ servchat lesson grade handed-in --out grades.csv
  $ servchat lesson grade handed-in --out autumn.csv \\
    --answers autumn/teacher/answers.json
  $ servchat lesson grade handed-in --key key.json --experiments`;
