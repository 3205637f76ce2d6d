/** What one way says, and what the other. */
import { expect, test } from '@jest/globals';

import { Budget, OutOfTime } from '../../../src/clinic/budget.js';
import { bothWays } from '../../../src/clinic/disturbing/both-ways.js';
import { cannotTell, type Answer } from '../../../src/clinic/finding.js';
import type { Road } from '../../../src/clinic/seat.js';
import type { Stage } from '../../../src/clinic/stage.js';

const THERE: Road = { from: 'client', to: 'server' };
const BACK: Road = { from: 'server', to: 'client' };

const good = (seen: string): Answer => ({ verdict: 'good', said: 'It is refused', control: '', evidence: [{ seen }] });
const fault: Answer = {
  ...{ verdict: 'fault', said: 'It is shown twice', meaning: '', control: '', evidence: [] },
  remedy: { other: '' },
};

function stage(roads: readonly Road[], leftMs = 165_000): Stage {
  const manner = { kind: 'free', first: 'client', roads };
  return { facts: { manner, startMs: 2000 }, budget: new Budget(leftMs) } as unknown as Stage;
}

/** Gives these answers in turn, and notes on which way. */
function answering(...answers: readonly Answer[]): {
  readonly ways: Road[];
  readonly ask: Parameters<typeof bothWays>[1];
} {
  const ways: Road[] = [];
  const ask = async (_: Stage, road: Road): Promise<Answer> => {
    ways.push(road);
    return Promise.resolve(answers[ways.length - 1]!);
  };
  return { ways, ask };
}

test('a fault of the way back is found, and it says at whom', async () => {
  const { ways, ask } = answering(good('there'), fault);
  expect(await bothWays(stage([THERE, BACK]), ask)).toMatchObject({
    verdict: 'fault',
    said: 'Only at the client: it is shown twice',
  });
  expect(ways).toEqual([THERE, BACK]);
});

test('what is good on both ways has the evidence of both', async () => {
  const { ask } = answering(good('there'), good('back'));
  const { evidence } = await bothWays(stage([THERE, BACK]), ask);
  expect(evidence.map(({ seen }) => seen)).toEqual(['there', 'back']);
});

test.each<readonly [string, Stage, Answer]>([
  ['after a fault', stage([THERE, BACK]), fault],
  ['where it cannot be told', stage([THERE, BACK]), cannotTell('', '')],
  ['where nobody is heard on it', stage([THERE]), good('there')],
  ['without time', stage([THERE, BACK], 40_000), good('there')],
])('the way back is not tried %s', async (_, where, first) => {
  const { ways, ask } = answering(first, fault);
  expect(await bothWays(where, ask)).toBe(first);
  expect(ways).toEqual([THERE]);
});

test('what the first way has shown is kept where the second has no time', async () => {
  const first = good('there');
  const ask = async (_: Stage, road: Road): Promise<Answer> => {
    if (road === BACK) throw new OutOfTime('There was no time left');
    return Promise.resolve(first);
  };
  expect(await bothWays(stage([THERE, BACK]), ask)).toBe(first);
});
