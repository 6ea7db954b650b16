import unit from './jest.config.mjs';

/** Tests against real servers on loopback. One after the other: they share two cores with what they start. */
export default {
  ...unit,
  roots: ['<rootDir>/test/real'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  // Many wait until something is so, and some install the emulator first: only what never comes about takes so long.
  testTimeout: 300_000,
};
