import { Command } from 'commander';

import { parsePort } from './options.js';
import type { LabOptions } from './run-lab.js';

export function labCommand(): Command {
  return new Command('lab')
    .description(
      'Opens the lab: a page in your browser on which you sit in every chair. You are both people of a chat, the listener and the attacker. Two real processes chat, and everything is captured. Ctrl-C ends it all.',
    )
    .option(
      '--port <port>',
      'the port of the page (default: 4750, or any free port if it is taken; 0: any free port)',
      parsePort,
    )
    .option('--out <dir>', 'where the page saves captures', 'captures/lab')
    .option('--experiments <dir>', 'a folder with your own experiments (default: those that come with servchat)')
    .addHelpText(
      'after',
      `
Only this machine can open the page. Its address holds a secret word, so do not
give it to others. The lab needs no network.

Examples:
  $ servchat lab                       shows the address; open it in a browser
  $ servchat lab --port 8080 --out /tmp/lab`,
    )
    .action(async (options: LabOptions) => {
      const { lab } = await import('./run-lab.js');
      await lab(options);
    });
}
