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
async function checked(pair: Pair, only = questions.get(pair) ?? []): Promise<readonly Difference[]> {
  try {
    return differences(pair, await checkedPair({ check, describedPair }, pair, { only }));
  } catch (error) {
    return [{ said: `${pair.name}: ${error instanceof Error ? (error.stack ?? '') : ''}`, question: null }];
  }
}

/** What differed is asked once more, alone: on a machine that does much else, programs may answer too late. */
async function askedAgain(pair: Pair, before: readonly Difference[]): Promise<readonly Difference[]> {
  const asked = before.flatMap(({ question }) => question ?? []);
  for (const { said } of before) process.stderr.write(`Asked again: ${said}\n`);
  return checked(pair, asked.length === before.length ? asked : undefined);
}

beforeAll(async () => {
  // The long ones first, so that none is left over alone.
  const count = (pair: Pair): number => questions.get(pair)?.length ?? 0;
  const waiting = [...present].sort((one, other) => count(other) - count(one));
  const worker = async (): Promise<void> => {
    for (let pair = waiting.shift(); pair !== undefined; pair = waiting.shift()) found.set(pair, await checked(pair));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  for (let tries = 0; tries < 2; tries += 1)
    for (const [pair, differing] of found) if (differing.length > 0) found.set(pair, await askedAgain(pair, differing));
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
