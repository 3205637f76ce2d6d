import { availableParallelism } from 'node:os';

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/gate/without-types.mjs' },
  // Sources import each other as `./name.js`, as Node needs after the build; Jest reads the `.ts` beside it.
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^fast-check$': '<rootDir>/test/gate/fast-check.ts',
  },
  // It ends a test that hangs. How long something takes is measured by `npm run bench`.
  testTimeout: 240_000,
  // Two more than there are processors, because tests that start programs wait for much of their time. Jest itself would
  // take one less.
  maxWorkers: availableParallelism() + 2,
  testSequencer: '<rootDir>/test/gate/sequencer.mjs',
  reporters: ['default', '<rootDir>/test/gate/closing-line.mjs'],
};
