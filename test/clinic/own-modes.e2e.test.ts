/** servchat itself as a pair: encrypted and TLS have no fault in what they promise, and plaintext is told frankly. */
import path from 'node:path';

import { expect, test } from '@jest/globals';

import { check } from '../../src/clinic/check.js';
import type { Verdict } from '../../src/clinic/finding.js';
import { describedPair } from '../../src/clinic/pair.js';
import type { QuestionId } from '../../src/clinic/question-ids.js';
import { MAIN } from '../servchat-process.js';
import type { Mode } from '../../src/protocol/modes.js';

const PROMISED: readonly QuestionId[] = ['readable', 'change', 'replay', 'drop', 'reorder', 'reflect'];

async function verdicts(mode: Mode): Promise<Readonly<Partial<Record<QuestionId, Verdict>>>> {
  const own = [process.execPath, MAIN].map((word) => JSON.stringify(word)).join(' ');
  const pair = describedPair(
    {
      server: { command: `${own} serve --keep-open --mode ${mode} --port {port}` },
      client: { command: `${own} connect --mode ${mode} {host} {port}` },
    },
    path.resolve('.'),
  );
  const { findings } = await check(pair, { only: PROMISED });
  return Object.fromEntries(findings.map(({ question, verdict }) => [question, verdict]));
}

const all = (verdict: Verdict): Readonly<Partial<Record<QuestionId, Verdict>>> => ({
  ...Object.fromEntries(PROMISED.map((id) => [id, verdict])),
  works: 'good',
});

// Most of a check is waiting, so the three run side by side.
test('encrypted and tls have no fault in what they promise, and plaintext has all of them', async () => {
  const modes = ['encrypted', 'tls', 'plaintext'] as const;
  const found = await Promise.all(modes.map((mode) => verdicts(mode)));
  // What takes too long on a machine that does much else is asked once more, alone.
  for (const [at, mode] of modes.entries())
    if (Object.values(found[at]!).includes('cannot tell')) found[at] = await verdicts(mode);
  expect(found).toEqual([all('good'), all('good'), all('fault')]);
});
