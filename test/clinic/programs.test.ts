/** The table of chat programs agrees with the folders, and what it says of their code is in their code. */
import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { type Because, type Pair, PAIRS, QUESTIONS } from './programs/table.js';

const PROGRAMS = path.resolve('test/clinic/programs');

function sourceOf({ name }: Pair): string {
  const folder = path.join(PROGRAMS, name);
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => fs.readFileSync(path.join(folder, entry.name), 'utf8'))
    .join('\n');
}

/** The pieces of code that a row quotes. */
function quotedBy(pair: Pair): string[] {
  const lists: Because[] = [pair.fault, pair.cannotTell ?? {}, pair.doesNotApply ?? {}, pair.open ?? {}];
  const reasons = lists.flatMap((because) => Object.values(because));
  return reasons.flatMap((reason) => [...reason.matchAll(/`([^`]+)`/g)].map(([, code]) => code!));
}

test('each folder has a row, and each row a folder', () => {
  const folders = fs.readdirSync(PROGRAMS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(PAIRS.map(({ name }) => name).sort()).toEqual(folders.map(({ name }) => name).sort());
});

test('no two pairs want the same port', () => {
  const ports = PAIRS.map(({ port }) => port).filter((port) => typeof port === 'number');
  expect(new Set(ports).size).toBe(ports.length);
});

test('each question has a pair that proves that its fault is found', () => {
  const proved = new Set(PAIRS.flatMap(({ proves }) => proves));
  expect(Object.keys(QUESTIONS).filter((question) => !proved.has(question as keyof typeof QUESTIONS))).toEqual([]);
});

describe.each(PAIRS.map((pair) => ({ pair, name: pair.name })))('$name', ({ pair }) => {
  test('each question has one answer', () => {
    const lists = [pair.fault, pair.cannotTell ?? {}, pair.doesNotApply ?? {}, pair.open ?? {}];
    const questions = lists.flatMap((because) => Object.keys(because));
    expect(questions.filter((question, index) => questions.indexOf(question) !== index)).toEqual([]);
    expect(pair.proves.filter((question) => !(question in pair.fault))).toEqual([]);
  });

  test('the code that its row quotes is in its sources', () => {
    const source = sourceOf(pair);
    expect(quotedBy(pair).filter((code) => !source.includes(code))).toEqual([]);
  });

  test('each program begins with a comment that says what it is, and its port is in both', () => {
    const sources = [pair.server, pair.client].map((command) => {
      // The command of a compiled program is its name without an end.
      const end = pair.compile === undefined ? '' : `.${pair.language}`;
      const file = /\S+\.(?:py|mjs|cjs|java|c)\b/.exec(`${command}${end}`)?.[0];
      return fs.readFileSync(path.join(PROGRAMS, pair.name, file!), 'utf8');
    });
    for (const source of sources) {
      expect(source).toMatch(/^(?:# |\/\/ |\/\* )\S/);
      if (typeof pair.port === 'number') expect(source).toMatch(new RegExp(`\\b${pair.port}\\b`));
    }
  });
});
