/** Runs attacks in many settings, a few runs at a time. */
import type { Attack } from '../attacker/attack.js';
import type { Cell, Matrix, Setting } from '../attacker/matrix.js';
import { MODE_FACTS } from '../protocol/modes.js';
import { getAcquainted, runAttack } from './attack-run.js';
import type { Acquaintance } from './chair-arguments.js';

/** One attack in one setting. */
export interface PlannedRun {
  readonly attack: Attack;
  readonly setting: Setting;
}

export interface MatrixOptions {
  /** The path of the script of the servchat command. */
  readonly program: string;
  /** Row by row: all runs of an attack are next to each other. */
  readonly runs: readonly PlannedRun[];
  /** The folder for the captures and keys. It must not contain such files yet. */
  readonly directory: string;
  /** How many runs may go on at the same time. Each run is two processes and the relay between them. */
  readonly atOnce: number;
  readonly onCell?: (cell: Cell) => void;
}

export function everyRun(attacks: readonly Attack[], settings: readonly Setting[]): readonly PlannedRun[] {
  return attacks.flatMap((attack) => settings.map((setting) => ({ attack, setting })));
}

/** @throws DemoError if even a first chat without an attacker fails. */
export async function runMatrix({ program, runs, directory, atOnce, onCell }: MatrixOptions): Promise<Matrix> {
  // The client uses one key pair for every encrypted run, because making a pair takes longer than the rest of a run.
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

/** For a single run: makes the keys from an earlier chat, if the setting requires a fingerprint. */
export async function acquaintanceFor(
  { mode, insists }: Setting,
  program: string,
  directory: string,
): Promise<Acquaintance | null> {
  return MODE_FACTS[mode].keyOwner === 'client' && insists ? getAcquainted(program, directory) : null;
}
