/** `attack`: the list, one run, the matrix, or a relay in front of a server that is running. */
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Attack } from '../attacker/attack.js';
import { ATTACKS } from '../attacker/attacks.js';
import { SETTINGS, settingFor, settingsThatFit, type Matrix, type Setting } from '../attacker/matrix.js';
import { startRelay } from '../attacker/relay.js';
import { TapRecorder } from '../capture/tap.js';
import { acquaintanceFor, everyRun, runMatrix } from '../demo/attack-matrix.js';
import { runAttack } from '../demo/attack-run.js';
import { rememberMade } from '../files/made.js';
import type { OwnFolder } from '../files/own-folder.js';
import { onInterrupt } from '../endpoints/interrupt.js';
import { attackMatrixJson } from '../faces/attack-json.js';
import { stepLines } from '../faces/attack-steps.js';
import { attackListTable, betweenCaptures, attackMatrixTable, attackRunTable } from '../faces/attack-table.js';
import { printable } from '../printable.js';
import type { Integrity } from '../protocol/integrity.js';
import { publishDocument, publishRuns } from './attack-files.js';
import { fillFolder } from './fill-folder.js';
import { progressBar } from './progress.js';
import { complain, inRows } from './rows.js';
import { look } from './screen.js';

export interface AttackOptions {
  readonly list?: true;
  readonly all?: true;
  readonly mode: Setting['mode'];
  readonly integrity: Integrity;
  /** The values of these two options, where the user gave them: with --all they choose columns. */
  readonly columns: { readonly mode?: Setting['mode']; readonly integrity?: Integrity };
  readonly insist?: true;
  readonly out: string;
  readonly format: 'table' | 'json';
  readonly to?: { readonly host: string; readonly port: number };
  readonly port: number;
  readonly attackAnotherMachine?: true;
}

const PROGRAM = fileURLToPath(new URL('main.js', import.meta.url));

/** Returns whether the runs themselves went well, whatever came of the attacks. */
export async function attack(
  name: string | undefined,
  options: AttackOptions,
  wrongUsage: (message: string) => never,
): Promise<boolean> {
  if (options.list === true) {
    process.stdout.write(attackListTable(ATTACKS, look()));
    return true;
  }
  if (options.all === true) {
    const settings = settingsThatFit(options.columns.mode, options.columns.integrity, options.insist === true);
    if (settings.length === 0)
      return wrongUsage('the matrix has no column with these options; --mode alone chooses all columns of one mode');
    return all(settings, options);
  }
  const chosen = ATTACKS.find((each) => each.name === name);
  if (name === undefined)
    return wrongUsage('the name of the attack is missing; --list names them, --all runs them all');
  if (chosen === undefined) return wrongUsage(`there is no attack ${printable(name)}; --list names them`);
  return options.to === undefined ? one(chosen, options) : stayBetween(chosen, options, options.to);
}

async function all(settings: readonly Setting[], { out, format }: AttackOptions): Promise<boolean> {
  return fillFolder(out, async (folder) => {
    const matrix = await allRuns(settings, folder);
    const document = attackMatrixJson(matrix);
    const file = publishDocument(
      document,
      settings.length === SETTINGS.length ? 'matrix.json' : 'matrix.part.json',
      folder,
    );
    if (format === 'json') process.stdout.write(document);
    else
      process.stdout.write(
        `${attackMatrixTable(matrix, look())}\nThe same as data, with what each side was shown: ${file}\nA capture from each side of the relay for every run: ${out}\n`,
      );
    return matrix.cells.every(({ outcome }) => outcome.kind !== 'failed');
  });
}

async function allRuns(settings: readonly Setting[], folder: OwnFolder): Promise<Matrix> {
  const bar = await progressBar('attacks', ATTACKS.length * settings.length);
  try {
    const matrix = await runMatrix({
      program: PROGRAM,
      runs: everyRun(ATTACKS, settings),
      directory: folder.workplace,
      // One more than there are processors, because a run waits for some of its time.
      atOnce: os.availableParallelism() + 1,
      onCell: () => {
        bar.step();
      },
    });
    return { ...matrix, cells: publishRuns(matrix.cells, folder) };
  } finally {
    bar.stop();
  }
}

async function one(chosen: Attack, { mode, integrity, insist, out, format }: AttackOptions): Promise<boolean> {
  const setting = settingFor(mode, integrity, insist === true);
  return fillFolder(out, async (folder) => {
    const directory = folder.workplace;
    const acquaintance = await acquaintanceFor(setting, PROGRAM, directory);
    const [cell] = publishRuns(
      [await runAttack({ program: PROGRAM, attack: chosen, setting, directory, acquaintance })],
      folder,
    );
    if (cell === undefined) return false;
    const { name, summary } = chosen;
    const run = { attacks: [{ name, summary }], settings: [setting], cells: [cell] };
    process.stdout.write(format === 'json' ? attackMatrixJson(run) : attackRunTable(cell, look()));
    return cell.outcome.kind !== 'failed';
  });
}

/** Starts a relay for people who sit at the two ends themselves. */
async function stayBetween(
  chosen: Attack,
  { port, out, attackAnotherMachine }: AttackOptions,
  to: NonNullable<AttackOptions['to']>,
): Promise<boolean> {
  const names = [`${chosen.name}.client-side.pcap`, `${chosen.name}.server-side.pcap`];
  const [clientSide = '', serverSide = ''] = names.map((name) => path.join(out, name));
  const taps = { client: new TapRecorder(clientSide), server: new TapRecorder(serverSide) };
  let told = 0;
  let problem: string | null = null;
  const relay = await startRelay({
    attack: chosen,
    target: to,
    port,
    beyondLoopback: attackAnotherMachine === true,
    taps,
    onStep: (step) => {
      process.stdout.write(
        stepLines(step)
          .map((line) => inRows(line))
          .join(''),
      );
    },
    onChange: () => {
      for (const { from, text } of relay.report.learned.slice(told))
        process.stdout.write(inRows(`    understood, from the ${from}: ${printable(text)}`));
      told = relay.report.learned.length;
      if (relay.report.problem !== null && relay.report.problem !== problem) {
        problem = relay.report.problem;
        complain(`one connection was ended: ${printable(problem)}`);
      }
    },
  });
  await fillFolder(out, (folder) => {
    for (const name of names) folder.vacate(name);
    taps.client.begin();
    taps.server.begin();
  });
  process.stdout.write(inRows(`${chosen.name}: ${chosen.summary}`));
  process.stdout.write(`Clients connect to 127.0.0.1:${relay.port}; Ctrl-C ends it\n`);
  await new Promise<void>((resolve) => {
    onInterrupt(() => {
      resolve();
    });
  });
  await relay.close();
  taps.client.close();
  taps.server.close();
  for (const file of [clientSide, serverSide]) rememberMade(file);
  // The terminal has put ^C into the row.
  if (process.stdout.isTTY) process.stdout.write('\n');
  process.stdout.write(betweenCaptures(clientSide, serverSide));
  return true;
}
