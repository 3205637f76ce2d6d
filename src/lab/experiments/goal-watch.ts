/** Watches the events of the lab for the goals of one experiment. */
import type { LabEvent } from '../events.js';
import { RunFacts } from './facts.js';
import type { Goal } from './goals.js';

export interface GoalState {
  readonly met: boolean;
  /** What has not happened yet: full sentences. */
  readonly missing: readonly string[];
}

export class GoalWatch {
  readonly #goals: readonly Goal[];
  readonly #met = new Set<Goal>();
  /** Of the present run; null before the first. */
  #facts: RunFacts | null = null;

  constructor(goals: readonly Goal[]) {
    this.#goals = goals;
  }

  /** A goal that was reached stays reached: the next one may need another run. */
  see(event: LabEvent): void {
    if (event.type === 'run') this.#facts = new RunFacts(event.setting);
    const facts = this.#facts;
    if (facts === null) return;
    facts.see(event);
    for (const goal of this.#goals) if (!this.#met.has(goal) && goal.isMet(facts)) this.#met.add(goal);
  }

  /** Whether this guess about a piece of the present run is right. null if no goal asks for such a guess. */
  judge({ piece, text }: Pick<Extract<LabEvent, { type: 'guessed' }>, 'piece' | 'text'>): boolean | null {
    const asking = this.#goals.filter(({ asks }) => (text === null ? asks.pointed.length > 0 : asks.guessed));
    const facts = this.#facts;
    if (asking.length === 0 || facts === null) return null;
    if (text !== null) return facts.says(piece, text);
    return asking.some(({ asks }) => asks.pointed.some((label) => facts.isLabelled(piece, label)));
  }

  get state(): GoalState {
    const missing = this.#goals.filter((goal) => !this.#met.has(goal)).map(({ says }) => says);
    return { met: missing.length === 0, missing };
  }
}
