/** What students handed in, compared with the teacher's keys. Spreadsheets are read with csv-parse. */
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from '@jest/globals';

import { formatAnswerSheet, type Answer, type Tried } from '../../src/answers/answer-sheet.js';
import {
  formatAnswerKeys,
  formatReportKey,
  parseAnswerKeys,
  parseReportKey,
  type AnswerKeys,
  type Keyed,
} from '../../src/lesson/class/answer-keys.js';
import { gradesCsv } from '../../src/lesson/class/grades-csv.js';
import { gradeClass } from '../../src/lesson/class/grading.js';
import { gradeShared } from '../../src/lesson/class/shared-grading.js';

const QUESTIONS: readonly Keyed[] = [
  { id: 'class/frame', asked: 'F?', kind: 'frame', choices: [], key: { accepts: ['frame 12'], reasons: [] } },
  { id: 'class/text', asked: 'T?', kind: 'text', choices: [], key: { accepts: ['Meet me'], reasons: [] } },
  { id: 'class/which', asked: 'W?', kind: 'choice', choices: ['a', 'b'], key: { accepts: ['b'], reasons: ['no', ''] } },
];
const run = (digit: string): string => digit.repeat(32);
const student = (name: string, digit: string) => ({
  name,
  folder: `0${digit}-x`,
  run: run(digit),
  questions: QUESTIONS,
});
const KEYS: AnswerKeys = { students: [student('Ada', '1'), student('=1+1', '2')] };

const answer = (question: string, given: string | null, changes: Partial<Answer> = {}): Answer => ({
  question: `class/${question}`,
  asked: 'Q',
  answer: given,
  right: null,
  time: '2026-11-27T10:00:00.000Z',
  ...changes,
});
const sheet = (file: string, digit: string, ...answers: Answer[]) => ({
  file,
  text: formatAnswerSheet({ run: run(digit), answers }),
});
const ALL = [answer('frame', '0x0c'), answer('text', '“meet me”'), answer('which', 'b')];
const words = (marks: readonly ({ readonly right: boolean } | null)[]): readonly string[] =>
  marks.map((mark) => (mark === null ? '-' : mark.right ? 'right' : 'wrong'));

test('each answer is compared with the key of the student whose run it is', () => {
  const { students, problems } = gradeClass(KEYS, [
    sheet('a.json', '1', ...ALL),
    sheet('b.json', '2', answer('frame', '13'), answer('which', 'b')),
  ]);
  expect(problems).toEqual([]);
  expect(students.map(({ marks }) => words(marks))).toEqual([
    ['right', 'right', 'right'],
    ['wrong', '-', 'right'],
  ]);
  expect(students.map(({ files, notes }) => [files, notes])).toEqual([
    [['a.json'], []],
    [['b.json'], []],
  ]);
});

test('no wrong answer is without its reason', () => {
  const reasonOf = (question: string, given: string): string | undefined => {
    const { students } = gradeClass(KEYS, [sheet('a.json', '1', answer(question, given))]);
    return students[0]!.marks.find((mark) => mark !== null)?.reason;
  };
  expect(reasonOf('frame', '13')).toBe('right is frame 12');
  expect(reasonOf('which', 'a')).toBe('no');
  expect(reasonOf('which', 'a choice that is not there')).toMatch(/none of the choices/);
  expect(reasonOf('text', 'Meet me')).toBe('');
});

test('what the file says about being right does not count, and is told', () => {
  const { students } = gradeClass(KEYS, [sheet('a.json', '1', answer('frame', '13', { right: true }))]);
  expect(words(students[0]!.marks)).toEqual(['wrong', '-', '-']);
  expect(students[0]!.notes.join()).toMatch(/calls frame right/);
});

test('of two files of a student, both count; where they differ, the earlier answer counts, and it is told', () => {
  const { students } = gradeClass(KEYS, [
    sheet('late.json', '1', answer('frame', '12', { time: '2026-11-27T11:00:00.000Z' }), answer('which', 'b')),
    sheet('early.json', '1', answer('frame', '13'), answer('text', 'meet me')),
  ]);
  expect(words(students[0]!.marks)).toEqual(['wrong', 'right', 'right']);
  expect(students[0]!.files).toEqual(['late.json', 'early.json']);
  expect(students[0]!.notes).toEqual([
    '2 files, taken together',
    'the files differ in frame: the answer with the earliest time counts',
  ]);
});

test('a question whose answer was opened first is not answered; an answer to another question is told', () => {
  const { students } = gradeClass(KEYS, [sheet('a.json', '1', answer('frame', null), answer('moon', 'x'))]);
  expect(words(students[0]!.marks)).toEqual(['-', '-', '-']);
  expect(students[0]!.notes).toEqual(['answer opened first: frame', '1 answer to other questions']);
});

