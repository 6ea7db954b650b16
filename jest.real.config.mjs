import unit from './jest.config.mjs';

/** Tests against real servers on loopback. One after the other: they share two cores with what they start. */
export default {
  ...unit,
  roots: ['<rootDir>/test/real'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  testTimeout: 60_000,
};
