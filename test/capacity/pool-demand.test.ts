import { describe, expect, it } from '@jest/globals';
import { poolDemands } from '../../shared/capacity/pool-demand.ts';
import { poolRoomPlan } from '../../shared/capacity/pool-room.ts';
import type { ObservedPooler, PooledUser, PoolReading } from '../../shared/domain/pooler.ts';
import { seen } from '../../shared/domain/reading.ts';
import { aPool, aPooledDatabase, aPooler } from '../support/builders/pooler-readings.ts';
import { NOW } from '../support/builders/time.ts';

/** One pool of default size 25 in two looks. */
function observed(user: PooledUser | null, pool: Partial<PoolReading> = {}): ObservedPooler {
  const reading = aPooler({
    pools: [aPool({ serversActive: 3, ...pool })],
    databases: [aPooledDatabase({ poolSize: 25, reservePoolSize: 2 })],
    users: user === null ? [] : [user],
    sizes: { defaultPoolSize: 25, reservePoolSize: 2, maxClientConnections: 1000 },
  });
  return {
    instance: { id: 'a', host: '10.0.1.4', port: 6432, availabilityZone: null },
    samples: seen(
      [-1, 0].map((second) => ({ at: NOW + second * 1000, reading })),
      NOW,
    ),
  };
}

const app = (poolSize: number | null, over: Partial<PooledUser> = {}): PooledUser => ({
  name: 'app',
  poolSize,
  reservePoolSize: null,
  ...over,
});
const perhaps = (poolSize: number): PooledUser => app(poolSize, { repeated: ['poolSize'] });

describe('whose size is in force for a pool, and what of it the connection math has to count', () => {
  // prettier-ignore
  it.each<{ when: string; user: PooledUser | null; pool?: Partial<PoolReading>; own: boolean; size: number; counted: number }>([
    { when: 'the default size alone',                          user: null,        own: false, size: 25, counted: 0 },
    { when: 'a size of the user',                              user: app(3),      own: true,  size: 3,  counted: 5 },
    { when: 'a reserve of the user alone',                     user: app(null, { reservePoolSize: 6 }), own: false, size: 25, counted: 4 },
    { when: 'a smaller size that may be of another user',      user: perhaps(3),  own: false, size: 25, counted: 0 },
    { when: 'the same, and the pool stands at it, but nobody waits', user: perhaps(3), pool: { clientsWaiting: 0 }, own: false, size: 25, counted: 0 },
    { when: 'the same, and clients wait while it stands at it', user: perhaps(3), pool: { clientsWaiting: 5 }, own: true, size: 3, counted: 5 },
    { when: 'the same, and more are open',                     user: perhaps(3),  pool: { clientsWaiting: 5, serversActive: 25 }, own: false, size: 25, counted: 0 },
    { when: 'a larger size that may be of another user',       user: perhaps(40), own: false, size: 25, counted: 15 },
    { when: 'a smaller reserve that may be of another user',   user: app(3, { reservePoolSize: 1, repeated: ['reservePoolSize'] }), own: true, size: 3, counted: 5 },
  ])('$when', ({ user, pool, own, size, counted }) => {
    const one = observed(user, pool);
    const demands = poolDemands(one);
    expect(demands).toMatchObject([{ ownedBy: own ? 'user' : null, poolSize: size }]);
    const plan = poolRoomPlan(demands, {
      instances: seen([one], NOW),
      tasks: 1,
      databaseUserPairs: 1,
      directConnections: 0,
      limit: 100,
    });
    expect(plan.ownConnections).toBe(counted);
  });
});
