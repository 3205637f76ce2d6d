/** Moodle's format, read by the package gift-pegjs, which we did not write. */
import { describe, expect, test } from '@jest/globals';
import gift from 'gift-pegjs';

import type { Question } from '../../src/answers/question.js';
import { readChapter } from '../../src/lesson/chapters.js';
import { giftOf } from '../../src/lesson/report/gift.js';
import { ownChapters } from '../../src/lesson/write-report.js';
import { lesson } from './fixture.js';
import { HOSTILE } from './hostile.js';

interface Text {
  readonly format: string;
  readonly text: string;
}
interface Read {
  readonly type: string;
  readonly title: string;
  readonly stem: Text;
  readonly choices?: readonly {
    isCorrect: boolean;
    weight: number | null;
    text: Text & { number?: number };
    feedback: Text | null;
  }[];
}

const read = (questions: readonly Question[]): readonly Read[] =>
  (gift as { parse(text: string): unknown[] }).parse(`${giftOf(questions)}\n`) as Read[];
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

const choice = (choices: readonly string[], reasons: readonly string[], asked = 'Which?'): Question => ({
  id: 'a/b',
  asked,
  kind: 'choice',
  choices,
  key: { accepts: [choices[0]!], reasons },
});

test('every question of the chapters is read back with its answers and the reason for each wrong one', () => {
  const attacks = { file: 'm.json', matrix: { attacks: [], settings: [], cells: [] } };
  const questions = ownChapters().flatMap((source) => readChapter(source, { ...lesson(), attacks }).questions);
  const all = read(questions);
  expect(all).toHaveLength(questions.length);
  for (const [at, { id, asked, kind, choices, key }] of questions.entries()) {
    const one = all[at]!;
    expect([one.title, one.stem.format, one.stem.text]).toEqual([id, 'plain', oneLine(asked)]);
    if (kind !== 'choice') continue;
    expect(one.type).toBe('MC');
    expect(one.choices!.map(({ text }) => text.text)).toEqual(choices.map(oneLine));
    expect(one.choices!.filter(({ isCorrect }) => isCorrect).map(({ text }) => text.text)).toEqual([key!.accepts[0]]);
    expect(one.choices!.map(({ feedback }) => feedback!.text)).toEqual(
      key!.reasons.map((reason) => reason || 'Right.'),
    );
  }
});

describe('signs that the format gives a meaning', () => {
  // question/format/gift/format.php of Moodle 4: after the = of a choice it reads no weight, and takes it for text.
  test('what looks like a weight or a format has another format before it, as Moodle’s own importer wants', () => {
    const typed: Question = { ...choice([], []), kind: 'text', key: { accepts: ['[html]x', '%50%x'], reasons: [] } };
    const written = giftOf([choice(['%50%half', '[html]y'], ['', '%1%z']), typed]);
    expect(written.match(/^ {2}[=~].*$/gm)).toEqual([
      '  =[plain]%50%half#Right.',
      '  ~[plain][html]y#[plain]%1%z',
      '  =[plain][html]x',
      '  =[plain]%50%x',
    ]);
    expect(read([typed])[0]!.choices!.map(({ text }) => text.text)).toEqual(typed.key!.accepts);
  });

  test.each([
    '~ = # { } :',
    'a\\b',
    '\\n is no line feed',
    '// no comment',
    '{T}',
    '::title::',
    '[html]<b>x</b>',
    '%50%half',
    'a -> b',
    '#### no general feedback',
    '$CATEGORY: x',
    'line\nbreak\n\nand blank line',
    ...HOSTILE.filter((text) => text.trim() !== ''),
  ])('%j stays text in a question, a choice and a reason', (text) => {
    const [one] = read([choice([`${text} yes`, text], ['', text], text)]);
    // This sign makes pairs, and nothing escapes it.
    const shown = oneLine(text).replaceAll('->', '→');
    expect(one!.stem.text).toBe(oneLine(text));
    expect(one!.choices!.map((each) => each.text.text)).toEqual([`${shown} yes`, shown]);
    expect(one!.choices![1]!.feedback!.text).toBe(shown);
  });
});

test('numbers, frames, several numbers and texts', () => {
  const typed = (kind: 'number' | 'frame' | 'text', ...accepts: [string, ...string[]]): Question => ({
    id: `a/${kind}`,
    asked: 'Q?',
    kind,
    choices: [],
    key: { accepts, reasons: [] },
  });
  const [nine, frames, several, text] = read([
    typed('number', '9 of 9', '9'),
    typed('frame', 'frames 4 and 1,024', '4', '1,024'),
    typed('number', '32–47 bytes'),
    typed('text', 'Is it * or -> ?', 'x'),
  ]);
  expect([nine!.type, nine!.choices!.map(({ text }) => text.number)]).toEqual(['Numerical', [9]]);
  expect([frames!.type, frames!.choices!.map(({ text }) => text.number)]).toEqual(['Numerical', [4, 1024]]);
  expect(several!.type).toBe('Short');
  expect(several!.choices!.map(({ text }) => text.text)).toEqual(expect.arrayContaining(['32–47', '32 to 47']));
  expect(text!.choices!.map(({ text }) => text.text)).toEqual(['Is it \\* or -* ?', 'x']);
});

test('a question without its key is left out', () => {
  expect(giftOf([{ ...choice(['a', 'b'], ['', 'c']), key: null }])).toBe('');
});
