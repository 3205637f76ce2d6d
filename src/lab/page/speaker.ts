/** The page's one live region: it says to a screen reader what happens, and nobody sees it. */
import { spoken } from './chair.js';
import type { LabState } from './state.js';
import { SIDES } from './words.js';

/** The region keeps this many lines. */
const MOST_KEPT = 40;
/** If more lines than this come together, as after a reload, only the last is said. */
const MOST_AT_ONCE = 4;

export class Speaker {
  readonly #region = document.createElement('div');
  /** The number of the last event whose line was said. */
  #upTo = 0;

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

  /** Says the lines of the chat that are new. */
  follow({ run, last }: LabState): void {
    // A recording went back.
    if (last < this.#upTo) this.#upTo = last;
    if (run === null) return;
    const fresh = SIDES.flatMap((side) => {
      const { lines } = run.chairs[side];
      const first = lines.findLastIndex(({ key }) => key <= this.#upTo) + 1;
      return lines.slice(first).map((line) => ({ key: line.key, text: spoken(side, line) }));
    }).sort((one, two) => one.key - two.key);
    this.#upTo = last;
    for (const { text } of fresh.length > MOST_AT_ONCE ? fresh.slice(-1) : fresh) this.say(text);
  }
}
