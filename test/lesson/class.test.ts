import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { parse } from 'csv-parse/sync';
import { describe, expect, test } from '@jest/globals';

import { formatAnswerSheet } from '../../src/answers/answer-sheet.js';
import { parseAnswerKeys } from '../../src/lesson/class/answer-keys.js';
import { conversationFor, otherSentences } from '../../src/lesson/class/conversation.js';
import { Dice } from '../../src/lesson/class/dice.js';
import { questionsFor } from '../../src/lesson/class/questions.js';
import { parseRoster, readRoster } from '../../src/lesson/class/roster.js';
import { parseKeyLog } from '../../src/protocol/keylog.js';
import { questionSheet } from '../../src/lesson/class/sheets.js';
import { inspectCapture } from '../../src/eavesdropper/inspect.js';
import { MAIN, TestProcess } from '../servchat-process.js';
import { lesson } from './fixture.js';
import { openerWith } from '../../src/keyholder/opening.js';

describe('the class list', () => {
  test('the names are in the first column, with or without a heading, quoted or not', () => {
    const folders = [
      { name: 'Ada Lovelace', folder: '01-ada-lovelace' },
      { name: 'O’Neil, Sinéad', folder: '02-o-neil-sinéad' },
    ];
    expect(parseRoster('name,group\nAda Lovelace,1\n"O’Neil, Sinéad",2\n')).toEqual(folders);
    expect(parseRoster('\ufeffAda Lovelace\r\n\r\n"O’Neil, Sinéad"\r\n')).toEqual(folders);
  });

  test('for any student’s name, the folder has a valid name', () => {
    for (const { folder } of parseRoster('"../../etc/passwd"\n"<b>\x1b[2J"\n"…"\n'))
      expect(folder).toMatch(/^\d\d-[\p{L}\p{N}-]+$/u);
  });

  test.each([
    ['', /holds no name/],
    ['name\n', /holds no name/],
    ['Ada\nBea\nAda\n', /"Ada" is in it twice, in rows 1 and 3; make the two different/],
    ['1;Ada\n2;Bea\n', /its first column holds numbers; give the column of the names the heading: name/],
    ['"Ada', /Cannot use the class list: /],
    [Array.from({ length: 501 }, (_, at) => `s${at}`).join('\n'), /501 names/],
  ])('%#: what is wrong is said', (csv, why) => {
    expect(() => parseRoster(csv)).toThrow(why);
  });
});

describe('a class list as a spreadsheet saves it', () => {
  const names = (bytes: Uint8Array): readonly string[] => readRoster(bytes).students.map(({ name }) => name);
  const two = ['Jürgen Groß', 'Lovelace, Ada'];

  test.each([
    ['semicolons, a heading', 'Name;Class\r\nJürgen Groß;7b\r\nLovelace, Ada;7b\r\n'],
    ['the name in the second column', 'No;Name;Class\r\n1;Jürgen Groß;7b\r\n2;"Lovelace, Ada";7b\r\n'],
    ['tabs', 'Jürgen Groß\t7b\r\nLovelace, Ada\t7c\r\n'],
    ['the separator named in the first line', 'sep=;\r\nJürgen Groß;\r\nLovelace, Ada;x\r\n'],
    ['commas', 'name,class\n"Jürgen Groß",7b\n"Lovelace, Ada",7b\n'],
  ])('%s, in UTF-8, with a BOM and without', (_, csv) => {
    expect(names(Buffer.from(csv))).toEqual(two);
    expect(names(Buffer.from(`\ufeff${csv}`))).toEqual(two);
  });

  test('Unicode text: UTF-16 in both byte orders, with tabs', () => {
    const little = Buffer.from('\ufeffName\tClass\r\nJürgen Groß\t7b\r\nLovelace, Ada\t7b\r\n', 'utf16le');
    expect(names(little)).toEqual(two);
    expect(names(Buffer.from(little).swap16())).toEqual(two);
  });

  test('a first and a last name in separate columns', () => {
    expect(names(Buffer.from('Nachname;Vorname\nGroß;Jürgen\nLovelace;Ada\n'))).toEqual([
      'Jürgen Groß',
      'Ada Lovelace',
    ]);
  });

  test.each([
    'Name;Vorname',
    'Nachname;Vorname',
    'Cognome;Nome',
    'Surname;Name',
    'Apellidos;Nombre',
    'LAST NAME ; First Name',
  ])('two columns headed %s', (heading) => {
    expect(names(Buffer.from(`${heading}\nMüller;Anna\nMüller;Ben\n`))).toEqual(['Anna Müller', 'Ben Müller']);
  });

  test('a column with the whole name is preferred to one with half of it', () => {
    expect(names(Buffer.from('Full name;Last name\nAnna Müller;Müller\n'))).toEqual(['Anna Müller']);
    expect(names(Buffer.from('Name;First name;Last name\nAnna Müller;Anna;Müller\n'))).toEqual(['Anna Müller']);
  });

  test('without headings, if a second column could be first names: the message gives a row to add', () => {
    const list = 'Müller;Anna\nMüller;Ben\n';
    let why = '';
    try {
      parseRoster(list);
    } catch (error) {
      why = (error as Error).message;
    }
    const heading = /put this row above the list, .*: (.*)$/.exec(why)?.[1];
    expect(names(Buffer.from(`${heading}\n${list}`))).toEqual(['Anna Müller', 'Ben Müller']);
    expect(() => parseRoster('Müller;Anna\nMüller;Anna\n')).toThrow(/delete one row$/);
    expect(() => parseRoster('Müller\nMüller\n')).toThrow(/delete one row$/);
  });

  test('Windows-1252 is read, and one name is shown so that the teacher can check it', () => {
    // In Windows-1252, 0xfc is ü and 0xdf is ß. Neither byte is UTF-8.
    const bytes = Buffer.concat([
      Buffer.from('J'),
      Buffer.from([0xfc]),
      Buffer.from('rgen Gro'),
      Buffer.from([0xdf]),
      Buffer.from(';7b\r\nAda;7b\r\n'),
    ]);
    expect(readRoster(bytes)).toMatchObject({
      students: [{ name: 'Jürgen Groß' }, { name: 'Ada' }],
      notes: [expect.stringMatching(/read as Windows-1252; .*Jürgen Groß\. If not, save the list as “CSV UTF-8”$/)],
    });
    expect(readRoster(Buffer.from('Jürgen\n')).notes).toEqual([]);
  });

  test('a workbook is not a class list', () => {
    expect(() => readRoster(Buffer.from('PK\x03\x04\x14\0\x06\0'))).toThrow('it is not text; save it as CSV');
  });
});

