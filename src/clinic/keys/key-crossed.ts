/** Whether a key was found that crosses as it is, and opens the messages: then nobody need replace a public one. */
import { doesNotApply, type DoesNotApply, type Evidence } from '../finding.js';
import type { Stage } from '../stage.js';

const FOUND = new WeakMap<Stage, readonly Evidence[]>();

export function noteCrossedKey(stage: Stage, evidence: readonly Evidence[]): void {
  FOUND.set(stage, evidence);
}

/** null where no such key was found. */
export function keyItselfCrosses(stage: Stage, without: string): DoesNotApply | null {
  const evidence = FOUND.get(stage);
  return evidence === undefined ? null : doesNotApply(`The key itself crosses, ${without}`, evidence.slice(0, 1));
}