test('files that cannot be used are told in a line each, and the good ones count', () => {
  const { students, problems } = gradeClass(KEYS, [
    { file: 'broken.json', text: '{' },
    { file: 'other.json', text: '{"format":"package"}' },
    sheet('elsewhere.json', '3', ...ALL),
    sheet('twice.json', '1', answer('frame', '12'), answer('frame', '13')),
    sheet('good.json', '1', ...ALL),
  ]);
  expect(problems).toEqual([
    'broken.json: it is not JSON',
    'other.json: it is not a file of answers from servchat',
    'elsewhere.json: it is about another run, not about the captures of a student of this class',
    'twice.json: it answers one question twice, which the page never does',
  ]);
  expect(words(students[0]!.marks)).toEqual(['right', 'right', 'right']);
});

describe('the table', () => {
  const table = (...handedIn: Parameters<typeof gradeClass>[1]): Record<string, string>[] => {
    const csv = gradesCsv(gradeClass(KEYS, handedIn).students);
    expect(csv.startsWith('\ufeffname,')).toBe(true);
    expect(csv.endsWith('\r\n')).toBe(true);
    return parse(csv, { bom: true, columns: true });
  };

  test('has a row for each student of the list, also for one who handed in nothing', () => {
    const rows = table(sheet('a.json', '1', answer('frame', '13, or 14'), answer('text', 'Meet me')));
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ name: 'Ada', right: '1', wrong: '1', 'not answered': '1', file: 'a.json' });
    expect(rows[0]).toMatchObject({
      frame: 'wrong: 13, or 14 (right is frame 12)',
      text: 'right',
      which: 'not answered',
    });
    expect(rows[1]).toMatchObject({ right: '0', wrong: '0', 'not answered': '3', file: '', note: 'no file' });
  });

  test('no cell is a formula, whatever a student, a name or a file is called', () => {
    const evil = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '＝1', '"=1', '\r=1', '=cmd|"/c calc"!A1'];
    for (const text of evil) {
      const keys = { students: [{ ...student(text, '1'), folder: text }] };
      const handedIn = [sheet(text, '1', answer('text', text))];
      const rows: string[][] = parse(gradesCsv(gradeClass(keys, handedIn).students), { bom: true });
      expect(rows).toHaveLength(2);
      expect(rows[1]).toHaveLength(rows[0]!.length);
      // What Excel, LibreOffice and Google Sheets take for a formula.
      for (const cell of rows[1]!) expect(cell.trimStart()).not.toMatch(/^[=+\-@＝＋－＠]/);
    }
  });
});

