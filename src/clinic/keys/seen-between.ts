/**
 * What only somebody in the middle sees: how programs pad what they seal with RSA, and that two values are the halves
 * of a key agreement. It is noted when a key is replaced, for the question about its strength.
 */
import type { Padding } from '../../attacker/stand-in.js';
import type { Stage } from '../stage.js';
import type { Agreement } from './agreements.js';

const PADDINGS = new WeakMap<Stage, Set<Padding>>();
const AGREEMENTS = new WeakMap<Stage, string>();

export function notePadding(stage: Stage, padding: Padding): void {
  const seen = PADDINGS.get(stage) ?? new Set();
  seen.add(padding);
  PADDINGS.set(stage, seen);
}

export function paddingsSeen(stage: Stage): readonly Padding[] {
  return [...(PADDINGS.get(stage) ?? [])];
}

/** Both programs took our half, and what they said opened. */
export function noteAgreement(stage: Stage, agreement: Agreement): void {
  AGREEMENTS.set(stage, nameOf(agreement));
}

export function isProvenAgreement(stage: Stage, agreement: Agreement): boolean {
  return AGREEMENTS.get(stage) === nameOf(agreement);
}

function nameOf({ kind, halves, ...rest }: Agreement): string {
  const group = 'group' in rest && rest.group !== null ? String(rest.group.p) : '';
  return [kind, group, ...halves.map(({ side, place }) => `${side} ${place}`)].join();
}
