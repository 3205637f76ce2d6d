import { Command, Option } from 'commander';

import { MODES, MODE_FACTS, isSealed } from '../protocol/modes.js';
import { DEFAULT_PORT, DEFAULT_SCRIPT } from './options.js';
import type { DemoCompareOptions, DemoOptions } from './run-demo.js';

export function demoCommand(): Command {
  const demo = new Command('demo')
    .description('Plays a conversation through two real processes over TCP on this machine, and captures it.')
    .addHelpText(
      'after',
      `
Examples:
  $ servchat demo compare      all three modes, compared, with a lesson report
  $ servchat demo plaintext --script nice-to-meet-you
  $ servchat demo encrypted --capture-with tap --out /tmp/lesson`,
    );
  for (const mode of MODES) {
    const { crosses } = MODE_FACTS[mode];
    const shown = isSealed(mode) ? 'what a listener can still see' : 'what a listener can read';
    demo.addCommand(
      playOptions(new Command(mode), 'captures')
        .description(`Plays it ${crosses} and shows ${shown}.`)
        .action(async (options: DemoOptions) => {
          const { demoOne } = await import('./run-demo.js');
          await demoOne(mode, options);
        }),
    );
  }
  demo.addCommand(
    playOptions(new Command('compare'), 'captures, and lessons for the report')
      .description('Plays it in all three modes, compares the captures and writes the lesson report.')
      .option('--no-attacks', 'leave out the attacks; the report then says how to run them')
      .action(async (options: DemoCompareOptions) => {
        const { demoCompare } = await import('./run-demo.js');
        await demoCompare(options);
      }),
  );
  return demo;
}

/** @param folders where the files go without --out. */
function playOptions(command: Command, folders: string): Command {
  return command
    .option(
      '--script <file>',
      'the conversation: your own file, or the name of one that comes with servchat',
      DEFAULT_SCRIPT,
    )
    .option('--annotate', 'also write each capture as pcapng, with comments that explain it in Wireshark', false)
    .option('--out <dir>', `the folder for all files (default: ${folders})`)
    .addOption(
      new Option(
        '--capture-with <way>',
        `how to capture on port ${DEFAULT_PORT} (or another, if it is in use): live, with dumpcap or tcpdump; tap, which needs no special rights; auto: live where that is possible`,
      )
        .choices(['auto', 'live', 'tap'])
        .default('auto'),
    );
}
