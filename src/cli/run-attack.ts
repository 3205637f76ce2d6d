/** `attack`: the list, one run, the matrix, or a relay in front of a server that is running. */
import os from 'node:os';
import { fileURLToPath } from 'node:url';

import type { Attack } from '../attacker/attack.js';
import { ATTACKS } from '../attacker/attacks.js';
import { SETTINGS, settingFor, settingsThatFit, type Matrix, type Setting } from '../attacker/matrix.js';
import { acquaintanceFor, everyRun, runMatrix } from '../demo/attack-matrix.js';
import { runAttack } from '../demo/attack-run.js';
import type { OwnFolder } from '../files/own-folder.js';
import { attackMatrixJson } from '../faces/attack-json.js';
import { attackListTable, attackMatrixTable, attackRunTable } from '../faces/attack-table.js';
import { printable } from '../printable.js';
import type { Integrity } from '../protocol/integrity.js';
import { publishDocument, publishRuns } from './attack-files.js';
import { fillFolder } from './fill-folder.js';
import { progressBar } from './progress.js';
import { stayBetween } from './stay-between.js';
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
