/** `lab`: the stage and the server of its page, until Ctrl-C. */
import { fileURLToPath } from 'node:url';

import { onInterrupt } from '../endpoints/interrupt.js';
import { GoalWatch } from '../lab/experiments/goal-watch.js';
import { OWN_EXPERIMENTS, readExperiments } from '../lab/experiments/read-experiments.js';
import { startLabServer } from '../lab/server.js';
import { wordsOf } from '../lab/experiments/words.js';
import { Stage } from '../lab/stage.js';
import { readScript } from './files.js';
import { COMMAND, DEFAULT_SCRIPT } from './options.js';
import { inRows } from './rows.js';

export interface LabOptions {
  /** By default the usual port of the lab, if it is free. */
  readonly port?: number;
  readonly out: string;
  /** A folder with experiments. By default those that come with the program. */
  readonly experiments?: string;
}

const PROGRAM = fileURLToPath(new URL('main.js', import.meta.url));
const PAGE = fileURLToPath(new URL('../lab/page', import.meta.url));

/** Returns when the person ends it with Ctrl-C. @throws Error in one line if the port is taken. */
export async function lab({ port, out, experiments: folder = OWN_EXPERIMENTS }: LabOptions): Promise<void> {
  // From now on, Ctrl-C ends it in order, also while it only begins: its folder holds keys.
  const interrupted = new Promise<void>((resolve) => {
    onInterrupt(() => {
      resolve();
    });
  });
  const experiments = readExperiments(folder).map(({ shown, goals }) => ({ shown, watch: () => new GoalWatch(goals) }));
  const words = wordsOf(folder).map(({ name, says }) => ({ name, says }));
  const stage = new Stage({
    program: PROGRAM,
    command: COMMAND,
    out,
    conversation: readScript(DEFAULT_SCRIPT),
    experiments,
    words,
  });
  try {
    const server = await startLabServer({
      port: port ?? null,
      pageDirectory: PAGE,
      log: stage.log,
      course: { experiments: experiments.map(({ shown }) => shown), words },
      act: (command) => stage.do(command),
    });
    say('The lab is open. Its page, for a browser on this machine:');
    // The address is not broken into rows, so that it can be clicked or copied.
    process.stdout.write(`${server.url}\n`);
    say('Ctrl-C ends it.');
    await interrupted;
    await server.close();
  } finally {
    await stage.close();
  }
  // The terminal has put ^C into the row.
  if (process.stdout.isTTY) process.stdout.write('\n');
}

function say(line: string): void {
  process.stdout.write(inRows(line));
}
