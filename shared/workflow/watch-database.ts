import { risenCpu } from '../capacity/crowded-database.ts';
import { failsMoreOften } from '../capacity/failure-share.ts';
import type { DatabasePolicy } from '../config/policy.ts';
import type { CpuPeriod, DatabaseCounters, DatabaseState, FailureCount, Worsening } from '../domain/pooler.ts';
import { NOT_ASKED, type Reading, seen, unseen } from '../domain/reading.ts';
import { type EpochMs, later, type Percent, type Seconds } from '../domain/units.ts';
import { databaseCpuQuery } from '../levers/metric-queries.ts';
import type { Clock, MetricReader } from '../ports.ts';

/** What can be seen of the database behind PgBouncers while they are tuned. */
export interface DatabaseWatch {
  /** Unseen where no database is named that could be asked. */
  readonly readCounters: () => Promise<Reading<DatabaseCounters>>;
  /** The newest period of its CPU that is over. */
  readonly readCpu: () => Promise<Reading<CpuPeriod>>;
  readonly cpuHighPercent: Percent;
}

/** PostgreSQL shows what a session has counted up to so much later (PGSTAT_MIN_INTERVAL in its source). */
const COUNTED_LATE: Seconds = 1;

/** CloudWatch is not asked more often than this: RDS has a new point once a minute. */
const ASKED_EVERY: Seconds = 30;

/** The CPU of the database as CloudWatch has it: minutes, one to two minutes late. */
export function databaseCpuIn(
  metrics: MetricReader,
  database: DatabasePolicy | undefined,
  clock: Clock,
): DatabaseWatch['readCpu'] {
  if (database === undefined) return () => Promise.resolve(NOT_ASKED);
  let known: { readonly cpu: Reading<CpuPeriod>; readonly askedAt: EpochMs } | null = null;
  return async () => {
    const now = clock.now();
    if (known !== null && now < later(known.askedAt, ASKED_EVERY)) return known.cpu;
    const [series] = await metrics.read([databaseCpuQuery(database)], now);
    known = { cpu: newestOf(series ?? NOT_ASKED), askedAt: now };
    return known.cpu;
  };
}

function newestOf(series: Awaited<ReturnType<MetricReader['read']>>[number]): Reading<CpuPeriod> {
  if (series.kind === 'unseen') return series;
  const point = series.value.points.at(-1);
  if (point === undefined) return unseen({ code: 'no-data' });
  if (!(point.value >= 0 && Number.isFinite(point.value)))
    return unseen({ code: 'invalid', value: String(point.value) });
  return seen({ at: point.at, percent: point.value }, point.at);
}

/** How the database fared before the first PgBouncer was set, and where its counters stood then. */
export interface DatabaseBefore {
  readonly state: DatabaseState;
  readonly counters: Reading<DatabaseCounters>;
}

export interface WatchTools {
  readonly database: DatabaseWatch;
  readonly wait: (seconds: Seconds) => Promise<void>;
}

/** Takes as long as it is watched, and hardly more. */
export async function watchBefore({ database, wait }: WatchTools, seconds: Seconds): Promise<DatabaseBefore> {
  const [start, cpu] = await Promise.all([database.readCounters(), database.readCpu(), wait(seconds)]);
  const counters = start.kind === 'seen' ? await database.readCounters() : start;
  const cpuPercent = cpu.kind === 'seen' ? cpu.value.percent : null;
  return { state: { cpuPercent, failures: failuresBetween(start, counters) }, counters };
}

/** What the database has fared since the first PgBouncer was set: the CPU of a period that begins after it counts. */
export async function watchSince(
  before: DatabaseBefore,
  firstSetAt: EpochMs,
  { database }: WatchTools,
): Promise<DatabaseState> {
  // Who has not answered before is not waited for again.
  const isCounted = before.counters.kind === 'seen';
  const [counters, cpu] = await Promise.all([
    isCounted ? database.readCounters() : before.counters,
    database.readCpu(),
  ]);
  return {
    cpuPercent: cpu.kind === 'seen' && cpu.value.at >= firstSetAt ? cpu.value.percent : null,
    failures: failuresBetween(before.counters, counters),
  };
}

/** The same after the last PgBouncer, when all is counted that has happened. */
export async function watchToTheEnd(
  before: DatabaseBefore,
  firstSetAt: EpochMs,
  tools: WatchTools,
): Promise<DatabaseState> {
  if (before.counters.kind === 'seen') await tools.wait(COUNTED_LATE);
  return watchSince(before, firstSetAt, tools);
}

/**
 * What has got worse, as far as both was seen: unseen is never zero.
 *
 * @param work transactions a second before and after; `null` where they were not measured
 */
export function worseningOf(
  before: DatabaseState,
  after: DatabaseState,
  work: { readonly before: number; readonly after: number } | null,
  limit: Percent,
): Worsening | null {
  if (before.failures !== null && after.failures !== null && failsMoreOften(before.failures, after.failures)) {
    return { what: 'failed-transactions', before: before.failures, after: after.failures };
  }
  if (before.cpuPercent === null || after.cpuPercent === null) return null;
  return risenCpu({ before: before.cpuPercent, after: after.cpuPercent, limit }, work);
}

/** `null` where one of them is unseen, or the counters began anew. */
function failuresBetween(first: Reading<DatabaseCounters>, last: Reading<DatabaseCounters>): FailureCount | null {
  if (first.kind === 'unseen' || last.kind === 'unseen') return null;
  const failed = last.value.failed - first.value.failed;
  const of = last.value.transactions - first.value.transactions;
  return failed < 0 || of < 0 ? null : { failed, of };
}
