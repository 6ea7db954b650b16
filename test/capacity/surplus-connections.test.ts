import { describe, expect, it } from '@jest/globals';
import { surplusPools } from '../../shared/capacity/surplus-connections.ts';
import type { PooledDatabase, PooledUser, PoolReading } from '../../shared/domain/pooler.ts';
import { aPool, aPooledDatabase, aPooler } from '../support/builders/pooler-readings.ts';

const ofUser = (own: Partial<PooledUser>): PooledUser => ({
  name: 'app',
  poolSize: null,
  reservePoolSize: null,
  ...own,
});

describe('a pool of 10 and a reserve of 2', () => {
  // prettier-ignore
  it.each<{ when: string; pool: Partial<PoolReading>; database?: Partial<PooledDatabase>; user?: Partial<PooledUser>; surplus: [number, number] | null }>([
    { when: 'is full with its reserve',              pool: { serversActive: 12 },                                       surplus: null },
    { when: 'has one more at work',                  pool: { serversActive: 13 },                                       surplus: [13, 12] },
    { when: 'has one more that is idle',             pool: { serversActive: 4, serversIdle: 9 },                        surplus: [13, 12] },
    { when: 'has one more that is checked',          pool: { serversActive: 12, serversOther: 1 },                      surplus: [13, 12] },
    { when: 'has one more that only logs in',        pool: { serversActive: 12, serversOther: 1, serversLoggingIn: 1 }, surplus: null },
    { when: 'has a user with a smaller size',        pool: { serversActive: 7 },  user: { poolSize: 4 },                surplus: [7, 6] },
    { when: 'has a user with a larger size',         pool: { serversActive: 13 }, user: { poolSize: 20 },               surplus: null },
    { when: 'may have a user with a smaller size',   pool: { serversActive: 12 }, user: { poolSize: 4, repeated: ['poolSize'] }, surplus: null },
    { when: 'may have a user with a larger size',    pool: { serversActive: 22 }, user: { poolSize: 20, repeated: ['poolSize'] }, surplus: null },
    { when: 'may have a user with a larger size, and has more', pool: { serversActive: 23 }, user: { poolSize: 20, repeated: ['poolSize'] }, surplus: [23, 22] },
    { when: 'has a user without a reserve',          pool: { serversActive: 11 }, user: { reservePoolSize: 0 },         surplus: [11, 10] },
    { when: 'has a size that may be of another user', pool: { serversActive: 12 }, user: { poolSize: 4, repeated: ['poolSize'] }, surplus: null },
    { when: 'has more than either of them allows',   pool: { serversActive: 13 }, user: { poolSize: 4, repeated: ['poolSize'] }, surplus: [13, 12] },
    { when: 'has a reserve that may be of another user', pool: { serversActive: 12 }, user: { reservePoolSize: 0, repeated: ['reservePoolSize'] }, surplus: null },
    { when: 'is of a database with a size of its own', pool: { serversActive: 6 }, database: { poolSize: 3, sizeFrom: 'own' }, surplus: [6, 5] },
    { when: 'is unlimited',                          pool: { serversActive: 99 }, database: { poolSize: 0 },            surplus: null },
    { when: 'is of a database that is gone',         pool: { serversActive: 99, database: 'gone' },                     surplus: null },
  ])('$when: $surplus', ({ pool, database, user, surplus }) => {
    const reading = aPooler({
      pools: [aPool(pool)],
      databases: [aPooledDatabase({ poolSize: 10, reservePoolSize: 2, ...database })],
      users: user === undefined ? [] : [ofUser(user)],
    });
    expect(surplusPools(reading).map(({ open, allowed }) => [open, allowed])).toEqual(surplus === null ? [] : [surplus]);
  });
});
