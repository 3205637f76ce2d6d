/** Every attack in every setting, a few at a time. */
import type { Attack } from '../attacker/attack.js';
import type { Cell, Matrix, Setting } from '../attacker/matrix.js';
import { getAcquainted, runAttack, type Acquaintance } from './attack-run.js';

export interface MatrixOptions {
  /** Path of the servchat command's own script. */
  readonly program: string;
  readonly attacks: readonly Attack[];
  readonly settings: readonly Setting[];
  /** Where the captures go; made if it is not there. */
  readonly directory: string;
  /** How many runs there may be at once; each is two processes and the relay between them. */
  readonly atOnce: number;
  readonly onCell?: (cell: Cell) => void;
}

/** @throws DemoError where not even a first chat with nobody between comes about. */
export async function runMatrix(options: MatrixOptions): Promise<Matrix> {
  const { program, attacks, settings, directory, atOnce, onCell } = options;
  const acquaintance = await acquaintanceFor(settings, program, directory);
  const due = attacks.flatMap((attack) => settings.map((setting) => ({ attack, setting })));
  const cells: Cell[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < due.length; index = next++) {
      const job = due[index];
      if (job === undefined) return;
      const cell = await runAttack({ program, directory, acquaintance, ...job });
      cells[index] = cell;
      onCell?.(cell);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { attacks: attacks.map(({ name, summary }) => ({ name, summary })), settings, cells };
}

/** Two who insist on a key have met before. */
export async function acquaintanceFor(settings: readonly Setting[], program: string, directory: string): Promise<Acquaintance | null> {
  return settings.some(({ mode, insists }) => mode === 'encrypted' && insists) ? getAcquainted(program, directory) : null;
}
