import type { PoolKeeper } from '../domain/pool-reason.ts';
import type { ObservedPooler, PooledDatabase, PooledTotals, PoolerSample, PoolReading } from '../domain/pooler.ts';
import { type Connections, secondsBetween } from '../domain/units.ts';
import { openIn } from './surplus-connections.ts';

/** What the clients of one pool wanted of it while it was looked at. */
export interface PoolDemand {
  /** `database/user`. */
  readonly pool: string;
  readonly database: string;
  readonly user: string;
  readonly instance: string;
  readonly poolSize: Connections;
  /** Where a size of its own stands; `null` where it has the default one. */
  readonly ownedBy: 'database' | 'user' | null;
  /** In force for this pool. */
  readonly reservePoolSize: Connections;
  /** So many more it may open where PgBouncer does not say whether a size is of its user. */
  readonly perhapsMore: Connections;
  /** Fewest and mean of the looks. */
  readonly leastWaiting: number;
  readonly meanWaiting: number;
  readonly mostActive: Connections;
  /** Most server connections at once, whatever they were at. */
  readonly mostOpen: Connections;
  /** What keeps it from opening more, as far as that is not its size; `null` where nothing of that is seen. */
  readonly keptBy: PoolKeeper | null;
  /**
   * Mean wait of a transaction of its database, or as long as somebody was at the head of its queue in every look: of one who
   * still waits nothing is counted, and of a database that others use much the mean says little.
   */
  readonly waitMillis: number;
  /** Mean time with its connection of a transaction of its database; `null` where none has ended. */
  readonly transactionMillis: number | null;
  /** Connections with which nobody would have waited, as a fraction. */
  readonly needed: number;
}

/**
 * The demand on every pool of one PgBouncer, from two looks or more. By Little's law (A Proof for the Queuing Formula
 * L = λW, 1961) the clients that hold or await a connection are throughput × (wait + hold), which the counters give as
 *
 *   needed = (Δ wait time + Δ transaction time) ÷ Δ time
 *
 * for a database; its pools share that by the clients that were seen. A client that still waits is not in the counters
 * yet, so what was seen in the queues is the least.
 *
 *   in 2 s: 8 s of waiting, 4 s in transactions   ->   6 connections
 */
export function poolDemands({ instance, samples }: ObservedPooler): readonly PoolDemand[] {
  if (samples.kind === 'unseen') return [];
  const [first] = samples.value;
  const last = samples.value.at(-1);
  if (first === undefined || last === undefined) return [];
  return last.reading.pools.flatMap((pool) => {
    const database = databaseOf(last, pool.database);
    if (database === undefined) return [];
    const looks = looksAt(samples.value, pool);
    const seen = mean(looks.map(clientsOf));
    const share = shareOf(samples.value, pool, seen);
    const counted = countedNeed(first, last, pool.database) * share;
    return [
      {
        pool: `${pool.database}/${pool.user}`,
        database: pool.database,
        user: pool.user,
        instance: instance.id,
        ...sizeOf(last, looks, database),
        leastWaiting: Math.min(...looks.map(({ clientsWaiting }) => clientsWaiting)),
        meanWaiting: mean(looks.map(({ clientsWaiting }) => clientsWaiting)),
        mostActive: Math.max(...looks.map(({ serversActive }) => serversActive)),
        mostOpen: Math.max(...looks.map(openIn)),
        keptBy: keeperOf(last, pool, database),
        waitMillis: waitMillis(first, last, looks),
        transactionMillis: transactionMillis(first, last, pool),
        needed: Math.max(seen, counted),
      },
    ];
  });
}

type PoolSize = Pick<PoolDemand, 'poolSize' | 'ownedBy' | 'reservePoolSize' | 'perhapsMore'>;

/**
 * Size in force: that of the user outranks that of the database. One that may be of another user counts as his own where the pool
 * stands right there while clients wait; otherwise the larger of the two is what may be opened.
 */