describe('the same seed', () => {
  test('gives the same conversation again, and each student a different one', () => {
    expect(conversationFor('a', 'Ada')).toEqual(conversationFor('a', 'Ada'));
    const all = Array.from({ length: 40 }, (_, at) => JSON.stringify(conversationFor('a', `student ${at}`)));
    expect(new Set(all).size).toBe(40);
    expect(conversationFor('b', 'Ada')).not.toEqual(conversationFor('a', 'Ada'));
  });

  test('gives the same questions for the same captures', () => {
    const unknown = { conversation: lesson().encrypted!.conversation, said: lesson().comparison!.messages };
    expect(questionsFor(lesson(), unknown, 'a', 'Ada')).toEqual(questionsFor(lesson(), unknown, 'a', 'Ada'));
    expect(otherSentences('a', 'Ada')).not.toEqual(otherSentences('a', 'Bea'));
  });

  test('makes the same random choices on every machine', () => {
    const dice = new Dice('seed', 'name');
    expect(Array.from({ length: 8 }, () => dice.below(6))).toEqual(EXPECTED_THROWS);
    expect([...new Dice('x').shuffled([1, 2, 3, 4])].sort()).toEqual([1, 2, 3, 4]);
  });
});

/** Computed with `printf '["seed","name"] 0' | sha256sum` and so on: the first 8 digits as a number, modulo 6. */
const EXPECTED_THROWS = [5, 5, 5, 2, 4, 4, 5, 3];

test('any name is plain text on the sheet', () => {
  expect(questionSheet({ name: '<script>alert(1)</script>', folder: 'x' }, [])).not.toContain('<script');
});

/**
 * Question 7: the message in the answer was sent in that frame, the wrong answers do not fit, and the student's
 * plaintext capture does not show it.
 */
async function answeredByLengthAlone(
  chapter: string,
  folder: string,
  keyLog: string,
  plaintext: readonly string[],
): Promise<void> {
  const frame = Number(/One of these three was said in frame (\d+)\./.exec(chapter)![1]);
  const choices = new Map(
    [...chapter.matchAll(/^[-*] ([ABC]): `(.*)`$/gm)].map(([, letter, text]) => [letter!, text!]),
  );
  const answer = /^([ABC]): only it has/m.exec(chapter)![1]!;
  const { findings } = await inspectCapture(path.join(folder, 'unknown.pcap'), {
    opener: await openerWith(parseKeyLog(fs.readFileSync(keyLog, 'utf8'))),
  });
  const message = findings.conversations[0]!.messages.find(({ place }) => place.frame === frame)!;
  if (message.kind !== 'sealed') throw new Error('it is sealed');
  expect(message.opened).toMatchObject({ ok: true, text: choices.get(answer) });
  const { least, most } = message.token.textBytes;
  const fitting = [...choices].filter(
    ([, text]) => Buffer.byteLength(text) >= least && Buffer.byteLength(text) <= most,
  );
  expect(fitting.map(([letter]) => letter)).toEqual([answer]);
  expect(choices.size).toBe(3);
  expect(plaintext[findings.conversations[0]!.messages.indexOf(message)]).not.toBe(choices.get(answer));
}

