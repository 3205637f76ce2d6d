/** The page's one live region: it says to a screen reader what happens, and nobody sees it. */
import { SIDES } from '../../protocol/side.js';
import { spoken } from './chair.js';
import { guessWords } from './guess-words.js';
import { START, type LabState } from './state.js';
import { visible } from './text.js';

/** The region keeps this many lines. */
const MOST_KEPT = 40;
/** If more lines than this come together, as after a reload, only the last is said. */
const MOST_AT_ONCE = 4;

export class Speaker {
  readonly #region = document.createElement('div');
  /** The number of the last event whose line was said. */
  #upTo = 0;
  #before = START;

  constructor() {
    this.#region.className = 'unseen';
    this.#region.setAttribute('role', 'log');
    this.#region.setAttribute('aria-live', 'polite');
    this.#region.setAttribute('aria-label', 'What happens in the chat');
    document.body.append(this.#region);
  }

  say(text: string): void {
    const line = document.createElement('p');
    line.textContent = text;
    this.#region.append(line);
    while (this.#region.childElementCount > MOST_KEPT) this.#region.firstElementChild?.remove();
  }

  /** Says the lines of the chat that are new, and what the learner guessed right and reached. */
  follow(state: LabState): void {
    const { run, last } = state;
    // A recording went back.
    if (last < this.#upTo) this.#upTo = last;
    for (const text of newsOf(this.#before, state)) this.say(text);
    this.#before = state;
    if (run === null) return;
    const fresh = SIDES.flatMap((side) => {
      const { lines } = run.chairs[side];
      const first = lines.findLastIndex(({ key }) => key <= this.#upTo) + 1;
      return lines.slice(first).map((line) => ({ key: line.key, text: spoken(side, line) }));
    });
    const told = run.rows
      .slice(-3)
      .flatMap((row) =>
        row.kind === 'note' && row.note.type === 'outcome' && row.key > this.#upTo
          ? [{ key: row.key, text: `What came of the attack: ${visible(row.note.says)}` }]
          : [],
      );
    const inOrder = [...fresh, ...told].sort((one, two) => one.key - two.key);
    this.#upTo = last;
    for (const { text } of inOrder.length > MOST_AT_ONCE ? inOrder.slice(-1) : inOrder) this.say(text);
  }
}

/** A page that opens tells nothing of what was before. */
function newsOf(before: LabState, { run, goals }: LabState): readonly string[] {
  const guess = run?.guess ?? null;
  const isNew = before.run !== null && guess !== null && guess.right !== null && guess.key !== before.run.guess?.key;
  const reached = Object.entries(goals).flatMap(([name, { missing }]) =>
    (before.goals[name]?.missing ?? []).filter((goal) => !missing.includes(goal)),
  );
  return [...(isNew ? [guessWords(guess)] : []), ...reached.map((goal) => `Goal reached: ${goal}`)];
}
