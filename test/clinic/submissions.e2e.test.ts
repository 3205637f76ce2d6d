/** A class, with real programs: a pair that works, one whose server crashes, and folders without programs. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { expect, test } from '@jest/globals';

import { describedPair, PairError } from '../../src/clinic/pair.js';
import { checkSubmission, submissionsIn, type Result } from '../../src/clinic/submissions.js';
import { freePort } from '../../src/clinic/way-in.js';

const NODE = JSON.stringify(process.execPath);
/** So that the last questions are not asked: this test is about the class. */
const LIMIT_MS = 9_000;

test('one that crashes and one that cannot be run stop nobody, and each has its row', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'servchat-class-'));
  const port = await freePort();
  const write = (file: string, text: string): void => {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), text);
  };
  const chat = `
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => socket.write(line + '\\n'));
    require('node:readline').createInterface({ input: socket }).on('line', (line) => console.log('Other: ' + line));`;
  const client = `const socket = require('node:net').connect(${port}, '127.0.0.1');${chat}`;
  write('a10/server.cjs', 'throw new Error("crash")');
  write('a10/client.cjs', client);
  // As unpacking often leaves it.
  write(
    'a9/project/server.cjs',
    `require('node:net').createServer((socket) => {${chat}}).listen(${port}, '127.0.0.1');`,
  );
  write('a9/project/client.cjs', client);
  write('a9/__MACOSX/x', '');
  write('a11/notes.txt', 'nothing to run');
  write('readme.txt', 'a file beside the folders is no submission');

  const pairIn = (where: string): ReturnType<typeof describedPair> => {
    if (!fs.existsSync(path.join(where, 'server.cjs'))) throw new PairError('there is nothing to run');
    const described = { server: { command: `${NODE} server.cjs` }, client: { command: `${NODE} client.cjs` }, port };
    return describedPair(described, where);
  };
  try {
    const results: Result[] = [];
    for (const submission of submissionsIn(folder))
      results.push(await checkSubmission(submission, pairIn, { limitMs: LIMIT_MS, keepCaptures: true }));
    expect(results.map(({ name }) => name)).toEqual(['a9', 'a10', 'a11']);
    const [works, crashes, nothing] = results;
    const first = works!.check!.findings[0]!;
    expect([first.question, first.verdict]).toEqual(['works', 'good']);
    // The capture of the run that it names was kept, though the check is over.
    const kept = works!.check!.runs.find(({ run }) => run === first.evidence[0]!.run);
    expect(kept!.captures.client.length).toBeGreaterThan(100);
    expect(crashes!.check!.findings.map(({ verdict }) => verdict)).not.toContain('good');
    expect(nothing).toEqual({ name: 'a11', check: null, notes: ['there is nothing to run'] });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
