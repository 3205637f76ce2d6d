/** What standard output is like, for tables that are to fit it. */
import type { Look } from '../lesson/look.js';

const USUAL_WIDTH = 80;

export function look(): Look {
  const { stdout, env } = process;
  return { width: stdout.isTTY ? stdout.columns : USUAL_WIDTH, colour: stdout.isTTY && (env['NO_COLOR'] ?? '') === '' };
}
