import { describe, expect, it } from '@jest/globals';
import { refusedPool } from '../../shared/capacity/refused-pool.ts';
import type { PooledDatabase, PoolerReading, PoolReading } from '../../shared/domain/pooler.ts';
import { aPool, aPooledDatabase, aPooler } from '../support/builders/pooler-readings.ts';

interface Look {
  readonly pool?: Partial<PoolReading>;
  readonly database?: Partial<PooledDatabase>;
  readonly pooler?: Partial<PoolerReading>;
}
const look = (size: number, { pool, database, pooler }: Look): PoolerReading =>
  aPooler({
    pools: [aPool({ clientsWaiting: 9, serversActive: 3, ...pool })],
    databases: [aPooledDatabase({ poolSize: size, ...database })],
    ...pooler,
  });

/** A pool of 3 that was full has become one of 12. */
describe('a pool in which no further connection comes about', () => {
  // prettier-ignore
  it.each<{ when: string; before?: Look; after: Look; open: number | null }>([
    { when: 'none has come, none logs in',            after: {},                                                       open: 3 },
    { when: 'two have come, and no more',             after: { pool: { serversActive: 4, serversIdle: 1 } },            open: 5 },
    { when: 'one logs in, and two have come',         after: { pool: { serversActive: 5, serversOther: 1, serversLoggingIn: 1 } }, open: null },
    { when: 'one logs in all the time',               after: { pool: { serversOther: 1, serversLoggingIn: 1 } },         open: 3 },
    { when: 'one is missing',                         after: { pool: { serversActive: 11 } },                           open: 11 },
    { when: 'the pool is full',                       after: { pool: { serversActive: 12 } },                           open: null },
    { when: 'nobody waits',                           after: { pool: { clientsWaiting: 0 } },                           open: null },
    { when: 'it was not full before',                 before: { pool: { serversActive: 2 } }, after: {},                open: null },
    { when: 'it is new',                              before: { pooler: { pools: [] } }, after: {},                     open: null },
    { when: 'its user has a size of his own',         after: { pooler: { users: [{ name: 'app', poolSize: 3, reservePoolSize: null }] } }, open: null },
    { when: 'a size may be his or of another user',   after: { pooler: { users: [{ name: 'app', poolSize: 50, reservePoolSize: null, repeated: ['poolSize'] }] }, pool: { serversActive: 12 } }, open: null },
    { when: 'PgBouncer bounds the database',          after: { database: { maxConnections: 3 } },                       open: null },
    { when: 'PgBouncer bounds every database',        after: { pooler: { maxDatabaseConnections: 3 } },                 open: null },
    { when: 'PgBouncer bounds every user',            after: { pooler: { maxUserConnections: 3 } },                     open: null },
    { when: 'it is paused',                           after: { database: { isPaused: true } },                          open: null },
    { when: 'it is disabled',                         after: { database: { isDisabled: true } },                        open: null },
  ])('$when: $open', ({ before = {}, after, open }) => {
    const refused = refusedPool(look(3, before), look(12, after));
    expect(refused).toEqual(
      open === null
        ? null
        : { what: 'connections-refused', pool: 'app/app', open, poolSize: 12, clientsWaiting: 9 },
    );
  });
});
