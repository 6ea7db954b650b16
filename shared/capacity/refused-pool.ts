import type { PooledDatabase, PoolerReading, PoolReading, Worsening } from '../domain/pooler.ts';
import type { Connections } from '../domain/units.ts';
import { openIn, readyIn } from './surplus-connections.ts';

/**
 * A pool in which clients wait although it may open more connections, and none comes about: the database refuses them, or
 * hangs while they log in. PgBouncer shows no error of it and tries again after `server_login_retry`, 15 s.
 *
 * A pool that was not full before had that trouble already, and a limit of PgBouncer itself is no refusal.
 *
 * @param before the look before the size was set.
 */
export function refusedPool(before: PoolerReading, after: PoolerReading): Worsening | null {
  for (const pool of after.pools) {
    const was = before.pools.find(({ database, user }) => database === pool.database && user === pool.user);
    const [sizeBefore, size] = [sizeOf(pool, before), sizeOf(pool, after)];
    if (was === undefined || sizeBefore === null || size === null || openIn(was) < sizeBefore) continue;
    const open = openIn(pool);
    const isStuck = pool.serversLoggingIn === 0 || readyIn(pool) <= readyIn(was);
    if (pool.clientsWaiting === 0 || open >= size || !isStuck) continue;
    return {
      what: 'connections-refused',
      pool: `${pool.database}/${pool.user}`,
      open: readyIn(pool),
      poolSize: size,
      clientsWaiting: pool.clientsWaiting,
    };
  }
  return null;
}

/** `null` where something else than its size bounds the pool, or it does not serve. */
function sizeOf({ database, user }: PoolReading, reading: PoolerReading): Connections | null {
  const found = reading.databases.find(({ name }) => name === database);
  if (found === undefined || isBoundElsewhere(found, reading)) return null;
  const { poolSize, repeated = [] } = reading.users.find(({ name }) => name === user) ?? { poolSize: null };
  if (poolSize === null) return found.poolSize;
  // What may be of another user is no proof that more could be open.
  return repeated.includes('poolSize') ? Math.min(poolSize, found.poolSize) : poolSize;
}

function isBoundElsewhere(
  { maxConnections, isPaused, isDisabled }: PooledDatabase,
  { maxDatabaseConnections, maxUserConnections }: PoolerReading,
): boolean {
  return isPaused || isDisabled || maxConnections > 0 || maxDatabaseConnections > 0 || maxUserConnections > 0;
}
