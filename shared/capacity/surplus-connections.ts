import type { PoolerReading, PoolReading } from '../domain/pooler.ts';
import type { Connections } from '../domain/units.ts';

/** A pool that has more server connections than its size and its reserve allow. */
export interface SurplusPool {
  readonly database: string;
  readonly user: string;
  readonly open: Connections;
  readonly allowed: Connections;
}

/**
 * Pools above their size. After a lowered size PgBouncer closes only what it finds idle three times a second, which in a
 * pool for which clients wait is nothing: there the surplus lives as long as `server_lifetime`, an hour by default.
 * Source: `check_pool_size` in PgBouncer's janitor.c, and our own tests.
 */
export function surplusPools(reading: PoolerReading): readonly SurplusPool[] {
  return reading.pools.flatMap((pool) => {
    const { database, user } = pool;
    const [allowed, open] = [allowedIn(pool, reading), readyIn(pool)];
    return allowed === null || open <= allowed ? [] : [{ database, user, open, allowed }];
  });
}

/** `null`: unlimited, or of a database that is not there any more. What may be the size of another user is no limit of this one. */
function allowedIn({ database, user }: PoolReading, { databases, users }: PoolerReading): Connections | null {
  const found = databases.find(({ name }) => name === database);
  if (found === undefined) return null;
  const own = users.find(({ name }) => name === user);
  const inForce = (size: 'poolSize' | 'reservePoolSize'): Connections =>
    own?.repeated?.includes(size) === true ? Math.max(own[size] ?? 0, found[size]) : (own?.[size] ?? found[size]);
  const size = inForce('poolSize');
  return size === 0 || found.poolSize === 0 ? null : size + inForce('reservePoolSize');
}

export function openIn({ serversActive, serversIdle, serversOther }: PoolReading): Connections {
  return serversActive + serversIdle + serversOther;
}

/** Without those that log in still. */
export function readyIn(pool: PoolReading): Connections {
  return openIn(pool) - pool.serversLoggingIn;
}
