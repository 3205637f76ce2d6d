/** In which order findings are told: first what explains others. */
import type { Finding, Verdict } from './finding.js';

const RANKS: Readonly<Record<Verdict, number>> = { fault: 0, 'cannot tell': 1, good: 2 };

/** Faults first, and among them those that explain others; otherwise in the order in which they were asked. */
export function inOrderOfWeight(findings: readonly Finding[]): readonly Finding[] {
  const weight = (finding: Finding): number =>
    RANKS[finding.verdict] * 2 - (finding.verdict === 'fault' && finding.explains !== undefined ? 1 : 0);
  return [...findings].sort((one, other) => weight(one) - weight(other));
}
