/** What a person is told first. */
import { expect, test } from '@jest/globals';

import { doesNotApply, type Finding } from '../../src/clinic/finding.js';
import type { QuestionId } from '../../src/clinic/question-ids.js';
import { inOrderOfWeight } from '../../src/clinic/weight.js';

function finding(question: QuestionId, verdict: Finding['verdict'], explains?: readonly QuestionId[]): Finding {
  const answered = { question, said: '', evidence: [], took: 0 };
  if (verdict === 'good') return { ...answered, verdict, control: '' };
  if (verdict === 'cannot tell') return { ...answered, verdict, needed: '' };
  if (verdict === 'does not apply') return { ...answered, ...doesNotApply('') };
  return {
    ...answered,
    verdict,
    control: '',
    meaning: '',
    remedy: { other: '' },
    ...(explains === undefined ? {} : { explains }),
  };
}

test('what explains others comes first, then what hurts most, and what does not apply comes last', () => {
  const findings = [
    finding('reorder', 'does not apply'),
    finding('ends', 'fault'),
    finding('together', 'good'),
    finding('longer', 'fault'),
    finding('scripts', 'cannot tell'),
    finding('readable', 'fault'),
    finding('bytes', 'fault', ['longer']),
  ];
  expect(inOrderOfWeight(findings).map(({ question }) => question)).toEqual([
    'bytes',
    'readable',
    'ends',
    'longer',
    'scripts',
    'together',
    'reorder',
  ]);
});
