import { expect, test } from '@jest/globals';

import { formatAnswerSheet, parseAnswerSheet, type AnswerSheet } from '../../src/answers/answer-sheet.js';

const SHEET: AnswerSheet = {
  run: '0123456789abcdef0123456789abcdef',
  name: 'Zoë',
  answers: [
    { question: 'a/b', asked: 'Which?', answer: 'Both', right: true, time: '2026-11-27T10:00:00.000Z' },
    { question: 'a/c', asked: 'How many?', answer: null, right: null, time: '2026-11-27T10:01:00.000Z' },
  ],
  experiments: [{ experiment: 'send-it-twice', done: true, hints: 1, gaveUp: false }],
};

test('what is written is read again, with a byte order mark before it too', () => {
  expect(parseAnswerSheet(formatAnswerSheet(SHEET))).toEqual(SHEET);
  expect(parseAnswerSheet(`\ufeff${formatAnswerSheet(SHEET)}`)).toEqual(SHEET);
});

test('a page of a report has neither a name nor experiments', () => {
  const { run, answers } = SHEET;
  expect(parseAnswerSheet(formatAnswerSheet({ run, answers }))).toEqual({ run, name: null, answers, experiments: [] });
});

test('only what belongs to an answer is kept', () => {
  const more = { ...SHEET.answers[0], __proto__: 1, extra: 'x' };
  const json = JSON.stringify({ format: 'servchat answers', version: 1, run: SHEET.run, answers: [more], more: 1 });
  expect(parseAnswerSheet(json)).toEqual({ run: SHEET.run, name: null, answers: [SHEET.answers[0]], experiments: [] });
});

const changed = (changes: object): string =>
  JSON.stringify({ format: 'servchat answers', version: 2, ...SHEET, ...changes });

test.each<[string, string, RegExp]>([
  ['no JSON', '{', /^is not JSON$/],
  ['the word null', 'null', /is not a file of answers/],
  ['a list', '[]', /is not a file of answers/],
  ['another format', changed({ format: 'servchat attacks' }), /is not a file of answers/],
  ['a later version', changed({ version: 3 }), /is not of version 1 or 2/],
  ['a name that is a number', changed({ name: 7 }), /a name that is not a text/],
  ['a name of a kilobyte', changed({ name: 'x'.repeat(1000) }), /or too long/],
  ['experiments that are a number', changed({ experiments: 3 }), /what was done in the lab/],
  ['half a hint', changed({ experiments: [{ ...SHEET.experiments[0], hints: 0.5 }] }), /what was done in the lab/],
  ['an experiment without its end', changed({ experiments: [{ experiment: 'x', hints: 1 }] }), /done in the lab/],
  ['one experiment twice', changed({ experiments: [...SHEET.experiments, ...SHEET.experiments] }), /experiment twice/],
  ['no run', changed({ run: undefined }), /which run/],
  ['a run that is no id', changed({ run: '../../etc/passwd' }), /which run/],
  ['answers that are no list', changed({ answers: {} }), /not an answer/],
  ['an answer that is a number', changed({ answers: [{ ...SHEET.answers[0], answer: 3 }] }), /not an answer/],
  [
    'an answer of a megabyte',
    changed({ answers: [{ ...SHEET.answers[0], answer: 'x'.repeat(1e6) }] }),
    /not an answer/,
  ],
  ['too many', changed({ answers: Array.from({ length: 1001 }, () => SHEET.answers[0]) }), /not an answer/],
  ['one question twice', changed({ answers: [SHEET.answers[0], SHEET.answers[0]] }), /one question twice/],
])('%s is refused', (_, json, why) => {
  expect(() => parseAnswerSheet(json)).toThrow(why);
});
