import { Command } from 'commander';

import { forceOption } from './options.js';
import type { GradeOptions } from './run-grade.js';

/** A command of `lesson`. */
export function gradeCommand(): Command {
  return new Command('grade')
    .description(
      'For teachers: compares the files of answers that students saved from their questions.html with the answer keys of lesson --class, and writes a table with a row for each student.',
    )
    .argument('<dir>', 'the folder with the files that were handed in (.json); folders in it are read too')
    .option('--answers <json>', 'the answer keys that lesson --class wrote', 'class/teacher/answers.json')
    .option('--out <csv>', 'where to write the table', 'grades.csv')
    .addOption(forceOption('a table'))
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string, options: GradeOptions) => {
      const { grade } = await import('./run-grade.js');
      grade(folder, options);
    });
}

const EXAMPLES = `
Examples:
  $ servchat lesson grade handed-in --out grades.csv
  $ servchat lesson grade handed-in --out autumn.csv \\
    --answers autumn/teacher/answers.json`;
