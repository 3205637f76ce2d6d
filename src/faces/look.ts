/**
 * How output may look on a terminal. Colour only repeats what the words already say.
 *
 * We write the escape codes ourselves. `styleText` of node:util exists only since Node 20.12, and it checks on its own
 * whether standard output is a terminal.
 */

export interface Look {
  /** Columns of the terminal. A width below {@link LEAST_WIDTH} counts as that width. */
  readonly width: number;
  /** Whether colour is wanted: standard output is a terminal and NO_COLOR is not set. */
  readonly colour: boolean;
}

/** In a narrower table every word would be broken. A narrower terminal breaks the lines itself. */
const LEAST_WIDTH = 60;

/** `alarm`: a listener can read it. `calm`: a listener cannot. */
export type Paint = 'plain' | 'strong' | 'faint' | 'alarm' | 'calm';

/**
 * ECMA-48 SGR: bold, faint, yellow, green, each with the code that ends it. Yellow and green also differ in lightness.
 */
const CODES: Readonly<Record<Exclude<Paint, 'plain'>, readonly [number, number]>> = {
  strong: [1, 22],
  faint: [2, 22],
  alarm: [33, 39],
  calm: [32, 39],
};

export function painted(text: string, paint: Paint, look: Look): string {
  if (!look.colour || paint === 'plain' || text === '') return text;
  const [on, off] = CODES[paint];
  return `\x1b[${on}m${text}\x1b[${off}m`;
}

export function columnsOf(look: Look): number {
  return Math.max(look.width, LEAST_WIDTH);
}
