/**
 * The clinic on the pairs of the table: each fault is found on the pair that is here for it, and none on a pair that
 * has no fault. Most of a check is waiting, so several pairs are checked side by side.
 */
import { availableParallelism } from 'node:os';
import process from 'node:process';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { check } from '../../src/clinic/check.js';
import { describedPair } from '../../src/clinic/pair.js';
import { PATIENCE_MS } from '../patience.js';
import { checkedPair, differences, missingFor, telling, type Difference } from './programs/checked.js';
import { PAIRS, type Pair } from './programs/table.js';

const AT_ONCE = 3 * availableParallelism();
/** The tools that the gate installs must be there when it runs. */
const OF_THE_GATE = ['node', 'python'];
const isGate = process.env['SERVCHAT_REQUIRE_TOOLS'] === '1';

const missing = new Map(PAIRS.map((pair) => [pair, missingFor(pair)] as const));
const present = PAIRS.filter((pair) => missing.get(pair) === null);
const questions = telling(present);
const found = new Map<Pair, readonly Difference[]>();

/** A check that fails is a difference too, and keeps no other pair from being checked. */
async function checked(pair: Pair): Promise<readonly Difference[]> {
  try {
    return differences(pair, await checkedPair({ check, describedPair }, pair, { only: questions.get(pair) ?? [] }));
  } catch (error) {
    return [{ said: `${pair.name}: ${error instanceof Error ? (error.stack ?? '') : ''}`, isUnknown: false }];
  }
}

beforeAll(async () => {
  const waiting = [...present];
  const worker = async (): Promise<void> => {
    for (let pair = waiting.shift(); pair !== undefined; pair = waiting.shift()) found.set(pair, await checked(pair));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  // On a machine that does much else, the time of a check may be over too soon. Then it is asked once more, alone.
  for (const pair of present)
    if (found.get(pair)?.some(({ isUnknown }) => isUnknown)) found.set(pair, await checked(pair));
}, 10 * PATIENCE_MS);

describe.each(PAIRS.map((pair) => ({ pair, name: pair.name })))('$name', ({ pair }) => {
  const lacks = missing.get(pair) ?? null;
  const isAllowed = !isGate || !OF_THE_GATE.includes(pair.language);
  const run = lacks !== null && isAllowed ? test.skip : test;
  run(`the clinic agrees with the table${lacks === null ? '' : ` [skipped: not installed: ${lacks}]`}`, () => {
    expect(lacks).toBeNull();
    expect(found.get(pair)?.map(({ said }) => said)).toEqual([]);
  });
});
