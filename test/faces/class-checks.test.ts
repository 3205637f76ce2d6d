/** The table of a class, as CSV and at a terminal. */
import { parse } from 'csv-parse/sync';
import { expect, test } from '@jest/globals';

import { cannotTell } from '../../src/clinic/finding.js';
import { classCsv, classLines } from '../../src/faces/class-checks.js';
import { madeCheck } from '../clinic/made-check.js';

const BOM = '\ufeff';
const rowsOf = (table: string): string[][] => parse(table.replace(BOM, ''));

test('each submission has a row, each question a column, and a fault its words', () => {
  const table = classCsv([
    { name: 'ada', check: madeCheck('otter'), notes: [] },
    { name: 'bob', check: null, notes: ['the check failed: no'] },
  ]);
  expect(table.startsWith(BOM)).toBe(true);
  const [heads, ada, bob] = rowsOf(table);
  const at = (row: string[], head: string): string => row[heads!.indexOf(head)]!;
  const counts = ['folder', 'faults', 'cannot tell', 'does not apply'].map((head) => at(ada!, head));
  expect(counts).toEqual(['ada', '1', '1', '1']);
  expect(ada!.filter((cell) => cell === 'does not apply: Only one is heard: otter')).toHaveLength(1);
  expect(at(ada!, 'tell first')).toBe('Two became one: otter');
  expect(ada!.filter((cell) => cell === 'fault: Two became one: otter')).toHaveLength(1);
  expect(ada!.filter((cell) => cell === 'good')).toHaveLength(1);
  expect([at(bob!, 'folder'), at(bob!, 'faults'), at(bob!, 'note')]).toEqual(['bob', '', 'the check failed: no']);
  expect(bob!.filter((cell) => cell === 'not tried').length).toBeGreaterThan(5);
});

test('programs that never came to chat are not told to be without fault', () => {
  const made = madeCheck('otter');
  const findings = [{ question: 'works' as const, took: 1, ...cannotTell('The server ended', 'A server that starts') }];
  const submitted = [{ name: 'ada', check: { ...made, findings }, notes: [] }];
  expect(rowsOf(classCsv(submitted))[1]).toContain('they did not chat: The server ended');
  const lines = classLines(submitted, { width: 80, colour: false }).join('\n');
  expect(lines).toMatch(/ada +– +they did not chat: The server ended/);
  expect(lines).not.toContain('no fault');
});

test('nothing in the CSV is computed by a spreadsheet, and no text ends its cell or its row', () => {
  const texts = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '＝1', 'a","b', 'one\r\ntwo', '\x1b[2J'];
  const table = classCsv(texts.map((name) => ({ name, check: madeCheck(name), notes: [name] })));
  const rows = rowsOf(table);
  expect(rows).toHaveLength(texts.length + 1);
  expect(rows.flat().filter((cell) => /^\s*[=+\-@＝]/.test(cell))).toEqual([]);
  // eslint-disable-next-line no-control-regex -- those are what may not be there
  expect(table.replaceAll('\r\n', '')).not.toMatch(/[\x00-\x1f]/);
});

test('at a terminal: who has how many, which one first, and how often each fault is there', () => {
  const lines = classLines(
    [
      { name: 'ada', check: madeCheck('otter'), notes: [] },
      { name: '\x1b[2Jbob', check: null, notes: ['the check failed: \x1b[2J'] },
    ],
    { width: 80, colour: false },
  ).join('\n');
  expect(lines).toMatch(/ada +1 +Two became one: otter/);
  expect(lines).toMatch(/bob +– +the check failed/);
  expect(lines).toContain('1 of 1 pair: a fault in');
  expect(lines).not.toContain('\x1b');
});
