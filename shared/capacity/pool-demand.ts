import type { ObservedPooler, PooledDatabase, PooledTotals, PoolerSample, PoolReading } from '../domain/pooler.ts';
import { type Connections, secondsBetween } from '../domain/units.ts';

/** What the clients of one pool wanted of it while it was looked at. */
export interface PoolDemand {
  /** `database/user`. */
  readonly pool: string;
  readonly database: string;
  readonly user: string;
  readonly instance: string;
  readonly poolSize: Connections;
  readonly sizeFrom: 'default' | 'own';
  /** In force for this pool. */
  readonly reservePoolSize: Connections;
  /** Fewest and mean of the looks. */
  readonly leastWaiting: number;
  readonly meanWaiting: number;
  readonly mostActive: Connections;
  /** Mean wait of a transaction of its database; of the client at the head of the queue where none has ended. */
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
        ...sizeOf(last, pool, database),
        leastWaiting: Math.min(...looks.map(({ clientsWaiting }) => clientsWaiting)),
        meanWaiting: mean(looks.map(({ clientsWaiting }) => clientsWaiting)),
        mostActive: Math.max(...looks.map(({ serversActive }) => serversActive)),
        waitMillis: waitMillis(first, last, pool),
        transactionMillis: transactionMillis(first, last, pool),
        needed: Math.max(seen, counted),
      },
    ];
  });
}

/** Size in force: that of the user outranks that of the database. */
function sizeOf(
  { reading }: PoolerSample,
  pool: PoolReading,
  database: PooledDatabase,
): Pick<PoolDemand, 'poolSize' | 'sizeFrom' | 'reservePoolSize'> {
  const user = reading.users.find(({ name }) => name === pool.user);
  const ofUser = user?.poolSize ?? null;
  return {
    poolSize: ofUser ?? database.poolSize,
    sizeFrom: ofUser === null ? database.sizeFrom : 'own',
    reservePoolSize: user?.reservePoolSize ?? database.reservePoolSize,
  };
}

function looksAt(samples: readonly PoolerSample[], { database, user }: PoolReading): readonly PoolReading[] {
  return samples.flatMap(({ reading }) =>
    reading.pools.filter((pool) => pool.database === database && pool.user === user),
  );
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

function waitMillis(first: PoolerSample, last: PoolerSample, pool: PoolReading): number {
  const grown = growth(first, last, pool.database);
  const ended = grown === null || grown.transactions === 0 ? 0 : grown.waitSeconds / grown.transactions;
  const isStuck = grown === null || grown.transactions === 0;
  return 1000 * (isStuck ? pool.longestWaitSeconds : ended);
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