describe('the same questions for all', () => {
  const EXPERIMENT: Keyed = {
    id: 'change-a-word/which',
    asked: 'E?',
    kind: 'choice',
    choices: ['x', 'y'],
    key: { accepts: ['x'], reasons: ['', 'not y'] },
  };
  const KEY = { report: { run: run('a'), questions: QUESTIONS }, experiments: [EXPERIMENT] };
  const lab = (file: string, digit: string, given: string, changes: Partial<Answer> = {}) => ({
    file,
    text: formatAnswerSheet({
      run: run(digit),
      answers: [{ ...answer('', given, changes), question: EXPERIMENT.id }],
    }),
  });

  test('a folder is a student, and so is a file in none; a report and the lab are taken together', () => {
    const { students, problems } = gradeShared(KEY, [
      sheet('ada/report.json', 'a', ...ALL),
      lab('ada/deep/lab.json', '7', 'x', { right: true }),
      lab('Grace.json', '8', 'y', { right: false }),
    ]);
    expect(problems).toEqual([]);
    expect(students.map(({ student: { name }, marks, files }) => [name, words(marks), files])).toEqual([
      ['ada', ['right', 'right', 'right', 'right'], ['ada/report.json', 'ada/deep/lab.json']],
      ['Grace', ['-', '-', '-', 'wrong'], ['Grace.json']],
    ]);
    expect(students[1]!.marks[3]).toMatchObject({ reason: 'not y' });
    expect(students.map(({ notes }) => notes)).toEqual([['2 files, taken together'], []]);
  });

  describe('what a file says about the learner', () => {
    const tried = (experiment: string, done: boolean, hints: number, gaveUp = false): Tried => ({
      experiment,
      done,
      hints,
      gaveUp,
    });
    const named = (file: string, digit: string, name: string | null, ...experiments: Tried[]) => ({
      file,
      text: formatAnswerSheet({
        run: run(digit),
        name,
        answers: [{ ...answer('', 'x'), question: EXPERIMENT.id }],
        experiments,
      }),
    });
    const rows = (...handedIn: Parameters<typeof gradeShared>[1]): Record<string, string>[] =>
      parse(gradesCsv(gradeShared(KEY, handedIn).students), { bom: true, columns: true });

    test('a file in no folder gives its name; a folder keeps its own, and another name is told', () => {
      const made = rows(
        named('servchat-lab-answers-Zoe.json', '1', ' Zoë '),
        named('nameless.json', '2', null),
        named('blank.json', '3', '  '),
        named('Ada/lab.json', '4', 'Ada'),
        named('Grace/lab.json', '5', 'Bob'),
      );
      expect(made.map(({ name, note }) => [name, note])).toEqual([
        ['Zoë', ''],
        ['nameless', expect.stringContaining('same answers')],
        ['blank', expect.stringContaining('same answers')],
        ['Ada', expect.stringContaining('same answers')],
        ['Grace', expect.stringMatching(/^the files say the name Bob; /)],
      ]);
    });

    test('what was done in the lab has its columns, over all files of a student', () => {
      const [one, two, old] = rows(
        named('a/1.json', '1', null, tried('change-a-word', false, 2, true), tried('not-graded', true, 9)),
        named('a/2.json', '2', null, tried('change-a-word', true, 1)),
        named('b.json', '3', null, tried('change-a-word', true, 0)),
        named('c.json', '4', null),
      );
      expect(one).toMatchObject({ 'experiments done': '1', hints: '2', 'answer shown': 'change-a-word' });
      expect(two).toMatchObject({ 'experiments done': '1', hints: '0', 'answer shown': '' });
      expect(old).toMatchObject({ 'experiments done': '', hints: '', 'answer shown': '' });
    });

    test('a file of version 1 is graded as before, without such columns', () => {
      const [version1] = rows({
        file: 'old.json',
        text: JSON.stringify({
          format: 'servchat answers',
          version: 1,
          run: run('1'),
          answers: [{ ...answer('', 'x'), question: EXPERIMENT.id }],
        }),
      });
      expect(version1).toMatchObject({ name: 'old', right: '1' });
      expect(version1).not.toHaveProperty('hints');
    });

    test('no name is a formula', () => {
      expect(rows(named('a.json', '1', '=1+1'))[0]!['name']).toBe("'=1+1");
    });
  });

  test('a changed file, a copy, another run, and what is no file of answers: each is told, and the others count', () => {
    const { students, problems } = gradeShared(KEY, [
      lab('1.json', '1', 'y', { right: true }),
      lab('2.json', '2', 'y', { right: true }),
      sheet('other-run.json', 'b', ...ALL),
      { file: 'broken.json', text: '{' },
      { file: 'empty.json', text: formatAnswerSheet({ run: run('c'), answers: [] }) },
      lab('good.json', '3', 'x'),
    ]);
    expect(problems).toEqual([
      'other-run.json: it is about another run, not about that of the report whose key this is, and about no experiment',
      'broken.json: it is not JSON',
      'empty.json: it holds no answer',
    ]);
    expect(students.map(({ marks }) => words(marks)[3])).toEqual(['wrong', 'wrong', 'right']);
    expect(students[0]!.notes.join()).toMatch(/calls which right, which is wrong: was it changed\?/);
    expect(students[1]!.notes).toContain('2.json has the same answers at the same times as 1.json');
    expect(students[2]!.notes).toEqual([]);
  });

  test('questions of the same name in two chapters have columns of their own, and no cell is a formula', () => {
    const handedIn = [lab('=1+1.json', '1', '=2+2'), lab('-x/a.json', '2', '@SUM(A1)')];
    const csv = gradesCsv(gradeShared(KEY, handedIn).students);
    const rows: string[][] = parse(csv, { bom: true });
    expect(rows[0]).toEqual(expect.arrayContaining(['frame', 'class/which', 'change-a-word/which']));
    expect(rows).toHaveLength(3);
    for (const cell of rows.flat()) expect(cell.trimStart()).not.toMatch(/^[=+\-@＝＋－＠]/);
  });

  test('the key of a report is read as it was written, and nothing else is', () => {
    const unknown = { ...QUESTIONS[0]!, id: 'class/none', key: null };
    expect(parseReportKey(formatReportKey(run('a'), [...QUESTIONS, unknown]))).toEqual(KEY.report);
    expect(() => parseReportKey(formatAnswerKeys(KEYS))).toThrow(/not the key of a report/);
    expect(() => parseAnswerKeys(formatReportKey(run('a'), QUESTIONS))).toThrow(/not a file of answer keys/);
    expect(() => parseReportKey('{')).toThrow(/not JSON/);
  });
});

describe('the keys', () => {
  test('are read as they were written', () => {
    expect(parseAnswerKeys(formatAnswerKeys(KEYS))).toEqual(KEYS);
  });

  test.each<[string, unknown, RegExp]>([
    ['null', null, /not a file of answer keys/],
    ['a file of answers', JSON.parse(sheet('', '1').text), /not a file of answer keys/],
    ['a later version', { format: 'servchat answer keys', version: 2 }, /not of version 1/],
    ['no students', { format: 'servchat answer keys', version: 1 }, /not a key/],
    [
      'a question without its key',
      {
        format: 'servchat answer keys',
        version: 1,
        students: [{ ...student('A', '1'), questions: [{ ...QUESTIONS[0], key: null }] }],
      },
      /not a key/,
    ],
  ])('%s is refused', (_, document, why) => {
    expect(() => parseAnswerKeys(JSON.stringify(document))).toThrow(why);
  });
});