function sizeOf({ reading }: PoolerSample, looks: readonly PoolReading[], database: PooledDatabase): PoolSize {
  const user = reading.users.find(({ name }) => name === looks[0]?.user);
  const [ofUser, reserve] = [user?.poolSize ?? null, user?.reservePoolSize ?? null];
  const isRepeated = (size: 'poolSize' | 'reservePoolSize'): boolean => user?.repeated?.includes(size) === true;
  const standsAt = (size: Connections): boolean =>
    Math.max(...looks.map(openIn)) === size && looks.every(({ clientsWaiting }) => clientsWaiting > 0);
  const isOwn = ofUser !== null && (!isRepeated('poolSize') || standsAt(ofUser));
  const reservePoolSize = isRepeated('reservePoolSize')
    ? Math.max(reserve ?? 0, database.reservePoolSize)
    : (reserve ?? database.reservePoolSize);
  return isOwn
    ? { poolSize: ofUser, ownedBy: 'user', reservePoolSize, perhapsMore: 0 }
    : {
        poolSize: database.poolSize,
        ownedBy: database.sizeFrom === 'own' ? 'database' : null,
        reservePoolSize,
        perhapsMore: Math.max(0, (ofUser ?? 0) - database.poolSize),
      };
}

function looksAt(samples: readonly PoolerSample[], { database, user }: PoolReading): readonly PoolReading[] {
  return samples.flatMap(({ reading }) =>
    reading.pools.filter((pool) => pool.database === database && pool.user === user),
  );
}

function keeperOf({ reading }: PoolerSample, { user }: PoolReading, database: PooledDatabase): PoolKeeper | null {
  const { maxConnections, currentConnections, isPaused } = database;
  if (isPaused) return 'pause';
  if (maxConnections > 0 && currentConnections >= maxConnections) return 'max_db_connections';
  const ofUser = reading.pools.filter((pool) => pool.user === user).reduce((sum, pool) => sum + openIn(pool), 0);
  return reading.maxUserConnections > 0 && ofUser >= reading.maxUserConnections ? 'max_user_connections' : null;
}

function clientsOf({ serversActive, clientsWaiting }: PoolReading): number {
  return serversActive + clientsWaiting;
}

/** What part of its database's clients the pool has. */
function shareOf(samples: readonly PoolerSample[], { database }: PoolReading, seen: number): number {
  const all = mean(
    samples.map(({ reading }) =>
      reading.pools.filter((pool) => pool.database === database).reduce((sum, pool) => sum + clientsOf(pool), 0),
    ),
  );
  return all === 0 ? 0 : seen / all;
}

function countedNeed(first: PoolerSample, last: PoolerSample, database: string): number {
  const passed = secondsBetween(first.at, last.at);
  const grown = growth(first, last, database);
  return passed > 0 && grown !== null ? (grown.waitSeconds + grown.transactionSeconds) / passed : 0;
}

function waitMillis(first: PoolerSample, last: PoolerSample, looks: readonly PoolReading[]): number {
  const grown = growth(first, last, looks.at(-1)?.database ?? '');
  const ended = grown === null || grown.transactions === 0 ? 0 : grown.waitSeconds / grown.transactions;
  return 1000 * Math.max(ended, Math.min(...looks.map(({ longestWaitSeconds }) => longestWaitSeconds)));
}

function transactionMillis(first: PoolerSample, last: PoolerSample, { database }: PoolReading): number | null {
  const grown = growth(first, last, database);
  return grown === null || grown.transactions === 0 ? null : (1000 * grown.transactionSeconds) / grown.transactions;
}

/** `null` where the counters began anew in between. */
function growth(first: PoolerSample, last: PoolerSample, database: string): PooledTotals | null {
  const before = databaseOf(first, database)?.totals;
  const after = databaseOf(last, database)?.totals;
  if (before === undefined || after === undefined || after.transactions < before.transactions) return null;
  return {
    transactions: after.transactions - before.transactions,
    queries: after.queries - before.queries,
    transactionSeconds: after.transactionSeconds - before.transactionSeconds,
    querySeconds: after.querySeconds - before.querySeconds,
    waitSeconds: after.waitSeconds - before.waitSeconds,
  };
}

function databaseOf({ reading }: PoolerSample, name: string): PooledDatabase | undefined {
  return reading.databases.find((database) => database.name === name);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
