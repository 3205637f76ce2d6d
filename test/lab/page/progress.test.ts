/** What a learner answered, as the browser keeps it and as a file. */
import { expect, test } from '@jest/globals';

import { formatAnswerSheet, parseAnswerSheet } from '../../../src/answers/answer-sheet.js';
import { attemptAt, locked, newProgress, noted, sheetFileName, sheetOf } from '../../../src/lab/page/progress.js';
import { EXPERIMENTS } from './experiments.js';

const [choice, number] = EXPERIMENTS as [(typeof EXPERIMENTS)[0], (typeof EXPERIMENTS)[0]];
const TIME = '2026-11-27T12:00:00.000Z';

test('an answer is locked: a second one changes nothing', () => {
  const once = locked(newProgress(), choice, choice.question.choices[0]!, TIME);
  expect(attemptAt(once, choice.name)).toMatchObject({ right: false, met: false, gaveUp: false });
  expect(locked(once, choice, choice.question.choices[1]!, TIME)).toBe(once);
});

test('a goal that is reached before any answer is not kept', () => {
  const fresh = newProgress();
  expect(noted(fresh, choice.name, { met: true })).toBe(fresh);
  const met = noted(locked(fresh, choice, 'x', TIME), choice.name, { met: true });
  expect(attemptAt(met, choice.name)).toMatchObject({ met: true });
  expect(noted(met, choice.name, { met: true })).toBe(met);
});

test('a name of every object is no experiment', () => {
  expect(attemptAt(newProgress(), 'constructor')).toBeNull();
});

test('the file is one that servchat lesson grade reads', () => {
  const first = locked(newProgress(), number, '0x10', TIME);
  const progress = locked(first, choice, choice.question.choices[1]!, TIME);
  const sheet = parseAnswerSheet(formatAnswerSheet(sheetOf(progress)));
  expect(sheet.run).toMatch(/^[0-9a-f]{32}$/);
  expect(sheet.answers.map(({ question, right, time }) => [question, right, time])).toEqual([
    ['lab/how-long', true, TIME],
    ['lab/change-it-encrypted', true, TIME],
  ]);
});

test('hints are counted by the most that were open, and only after an answer', () => {
  const fresh = newProgress();
  expect(noted(fresh, choice.name, { hints: 1 })).toBe(fresh);
  const twice = noted(locked(fresh, choice, 'x', TIME), choice.name, { hints: 2 });
  expect(attemptAt(twice, choice.name)).toMatchObject({ hints: 2, met: false });
  // After a reload the hints are closed, and the first is opened again.
  expect(noted(twice, choice.name, { hints: 1 })).toBe(twice);
});

test('the file says who it is of, and what they did', () => {
  const progress = noted(locked({ ...newProgress(), name: 'Zoë' }, choice, 'x', TIME), choice.name, { gaveUp: true });
  expect(parseAnswerSheet(formatAnswerSheet(sheetOf(progress)))).toMatchObject({
    name: 'Zoë',
    experiments: [{ experiment: choice.name, done: false, hints: 0, gaveUp: true }],
  });
  expect(sheetOf(newProgress()).name).toBeNull();
});

test.each([
  ['', 'servchat-lab-answers.json'],
  ['Zoë O’Neil', 'servchat-lab-answers-Zoë-O-Neil.json'],
  ['../../etc/passwd', 'servchat-lab-answers-etc-passwd.json'],
  ['CON: a*b?|"<>\\\u202e\u0000', 'servchat-lab-answers-CON-a-b.json'],
  ['王小明', 'servchat-lab-answers-王小明.json'],
  ['👋', 'servchat-lab-answers.json'],
  ['x'.repeat(100), `servchat-lab-answers-${'x'.repeat(40)}.json`],
])('the file of “%s” has a name that every system can keep', (name, file) => {
  expect(sheetFileName({ ...newProgress(), name })).toBe(file);
});
