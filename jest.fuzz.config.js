/**
 * `npm run fuzz`: the tests that try random examples, with examples that no other run had. Each run prints its seed first.
 * FUZZ_SEED repeats a run.
 */
import { randomInt } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import config from './jest.config.js';

process.env.SERVCHAT_FUZZ = '1';
process.env.FUZZ_SEED ??= String(randomInt(2 ** 31));

const withProperties = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((name) => join('test', name))
  .filter(
    (file) => file.endsWith('.test.ts') && /from '(fast-check|.*\/fuzz\/asked\.js)'/.test(readFileSync(file, 'utf8')),
  );

export default {
  ...config,
  testTimeout: 24 * 3600 * 1000,
  testMatch: ['test/fuzz/*.test.ts', ...withProperties].map((file) => `<rootDir>/${file.replaceAll('\\', '/')}`),
};
