import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { conversationFor, otherSentences } from '../../src/lesson/class/conversation.js';
import { Dice } from '../../src/lesson/class/dice.js';
import { questionsFor } from '../../src/lesson/class/questions.js';
import { parseRoster } from '../../src/lesson/class/roster.js';
import { questionSheet } from '../../src/lesson/class/sheets.js';
import { inspectCapture } from '../../src/eavesdropper/inspect.js';
import { MAIN, TestProcess } from '../servchat-process.js';
import { lesson } from './fixture.js';

describe('the class list', () => {
  test('names in the first column, with a heading or without, quoted or not', () => {
    const folders = [{ name: 'Ada Lovelace', folder: '01-ada-lovelace' }, { name: 'O’Neil, Sinéad', folder: '02-o-neil-sinéad' }];
    expect(parseRoster('name,group\nAda Lovelace,1\n"O’Neil, Sinéad",2\n')).toEqual(folders);
    expect(parseRoster('\ufeffAda Lovelace\r\n\r\n"O’Neil, Sinéad"\r\n')).toEqual(folders);
  });

  test('a folder is a folder’s name, whatever the student’s is', () => {
    for (const { folder } of parseRoster('"../../etc/passwd"\n"<b>\x1b[2J"\n"…"\n')) expect(folder).toMatch(/^\d\d-[\p{L}\p{N}-]+$/u);
  });

  test.each([
    ['', /holds no name/],
    ['name\n', /holds no name/],
    ['Ada\nAda\n', /"Ada" stands in it twice/],
    ['"Ada', /Cannot use the class list: /],
    [Array.from({ length: 501 }, (_, at) => `s${at}`).join('\n'), /501 names/],
  ])('%#: what is wrong is said', (csv, why) => {
    expect(() => parseRoster(csv)).toThrow(why);
  });
});

describe('the same seed', () => {
  test('gives the same conversation again, and each student another', () => {
    expect(conversationFor('a', 'Ada')).toEqual(conversationFor('a', 'Ada'));
    const all = Array.from({ length: 40 }, (_, at) => JSON.stringify(conversationFor('a', `student ${at}`)));
    expect(new Set(all).size).toBe(40);
    expect(conversationFor('b', 'Ada')).not.toEqual(conversationFor('a', 'Ada'));
  });

  test('gives the same questions on the same captures', () => {
    expect(questionsFor(lesson(), 'a', 'Ada')).toEqual(questionsFor(lesson(), 'a', 'Ada'));
    expect(otherSentences('a', 'Ada')).not.toEqual(otherSentences('a', 'Bea'));
  });

  test('throws the same dice on every machine', () => {
    const dice = new Dice('seed', 'name');
    expect(Array.from({ length: 8 }, () => dice.below(6))).toEqual(EXPECTED_THROWS);
    expect([...new Dice('x').shuffled([1, 2, 3, 4])].sort()).toEqual([1, 2, 3, 4]);
  });
});

/** `printf '["seed","name"] 0' | sha256sum` and so on: the first 8 digits as a number, modulo 6. */
const EXPECTED_THROWS = [5, 5, 5, 2, 4, 4, 5, 3];

test('a name is text on the sheet, whatever stands in it', () => {
  expect(questionSheet({ name: '<script>alert(1)</script>', folder: 'x' }, [])).not.toContain('<script');
});

test('two students: folders of their own, answers that their captures bear out, keys only with the teacher', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'servchat-class-'));
  try {
    const roster = path.join(folder, 'roster.csv');
    fs.writeFileSync(roster, 'name\nAda\nBea\n');
    const out = path.join(folder, 'out');
    const run = new TestProcess(process.execPath, [MAIN, 'lesson', '--class', roster, '--out', out, '--seed', 'autumn']);
    expect({ status: await run.ended, errors: run.errors }).toEqual({ status: 0, errors: '' });
    const files = fs.readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((file) => file.includes(path.sep)).sort();
    const own = (name: string) => ['encrypted.pcap', 'plaintext.pcap', 'questions.md'].map((file) => path.join(name, file));
    expect(files.filter((file) => !file.startsWith('teacher'))).toEqual([...own('01-ada'), ...own('02-bea')]);
    expect(files.filter((file) => file.startsWith('teacher'))).toHaveLength(5);

    const answers = fs.readFileSync(path.join(out, 'teacher', 'answers.md'), 'utf8');
    for (const [folderName, name] of [['01-ada', 'Ada'], ['02-bea', 'Bea']] as const) {
      const { findings } = await inspectCapture(path.join(out, folderName, 'plaintext.pcap'));
      const read = findings.conversations[0]!.messages.map((message) => (message.kind === 'readable' ? message.text : ''));
      expect(read).toEqual(conversationFor('autumn', name).map(({ text }) => text));
      const chapter = answers.split(/^## /m).find((text) => text.startsWith(folderName))!;
      const asked = /What was said in frame (\d+) of plaintext\.pcap\?\n\n`?([^`\n]*)`?/.exec(chapter)!;
      const message = findings.conversations[0]!.messages.find(({ place }) => place.frame === Number(asked[1]))!;
      expect(message.kind === 'readable' && message.text).toBe(asked[2]);
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
