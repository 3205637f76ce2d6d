/** `lesson --chapters DIR`: a teacher's own chapters. */
import fs from 'node:fs';
import path from 'node:path';

import { expect, test } from '@jest/globals';

import { run, temporaryDirectory } from '../servchat-process.js';

const CAPTURE = path.resolve('captures/samples/plaintext.pcap');

function chapters(files: Readonly<Record<string, string>>): string {
  const folder = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
  return folder;
}

const lesson = (folder: string, out: string) =>
  run(['lesson', '--capture', CAPTURE, '--chapters', folder, '--out', out]);

test('are used in the order of their numbers, and other files are not', async () => {
  const folder = chapters({
    '10-Zum Schluss.md': '# Last\n\nThe end.\n',
    '2-Größen.md': '\ufeff# First of all\n\nThe longest: :run[longest message]\n',
    'notes.md': '# Not a chapter\n',
  });
  const out = path.join(temporaryDirectory(), 'mine');
  expect(await lesson(folder, out)).toMatchObject({ status: 0, errors: '' });
  const text = fs.readFileSync(`${out}.md`, 'utf8');
  expect(text.indexOf('First of all')).toBeGreaterThan(0);
  expect(text.indexOf('Last')).toBeGreaterThan(text.indexOf('First of all'));
  expect(text).not.toContain('Not a chapter');
  expect(text).not.toContain('Two programs talk');
  expect(text).toContain('I am from Computer science department');
});

test.each<[string, () => string, RegExp]>([
  [
    'a name that does not exist',
    () => chapters({ '01-a.md': '# A\n\nWell:\n\n:run[no such value]\n' }),
    /01-a\.md, line 5: the run has no value called “no such value”/,
  ],
  ['no title', () => chapters({ '01-a.md': 'A\n' }), /01-a\.md, line 1: a chapter begins with its title/],
  [
    'quotes within quotes, 1,000 levels',
    () => chapters({ '01-a.md': `# A\n\nWell:\n\n${'> '.repeat(1000)}x\n` }),
    /01-a\.md, line 5: the line begins with more than 25 marks of quotes or lists/,
  ],
  [
    'quotes within quotes, 20,000 levels',
    () => chapters({ '01-a.md': `# A\n\n${'> '.repeat(20_000)}x\n` }),
    /01-a\.md, line 3: the line begins with more than 25 marks of quotes or lists/,
  ],
  ['no chapters', () => chapters({ 'README.md': '# A\n' }), /it holds none; a chapter is a file called 01-NAME\.md/],
  ['no folder', () => '/nowhere', /Cannot read the chapters of \/nowhere: there is no such file or folder/],
  ['a file', () => path.join(chapters({ 'x.md': '' }), 'x.md'), /this is a file; give a folder/],
])('%s: one line, and nothing is written', async (_, folder, why) => {
  const out = path.join(temporaryDirectory(), 'mine');
  const { status, output, errors } = await lesson(folder(), out);
  expect({ status, output, errors }).toEqual({ status: 1, output: '', errors: expect.stringMatching(why) });
  expect(errors).toMatch(/^servchat: [^\n]*\n$/);
  expect(fs.existsSync(`${out}.html`)).toBe(false);
});
