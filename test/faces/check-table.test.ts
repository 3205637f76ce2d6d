/** The findings of a check at a terminal and as JSON: each answer has its own word, its own count and its own place. */
import { expect, test } from '@jest/globals';

import { checkJson } from '../../src/faces/check-json.js';
import { checkLines } from '../../src/faces/check-table.js';
import { madeCheck } from '../clinic/made-check.js';

test('at a terminal: the fault first, then what cannot be told, what is good, and what does not apply', () => {
  const lines = checkLines(madeCheck('otter'), { width: 120, colour: false });
  const answers = ['fault', 'cannot tell', 'good', 'does not apply'];
  const rows = lines.flatMap((line) => / {2}(fault|cannot tell|good|does not apply) {2}/.exec(line)?.[1] ?? []);
  expect(rows).toEqual(answers);
  expect(lines.join('\n')).toContain('1 fault, 1 good, 1 cannot tell, 1 does not apply, in 12 s.');
  const made = madeCheck('otter');
  const without = { ...made, findings: made.findings.filter(({ verdict }) => verdict !== 'does not apply') };
  expect(checkLines(without, { width: 120, colour: false }).join('\n')).toContain('1 cannot tell, in 12 s.');
});

test('as JSON: what does not apply says what was seen, and needs nothing', () => {
  const { format, version, findings } = JSON.parse(checkJson(madeCheck('otter'))) as {
    readonly format: string;
    readonly version: number;
    readonly findings: readonly Record<string, unknown>[];
  };
  expect([format, version]).toEqual(['servchat check', 1]);
  expect(findings.map(({ verdict }) => verdict)).toEqual(['good', 'cannot tell', 'fault', 'does not apply']);
  expect(findings.at(-1)).toMatchObject({
    question: 'reflect',
    said: 'Only one is heard: otter',
    evidence: [{ seen: 'It showed otter.' }],
  });
  expect(findings.at(-1)).not.toHaveProperty('needed');
});
