/** Attacks in many settings, a few runs at a time. */
import type { Attack } from '../attacker/attack.js';
import type { Cell, Matrix, Setting } from '../attacker/matrix.js';
import { MODE_FACTS } from '../protocol/modes.js';
import { getAcquainted, runAttack, type Acquaintance } from './attack-run.js';

/** One attack in one setting. */
export interface PlannedRun {
  readonly attack: Attack;
  readonly setting: Setting;
}

export interface MatrixOptions {
  /** Path of the servchat command's own script. */
  readonly program: string;
  /** Row by row: all runs of an attack stand together. */
  readonly runs: readonly PlannedRun[];
  /** Where the captures and keys go: a folder that has no such files yet. */
  readonly directory: string;
  /** How many runs there may be at once; each is two processes and the relay between them. */
  readonly atOnce: number;
  readonly onCell?: (cell: Cell) => void;
}

export function everyRun(attacks: readonly Attack[], settings: readonly Setting[]): readonly PlannedRun[] {
  return attacks.flatMap((attack) => settings.map((setting) => ({ attack, setting })));
}

/** @throws DemoError where not even a first chat with nobody between comes about. */
export async function runMatrix({ program, runs, directory, atOnce, onCell }: MatrixOptions): Promise<Matrix> {
  // One key pair serves the client of every encrypted run: to make one takes longer than the rest of the run.
  const met = runs.some(({ setting }) => MODE_FACTS[setting.mode].keyOwner === 'client');
  const acquaintance = met ? await getAcquainted(program, directory) : null;
  const cells: Cell[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < runs.length; index = next++) {
      const planned = runs[index];
      if (planned === undefined) return;
      const cell = await runAttack({ program, directory, acquaintance, ...planned });
      cells[index] = cell;
      onCell?.(cell);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const attacks = [...new Set(runs.map(({ attack }) => attack))];
  const settings = [...new Set(runs.map(({ setting }) => setting))];
  return { attacks: attacks.map(({ name, summary }) => ({ name, summary })), settings, cells };
}

/** For a single run: two who insist on a key have met before. */
export async function acquaintanceFor(
  { mode, insists }: Setting,
  program: string,
  directory: string,
): Promise<Acquaintance | null> {
  return MODE_FACTS[mode].keyOwner === 'client' && insists ? getAcquainted(program, directory) : null;
}
