export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/gate/without-types.mjs' },
  // Sources import each other as `./name.js`, as Node needs after the build; Jest reads the `.ts` beside it.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testTimeout: 60_000,
  // As many as there are processors. Jest's own choice is one less, and it takes a share above 100 % for a number.
  maxWorkers: '100%',
  testSequencer: '<rootDir>/test/gate/sequencer.mjs',
  reporters: ['default', '<rootDir>/test/gate/closing-line.mjs'],
};
