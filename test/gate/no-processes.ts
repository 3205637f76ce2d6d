/** In `npm run test:quick`, a test that tries to start a process fails. The message says where such a test belongs. */
import { jest } from '@jest/globals';

const WAYS = ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'];

function refuse(): never {
  throw new Error('npm run test:quick starts no processes: jest.quick.config.js says which test files it leaves out');
}

jest.unstable_mockModule('node:child_process', () => Object.fromEntries(WAYS.map((way) => [way, refuse])));
