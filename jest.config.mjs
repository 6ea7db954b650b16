/** Unit tests and scenarios; `test/real` needs servers and runs through jest.real.config.mjs. */
export default {
  testEnvironment: '<rootDir>/test/support/test-environment.ts',
  // One process for each core: by default one core is left to a person who waits.
  maxWorkers: '100%',
  // Nothing here waits for a clock: what takes longer than the usual 5 s runs on a machine that is busy with something else.
  testTimeout: 120_000,
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/real/'],
  moduleNameMapper: { '^fast-check$': '<rootDir>/test/support/repeatable-fast-check.ts' },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
};
