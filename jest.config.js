export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['babel-jest', { presets: [['@babel/preset-typescript', { onlyRemoveTypeImports: true }]] }],
  },
  // Sources import each other as `./name.js`, as Node needs after the build; Jest reads the `.ts` beside it.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testTimeout: 60_000,
  // Three for each two processors: a test that has started a process mostly waits for it. Jest's own choice is one less
  // than there are processors.
  maxWorkers: '150%',
  testSequencer: '<rootDir>/test/gate/sequencer.mjs',
  reporters: ['default', '<rootDir>/test/gate/closing-line.mjs'],
};
