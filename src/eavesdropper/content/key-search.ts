/** Searches for the key of a cipher, which takes long: the key that was found last is tried first. */
import { searchedIn } from '../disguises/recognised.js';
import type { Tally } from './tally.js';

type Searched = ReturnType<typeof searchedIn>;

export class KeySearch {
  readonly #tally: Tally;
  readonly #last: Partial<Record<'letters' | 'others', Searched>> = {};

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  /** null if no key is found. New keys are searched for only a few times. */
  in(among: 'letters' | 'others', bytes: Buffer, start: number, end: number): Searched {
    const again = this.#last[among]?.again(bytes, start, end) ?? null;
    if (again !== null) return again;
    const { work } = this.#tally;
    if (work.searches <= 0) return null;
    work.searches -= 1;
    const found = searchedIn(among, bytes, start, end);
    if (found !== null) this.#last[among] = found;
    return found;
  }
}
