import fs from 'node:fs';
import path from 'node:path';

import { expect } from '@jest/globals';

import { run, temporaryDirectory } from '../servchat-process.js';

export interface Recorded {
  readonly directory: string;
  readonly output: string;
}

/** Plays these lines with `demo compare`, without attacks. Returns the folder of the captures, and what was printed. */
export async function recordedScript(lines: readonly string[], captureWith: 'tap' | 'live'): Promise<Recorded> {
  const directory = temporaryDirectory();
  const script = path.join(directory, 'script.txt');
  fs.writeFileSync(script, `${lines.join('\n')}\n`);
  const options = ['--script', script, '--out', directory, '--capture-with', captureWith, '--no-attacks'];
  const { status, output, errors } = await run(['demo', 'compare', ...options]);
  expect([status, errors]).toEqual([0, '']);
  return { directory, output };
}
