import { describe, expect, test } from '@jest/globals';

import { holdsNumber, isRight, LONGEST_ANSWER, reasonAgainst } from '../../src/answers/comparison.js';
import type { Kind, Question } from '../../src/answers/question.js';

const right = (kind: Kind, accepted: string, answer: string): boolean =>
  isRight({ kind, key: { accepts: [accepted], reasons: [] } }, answer);

describe('a number, however it is written', () => {
  test.each([
    ['12', ' 12 '],
    ['12', '0x0c'],
    ['12', '0X0C'],
    ['12', '012'],
    ['12', 'frame 12'],
    ['12', 'Frame #12.'],
    ['12', 'No. 12'],
    ['12', '１２'],
    ['12', '١٢'],
    ['12', '१२'],
    ['100 characters', '100'],
    ['100', '100 characters'],
    ['16 bytes', '16 bytes (0x10)'],
    ['65,536', '65536'],
    ['65536', '65,536'],
    ['65536', '65 536'],
    ['65536', '65.536'],
    ['65536', '65’536'],
    ['32–47 bytes', '32-47'],
    ['32–47 bytes', '32 to 47 bytes'],
    ['32–47 bytes', 'between 32 and 47'],
    ['32–47 bytes', '0x20..0x2f'],
    ['frames 4, 6 and 8', '4,6,8'],
    ['frames 10 and 200', '10 200'],
    ['0', 'none'],
    ['no frame', '0'],
    ['no frame', 'No frame at all'],
  ])('%j is answered by %j', (accepted, answer) => {
    expect(right('number', accepted, answer)).toBe(true);
  });

  test.each([
    ['12', '13'],
    ['12', '120'],
    ['12', '1 2'],
    ['12', '0x12'],
    ['12', 'twelve'],
    ['12', ''],
    ['12', 'none'],
    ['32–47 bytes', '47'],
    ['32–47 bytes', '47–32'],
    ['32–47 bytes', '32'],
    ['0', 'one of them'],
    ['9', 'nothing of 9 but 8'],
    ['12', `${'0'.repeat(LONGEST_ANSWER)}12`],
  ])('%j is not answered by %j', (accepted, answer) => {
    expect(right('number', accepted, answer)).toBe(false);
  });

  test.each([
    ['12', true],
    ['0x0c', true],
    ['none', true],
    ['many', false],
    ['', false],
  ])('whether %j holds a number: %s', (answer, holds) => {
    expect(holdsNumber(answer)).toBe(holds);
  });
});

describe('a text, as a person would compare it', () => {
  test.each([
    ['Meet me at noon', 'meet me  at NOON '],
    ['Meet me at noon', '“Meet me at noon.”'],
    ['Meet me at noon', '"Meet me at noon"'],
    ["It's me", 'it’s me'],
    ['Grüße', 'Gru\u0308ße'],
    ['Why?', 'why?'],
    ['Are you there?', 'are you there'],
    ['…', '...'],
    ['Yes', '«yes»'],
  ])('%j is answered by %j', (accepted, answer) => {
    expect(right('text', accepted, answer)).toBe(true);
  });

  test.each([
    ['Meet me at noon', 'Meet me at nine'],
    ['Meet me at noon', 'Meet me'],
    ['Meet me at noon', ''],
    ['Yes', 'Yes and no'],
    ['Yes', '!'],
    ['?', '!'],
    ['10', '0x0a'],
  ])('%j is not answered by %j', (accepted, answer) => {
    expect(right('text', accepted, answer)).toBe(false);
  });
});

describe('a choice', () => {
  const question: Question = {
    id: 'a/b',
    asked: 'Which?',
    kind: 'choice',
    choices: ['Only `one`', 'Both'],
    key: { accepts: ['Both'], reasons: ['There are two.', ''] },
  };

  test('is right by its text, and a wrong one has its reason', () => {
    expect(right('choice', 'Both', 'Both')).toBe(true);
    expect(right('choice', 'Both', 'Only `one`')).toBe(false);
    expect(reasonAgainst(question, 'Only `one`')).toBe('There are two.');
  });

  test('the right one, a text that is no choice, and a question without its key have no reason', () => {
    expect(reasonAgainst(question, 'Both')).toBeNull();
    expect(reasonAgainst(question, 'Neither')).toBeNull();
    expect(reasonAgainst({ ...question, key: null }, 'Only `one`')).toBeNull();
  });
});