/** What each page asks and saves is graded by the keys, and no page holds a key. */
async function gradedByKeys(out: string): Promise<void> {
  const keys = parseAnswerKeys(fs.readFileSync(path.join(out, 'teacher', 'answers.json'), 'utf8'));
  expect(keys.students.map(({ name, questions }) => [name, questions.length])).toEqual([
    ['Ada', 8],
    ['Bea', 8],
  ]);
  const handedIn = path.join(out, 'handed-in');
  fs.mkdirSync(handedIn);
  for (const { folder, run, questions } of keys.students) {
    const page = fs.readFileSync(path.join(out, folder, 'questions.html'), 'utf8');
    expect(page).toContain(`data-run="${run}"`);
    expect(page).not.toContain('accepts&#x22;:');
    expect(page.match(/data-question=/g)).toHaveLength(8);
    for (const { key } of questions)
      for (const reason of key.reasons) if (reason !== '') expect(page).not.toContain(reason);
    const answers = questions.map(({ id, asked, key }) => ({
      question: id,
      asked,
      answer: key.accepts[0],
      right: null,
      time: '2026-11-27T10:00:00.000Z',
    }));
    fs.writeFileSync(path.join(handedIn, `${folder}.json`), formatAnswerSheet({ run, answers: answers.slice(1) }));
  }
  const csv = path.join(out, 'grades.csv');
  const teacher = ['--answers', path.join(out, 'teacher', 'answers.json')];
  const grade = new TestProcess(process.execPath, [MAIN, 'lesson', 'grade', handedIn, ...teacher, '--out', csv]);
  expect({ status: await grade.ended, errors: grade.errors }).toEqual({ status: 0, errors: '' });
  const rows = parse<Record<string, string>>(fs.readFileSync(csv), { bom: true, columns: true });
  expect(rows.map((row) => [row['name'], row['right'], row['wrong'], row['not answered']])).toEqual([
    ['Ada', '7', '0', '1'],
    ['Bea', '7', '0', '1'],
  ]);
}

test('two students: separate folders, answers that their captures prove, keys only for the teacher', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'servchat-class-'));
  try {
    const roster = path.join(folder, 'roster.csv');
    fs.writeFileSync(roster, 'name\nAda\nBea\n');
    const out = path.join(folder, 'out');
    const run = new TestProcess(process.execPath, [
      MAIN,
      'lesson',
      '--class',
      roster,
      '--out',
      out,
      '--seed',
      'autumn',
    ]);
    expect({ status: await run.ended, errors: run.errors }).toEqual({ status: 0, errors: '' });
    const files = fs
      .readdirSync(out, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.includes(path.sep))
      .sort();
    const own = (name: string) =>
      ['encrypted.pcap', 'plaintext.pcap', 'questions.html', 'questions.md', 'unknown.pcap'].map((file) =>
        path.join(name, file),
      );
    expect(files.filter((file) => !file.startsWith('teacher') && !file.includes('.servchat'))).toEqual([
      ...own('01-ada'),
      ...own('02-bea'),
    ]);
    expect(files.filter((file) => file.startsWith('teacher'))).toHaveLength(10);

    const answers = fs.readFileSync(path.join(out, 'teacher', 'answers.md'), 'utf8');
    for (const [folderName, name] of [
      ['01-ada', 'Ada'],
      ['02-bea', 'Bea'],
    ] as const) {
      const { findings } = await inspectCapture(path.join(out, folderName, 'plaintext.pcap'));
      const read = findings.conversations[0]!.messages.map((message) =>
        message.kind === 'readable' ? message.text : '',
      );
      expect(read).toEqual(conversationFor('autumn', name).map(({ text }) => text));
      const chapter = answers.split(/^## /m).find((text) => text.startsWith(folderName))!;
      const asked = /What was said in frame (\d+) of plaintext\.pcap\?\n\n`?([^`\n]*)`?/.exec(chapter)!;
      const message = findings.conversations[0]!.messages.find(({ place }) => place.frame === Number(asked[1]))!;
      expect(message.kind === 'readable' && message.text).toBe(asked[2]);
      await answeredByLengthAlone(
        chapter,
        path.join(out, folderName),
        path.join(out, 'teacher', `${folderName}.unknown.encrypted.keylog`),
        read,
      );
    }
    await gradedByKeys(out);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
