/**
 * A disturbance is tried on the messages of the one who speaks first, and then on those of the other one: often only
 * one of the two programs checks.
 */
import { OutOfTime } from '../budget.js';
import type { Answer, Fault } from '../finding.js';
import { WHO } from '../quoting.js';
import type { Road } from '../seat.js';
import { StartFailed, type Stage } from '../stage.js';

/** So much is left for the questions that come after. In milliseconds. */
const LEFT_MS = 45_000;

/**
 * @param ask on one way. A fault of the first way is enough; without one, the way back is tried while time lasts.
 * @throws StartFailed, OutOfTime on the first way.
 */
export async function bothWays(stage: Stage, ask: (stage: Stage, road: Road) => Promise<Answer>): Promise<Answer> {
  const [road, ...others] = stage.facts.manner?.roads ?? [];
  if (road === undefined) throw new Error('There is no way on which messages go');
  const first = await ask(stage, road);
  const back = others.find(({ from, to }) => from === road.to && to === road.from);
  const neededMs = LEFT_MS + 2 * stage.facts.startMs;
  if (first.verdict !== 'good' || back === undefined || stage.budget.left < neededMs) return first;
  const second = await unlessLate(() => ask(stage, back));
  if (second === null) return first;
  if (second.verdict === 'fault') return onlyAt(second, back);
  return second.verdict === 'good' ? { ...first, evidence: [...first.evidence, ...second.evidence] } : first;
}

/** What was found on the first way is not lost if there is no time for the second. */
async function unlessLate(ask: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof OutOfTime || error instanceof StartFailed) return null;
    throw error;
  }
}

function onlyAt(fault: Fault, { to }: Road): Fault {
  return { ...fault, said: `Only at ${WHO[to]}: ${fault.said.charAt(0).toLowerCase()}${fault.said.slice(1)}` };
}
