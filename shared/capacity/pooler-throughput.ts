import type { PoolerReading, PoolerSample, PoolerThroughput } from '../domain/pooler.ts';
import { secondsBetween } from '../domain/units.ts';

/** What one PgBouncer has got through between two looks; `null` where no time has passed or its counters began anew. */
export function throughputBetween(first: PoolerSample, last: PoolerSample): PoolerThroughput | null {
  const passed = secondsBetween(first.at, last.at);
  const [before, after] = [totalsOf(first.reading), totalsOf(last.reading)];
  const transactions = after.transactions - before.transactions;
  if (passed <= 0 || transactions < 0) return null;
  return {
    seconds: passed,
    defaultPoolSize: last.reading.sizes.defaultPoolSize,
    transactionsPerSecond: transactions / passed,
    clientsWaiting: last.reading.pools.reduce((sum, { clientsWaiting }) => sum + clientsWaiting, 0),
    waitMillis: transactions === 0 ? 0 : (1000 * (after.waitSeconds - before.waitSeconds)) / transactions,
  };
}

/** What one PgBouncer has got through in the looks of a probe; `null` as above, or where they are fewer than two. */
export function throughputIn(samples: readonly PoolerSample[]): PoolerThroughput | null {
  const [first] = samples;
  const last = samples.at(-1);
  return first === undefined || last === undefined ? null : throughputBetween(first, last);
}

function totalsOf({ databases }: PoolerReading): { readonly transactions: number; readonly waitSeconds: number } {
  return {
    transactions: databases.reduce((sum, { totals }) => sum + totals.transactions, 0),
    waitSeconds: databases.reduce((sum, { totals }) => sum + totals.waitSeconds, 0),
  };
}

/** All PgBouncers of a fleet together; the wait is the mean over their transactions. */
export function together(parts: readonly PoolerThroughput[]): PoolerThroughput {
  const sum = (of: (part: PoolerThroughput) => number): number => parts.reduce((all, part) => all + of(part), 0);
  const transactionsPerSecond = sum((part) => part.transactionsPerSecond);
  return {
    seconds: Math.max(0, ...parts.map(({ seconds }) => seconds)),
    defaultPoolSize: Math.max(0, ...parts.map(({ defaultPoolSize }) => defaultPoolSize)),
    transactionsPerSecond,
    clientsWaiting: sum(({ clientsWaiting }) => clientsWaiting),
    waitMillis:
      transactionsPerSecond === 0
        ? 0
        : sum((part) => part.waitMillis * part.transactionsPerSecond) / transactionsPerSecond,
  };
}

/** Throughput within this share of what it was counts as the same: a few seconds of a live load are no steady state. */
const NOISE_SHARE = 0.1;

/** Of counts that come by chance (Poisson), a difference of so many standard deviations is no chance any more. */
const SURE_DEVIATIONS = 3;

/**
 * Whether a change made things worse: clients that wait get less through than before, or wait although nobody did. Less
 * load with nobody waiting is not worse; nor are clients that wait because more is asked of the pools, or because a larger
 * `max_client_conn` has let them in.
 */
export function isWorse(before: PoolerThroughput, after: PoolerThroughput): boolean {
  if (after.clientsWaiting === 0) return false;
  if (before.clientsWaiting === 0) {
    const isOfPools = before.defaultPoolSize !== after.defaultPoolSize;
    return isOfPools && !isLess(after, before) && after.waitMillis > Math.max(1, before.waitMillis * 2);
  }
  return isLess(before, after) && after.clientsWaiting >= before.clientsWaiting;
}

function isLess(before: PoolerThroughput, after: PoolerThroughput): boolean {
  const [was, is] = [before.transactionsPerSecond, after.transactionsPerSecond];
  const deviation = Math.sqrt(was / before.seconds + is / after.seconds);
  return was - is > Math.max(was * NOISE_SHARE, SURE_DEVIATIONS * deviation);
}
