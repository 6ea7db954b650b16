import { expect, it } from '@jest/globals';
import { planAt } from '../../shared/guards/connection-plan.ts';
import { A_DATABASE, A_POOLER, aFleetPolicy, aServiceInput, TWO_POOLS } from '../support/builders/policy.ts';

it('the connection plan of a fleet: pools added up, direct connections added up, tasks as asked', () => {
  const policy = aFleetPolicy({
    services: [aServiceInput({ connectsTo: 'pooler', pools: TWO_POOLS }), aServiceInput({ name: 'portal', max: 8 })],
    pooler: { ...A_POOLER, reservePoolSize: 3, databaseUserPairs: 2 },
    database: A_DATABASE,
  });
  expect(planAt(policy, (name, configuredMax) => (name === 'core-api' ? 7 : configuredMax))).toEqual({
    services: [
      { name: 'core-api', tasks: 7, connectionsPerTask: 50, connectsTo: 'pooler' },
      { name: 'portal', tasks: 8, connectionsPerTask: 0, connectsTo: 'nothing' },
    ],
    pooler: { tasks: 2, poolSize: 25, reservePoolSize: 3, databaseUserPairs: 2, maxClientConnections: 1000 },
    database: { maxConnections: 200, usableShare: 80, directConnections: 12 },
  });
});

it('has no pooler and no database where the fleet has none', () => {
  expect(planAt(aFleetPolicy(), () => 1)).toMatchObject({ pooler: null, database: null });
});
