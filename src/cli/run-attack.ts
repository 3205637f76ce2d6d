/** `attack`: the list, one run, the matrix, or a relay in front of a server that is running. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Attack } from '../attacker/attack.js';
import { ATTACKS } from '../attacker/attacks.js';
import { SETTINGS, settingFor, type Matrix, type Setting } from '../attacker/matrix.js';
import { startRelay } from '../attacker/relay.js';
import { TapRecorder } from '../capture/tap.js';
import { acquaintanceFor, everyRun, runMatrix } from '../demo/attack-matrix.js';
import { runAttack } from '../demo/attack-run.js';
import { onInterrupt } from '../endpoints/interrupt.js';
import { attackMatrixJson } from '../lesson/attack-json.js';
import { attackListTable, attackMatrixTable, attackRunTable } from '../lesson/attack-table.js';
import { printable } from '../printable.js';
import type { Integrity } from '../protocol/frames.js';
import { progressBar } from './progress.js';
import { look } from './screen.js';

export interface AttackOptions {
  readonly list?: true;
  readonly all?: true;
  readonly mode: Setting['mode'];
  readonly integrity: Integrity;
  readonly insist?: true;
  readonly out: string;
  readonly format: 'table' | 'json';
  readonly to?: { readonly host: string; readonly port: number };
  readonly port: number;
  readonly attackAnotherMachine?: true;
}

const PROGRAM = fileURLToPath(new URL('main.js', import.meta.url));

/** Whether the runs went as runs should, whatever came of the attacks. */
export async function attack(name: string | undefined, options: AttackOptions, wrongUsage: (message: string) => never): Promise<boolean> {
  if (options.list === true) {
    process.stdout.write(attackListTable(ATTACKS, look()));
    return true;
  }
  if (options.all === true) return all(options);
  const chosen = ATTACKS.find((each) => each.name === name);
  if (name === undefined) return wrongUsage('which attack? --list names them, --all runs them all');
  if (chosen === undefined) return wrongUsage(`there is no attack ${printable(name)}; --list names them`);
  return options.to === undefined ? one(chosen, options) : stayBetween(chosen, options, options.to);
}

async function all({ out, format }: AttackOptions): Promise<boolean> {
  const bar = await progressBar('attacks', ATTACKS.length * SETTINGS.length);
  let matrix: Matrix;
  try {
    matrix = await runMatrix({
      program: PROGRAM,
      runs: everyRun(ATTACKS, SETTINGS),
      directory: out,
      // One more than there are processors: a run spends some of its time waiting.
      atOnce: os.availableParallelism() + 1,
      onCell: () => {
        bar.step();
      },
    });
  } finally {
    bar.stop();
  }
  const document = attackMatrixJson(matrix);
  const file = path.join(out, 'matrix.json');
  fs.writeFileSync(file, document);
  if (format === 'json') process.stdout.write(document);
  else process.stdout.write(`${attackMatrixTable(matrix, look())}\nThe same as data, with what each side was shown: ${file}\nA capture from each side of the relay for every run: ${out}\n`);
  return matrix.cells.every(({ outcome }) => outcome.kind !== 'failed');
}

async function one(chosen: Attack, { mode, integrity, insist, out, format }: AttackOptions): Promise<boolean> {
  const setting = settingFor(mode, integrity, insist === true);
  const acquaintance = await acquaintanceFor(setting, PROGRAM, out);
  const cell = await runAttack({ program: PROGRAM, attack: chosen, setting, directory: out, acquaintance });
  const { name, summary } = chosen;
  process.stdout.write(
    format === 'json' ? attackMatrixJson({ attacks: [{ name, summary }], settings: [setting], cells: [cell] }) : attackRunTable(cell, look()),
  );
  return cell.outcome.kind !== 'failed';
}

/** A relay for people who sit at the two ends themselves. */
async function stayBetween(chosen: Attack, { port, out, attackAnotherMachine }: AttackOptions, to: NonNullable<AttackOptions['to']>): Promise<boolean> {
  fs.mkdirSync(out, { recursive: true });
  const taps = {
    client: TapRecorder.open(path.join(out, `${chosen.name}.client-side.pcap`)),
    server: TapRecorder.open(path.join(out, `${chosen.name}.server-side.pcap`)),
  };
  let told = 0;
  let problem: string | null = null;
  const relay = await startRelay({
    attack: chosen,
    target: to,
    port,
    beyondLoopback: attackAnotherMachine === true,
    taps,
    onChange: () => {
      for (const { from, text } of relay.report.learned.slice(told)) process.stdout.write(`${from}: ${printable(text)}\n`);
      told = relay.report.learned.length;
      if (relay.report.problem !== null && relay.report.problem !== problem) {
        problem = relay.report.problem;
        process.stderr.write(`servchat: one connection was ended: ${printable(problem)}\n`);
      }
    },
  });
  process.stdout.write(`${chosen.name}: ${chosen.summary}\nClients connect to 127.0.0.1:${relay.port}; Ctrl-C ends it\n`);
  await new Promise<void>((resolve) => {
    onInterrupt(() => {
      resolve();
    });
  });
  await relay.close();
  taps.client.close();
  taps.server.close();
  return true;
}
