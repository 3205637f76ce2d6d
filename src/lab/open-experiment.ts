/** The experiment that is open, and whether its goals are reached. */
import type { LabEvent } from './events.js';
import type { Experiment } from './experiments/experiment.js';

/** An experiment that the page offers. */
export interface OfferedExperiment {
  readonly shown: Experiment;
  /** Begins to watch for its goals. */
  watch(): GoalWatching;
}

export interface GoalWatching {
  /** Is told every event, from the first of the run on. */
  see(event: LabEvent): void;
  /** Whether this guess is right. null if no goal asks for such a guess. */
  judge(guess: Guessed): boolean | null;
  readonly state: { readonly met: boolean; readonly missing: readonly string[] };
}

export type Guessed = Pick<Extract<LabEvent, { type: 'guessed' }>, 'piece' | 'text'>;

/** These follow from others, so they decide nothing. */
const FOLLOWING: ReadonlySet<LabEvent['type']> = new Set(['experiment', 'goal', 'declined', 'saved', 'playing']);

export class OpenExperiment {
  readonly name: string;
  readonly #watching: GoalWatching;
  #told = '';
  /** Whether what happens does not count yet. */
  #waits: boolean;

  /**
   * If it has a chat of its own, nothing counts that happened before that chat: the answer is locked first.
   *
   * @param events what has happened in this run.
   */
  constructor(offered: OfferedExperiment, events: Iterable<LabEvent>) {
    this.name = offered.shown.name;
    this.#watching = offered.watch();
    this.#waits = offered.shown.setting !== null;
    if (!this.#waits) for (const event of events) this.#watching.see(event);
  }

  judge(guess: Guessed): boolean | null {
    return this.#watching.judge(guess);
  }

  /** Returns what to tell of the goals after this event. null if it is as before. */
  after(event: LabEvent): LabEvent | null {
    if (FOLLOWING.has(event.type)) return null;
    this.#waits &&= event.type !== 'run';
    if (this.#waits) return null;
    this.#watching.see(event);
    // A page starts empty at each run.
    if (event.type === 'run') return null;
    return this.news();
  }

  /** The same, without an event. */
  news(): LabEvent | null {
    const { met, missing } = this.#watching.state;
    const goal: LabEvent = { type: 'goal', experiment: this.name, met, missing };
    const told = JSON.stringify(goal);
    if (told === this.#told) return null;
    this.#told = told;
    return goal;
  }

  /** Tells it again, because the page starts empty. */
  forget(): void {
    this.#told = '';
  }
}
