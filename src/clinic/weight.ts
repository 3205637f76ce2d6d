/** In which order findings are told: first what explains others. */
import type { Finding, Verdict } from './finding.js';
import type { QuestionId } from './question-ids.js';

const RANKS: Readonly<Record<Verdict, number>> = { fault: 0, 'cannot tell': 3, good: 4, 'does not apply': 5 };

/** Faults that few people meet, or that hurt less: they are told after the other faults. */
const TOLD_LATER: ReadonlySet<QuestionId> = new Set(['ends', 'long', 'longer', 'scripts']);

/**
 * Faults first: those that explain others, then the others in the order in which they were asked, and those of
 * {@link TOLD_LATER} last.
 */
export function inOrderOfWeight(findings: readonly Finding[]): readonly Finding[] {
  const weight = (finding: Finding): number => {
    if (finding.verdict !== 'fault') return RANKS[finding.verdict];
    if (finding.explains !== undefined) return RANKS.fault;
    return RANKS.fault + (TOLD_LATER.has(finding.question) ? 2 : 1);
  };
  return [...findings].sort((one, other) => weight(one) - weight(other));
}
