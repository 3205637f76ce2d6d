/** Tries a pair once, and says in one line what came of it. */
import { Budget } from '../budget.js';
import { firstLook, type Look } from '../first-look.js';
import type { Pair } from '../pair.js';
import { listed, quoted, WHO } from '../quoting.js';
import { Stage, StartFailed } from '../stage.js';

/** Some programs make keys first. In milliseconds. */
const TRY_MS = 90_000;

/** Safe to show. @throws OutOfTime, CommandError */
export async function tried(pair: Pair): Promise<string> {
  const stage = new Stage(pair, new Budget(TRY_MS));
  try {
    return whatCame(await firstLook(stage, 0));
  } catch (error) {
    if (!(error instanceof StartFailed)) throw error;
    const last = error.screen.trim() === '' ? '' : ` It showed last: ${quoted(error.screen)}.`;
    return `It does not work yet: ${error.message}.${last}`;
  } finally {
    await stage.close();
  }
}

function whatCame({ manner, said, ends }: Look): string {
  if (manner !== null) {
    const ways = manner.roads.map(({ from, to }) => `what is typed at ${WHO[from]} is shown by ${WHO[to]}`);
    return `It works: ${ways.join(', and ')}.`;
  }
  const typed = said.map(({ text, from }) => `“${text}” at ${WHO[from]}`);
  return `It does not work yet: ${listed(typed)} were typed, and shown nowhere else. ${ends.join('. ')}.`;
}
