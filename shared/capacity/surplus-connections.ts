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

/** `null`: unlimited, or of a database that is not there any more. */
function allowedIn({ database, user }: PoolReading, { databases, users }: PoolerReading): Connections | null {
  const found = databases.find(({ name }) => name === database);
  if (found === undefined) return null;
  const own = users.find(({ name }) => name === user);
  // Where it is not known whose size that is, what either of them allows is no surplus.
  const inForce = (which: 'poolSize' | 'reservePoolSize'): readonly Connections[] => {
    const ofUser = own?.[which] ?? null;
    if (ofUser === null) return [found[which]];
    return own?.repeated?.includes(which) === true ? [ofUser, found[which]] : [ofUser];
  };
  const sizes = inForce('poolSize');
  return sizes.includes(0) ? null : Math.max(...sizes) + Math.max(...inForce('reservePoolSize'));
}

export function openIn({ serversActive, serversIdle, serversOther }: PoolReading): Connections {
  return serversActive + serversIdle + serversOther;
}

/** Without those that log in still. */
export function readyIn(pool: PoolReading): Connections {
  return openIn(pool) - pool.serversLoggingIn;
}
