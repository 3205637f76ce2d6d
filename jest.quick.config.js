/**
 * `npm run test:quick`, for the loop of change and test: no process, no browser, no fuzzing, and no test
 * that takes seconds of processor time. Test files that start processes are found by their names and imports. `test/tools.ts`
 * leaves out tests with somebody else's program, and long tests.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import config from './jest.config.js';

process.env.SERVCHAT_QUICK = '1';

const STARTS_PROCESSES =
  /from '(node:child_process|playwright-core|(\.\.?\/)+(gate\/)?(servchat-process|at-terminal|live-available|small-project)\.js)'/;

const leftOut = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((name) => join('test', name))
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => file.endsWith('.e2e.test.ts') || STARTS_PROCESSES.test(readFileSync(file, 'utf8')));

export default {
  ...config,
  // No test waits for a process, so more workers than processors gain nothing.
  maxWorkers: '100%',
  testPathIgnorePatterns: [
    '/node_modules/',
    '/test/fuzz/',
    ...leftOut.map((file) => `${file.replace(/[\\.]/g, '\\$&')}$`),
  ],
  setupFiles: ['<rootDir>/test/gate/no-processes.ts'],
};
