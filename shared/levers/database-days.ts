import type { DatabasePolicy, FleetPolicy, LeverSettings } from '../config/policy.ts';
import type { DatabaseFacts, InfrastructureSnapshot } from '../domain/infrastructure.ts';
import { mapReading, type Reading, type Series } from '../domain/reading.ts';
import type { FleetSnapshot } from '../domain/snapshot.ts';
import type { EpochMs } from '../domain/units.ts';
import { cameTrueAt } from './came-true.ts';
import { badHoursOfDays, type DayRule } from './hours-of-days.ts';
import { infrastructureNeed, metricIn } from './infrastructure-look.ts';
import type { Need } from './lever.ts';
import { databaseMetricQuery, hourlySpan, type MetricSpan, poolerPeakQuery } from './metric-queries.ts';
import { databaseResourceOf } from './resources.ts';

/** A number for each day, oldest first; sizes in GiB, shares in percent. */
export type Days = Reading<readonly number[]>;

/** What the busy hours of the last days have used of a database. */
export interface DatabaseDays {
  readonly cpuPercent: Days;
  /** Average active sessions that run, and those that wait for anything but CPU. `no-data` without Database Insights. */
  readonly sessionsOnCpu: Days;
  readonly sessionsWaiting: Days;
  readonly freeMemoryGiB: Days;
  readonly swapGiB: Days;
  readonly connections: Days;
  /** `no-data` for a class that needs no credits. */
  readonly ioCreditsPercent: Days;
}

export type CalmDays = Pick<DatabaseDays, 'cpuPercent' | 'freeMemoryGiB' | 'connections'>;

const HOURS_OF_A_DAY = 24;

function spanOf(days: number, statistic: MetricSpan['statistic']): MetricSpan {
  // A day more: today is not over.
  return hourlySpan((days + 1) * HOURS_OF_A_DAY, statistic);
}

/** Metrics of RDS by the names under which the lever finds them. */
const METRICS = {
  'database-class/cpu': ['CPUUtilization', 'Average', 'calm'],
  'database-class/free-memory': ['FreeableMemory', 'Average', 'calm'],
  'database-class/connections': ['DatabaseConnections', 'Maximum', 'calm'],
  'database-class/swap': ['SwapUsage', 'Average', 'sustained'],
  'database-class/sessions-on-cpu': ['DBLoadCPU', 'Average', 'sustained'],
  'database-class/sessions-waiting': ['DBLoadNonCPU', 'Average', 'sustained'],
  'database-class/io-credits': ['EBSIOBalance%', 'Minimum', 'sustained'],
  'database-class/byte-credits': ['EBSByteBalance%', 'Minimum', 'sustained'],
} as const;
type MetricName = keyof typeof METRICS;
const POOLER_PEAK = 'database-class/pool-in-use';

/** What the lever asks for, all by the hour: fourteen days of it for what has to be sustained, more for what has to be calm. */
export function databaseDaysNeeds(policy: FleetPolicy, database: DatabasePolicy): readonly Need[] {
  const { sustained, calmDays } = policy.levers['database-class'];
  const reach = { sustained: sustained.of, calm: Math.max(sustained.of, calmDays) };
  const ofRds = Object.entries(METRICS).map(([name, [metric, statistic, window]]) =>
    infrastructureNeed(name, databaseMetricQuery(database, metric, spanOf(reach[window], statistic))),
  );
  if (policy.pooler?.console === undefined) return ofRds;
  return [...ofRds, infrastructureNeed(POOLER_PEAK, poolerPeakQuery(policy.name, sustained.of * HOURS_OF_A_DAY))];
}

const BYTES_PER_GIB = 1024 ** 3;

export function databaseDays(
  infrastructure: InfrastructureSnapshot,
  { sustained, busyHours }: LeverSettings['database-class'],
  now: EpochMs,
): DatabaseDays {
  const days = (name: MetricName, bad: DayRule['bad']): Days =>
    badHoursOfDays(metricIn(infrastructure, name), { days: sustained.of, hours: busyHours, bad }, now);
  return {
    cpuPercent: days('database-class/cpu', 'high'),
    sessionsOnCpu: days('database-class/sessions-on-cpu', 'high'),
    sessionsWaiting: days('database-class/sessions-waiting', 'high'),
    freeMemoryGiB: inGiB(days('database-class/free-memory', 'low')),
    swapGiB: inGiB(days('database-class/swap', 'high')),
    connections: days('database-class/connections', 'high'),
    ioCreditsPercent: lowerOf(days('database-class/io-credits', 'low'), days('database-class/byte-credits', 'low')),
  };
}

/** The worst hour of each of the calm days. */
export function calmDatabaseDays(
  infrastructure: InfrastructureSnapshot,
  { calmDays }: LeverSettings['database-class'],
  now: EpochMs,
): CalmDays {
  const days = (name: MetricName, bad: DayRule['bad']): Days =>
    badHoursOfDays(metricIn(infrastructure, name), { days: calmDays, hours: 1, bad }, now);
  return {
    cpuPercent: days('database-class/cpu', 'high'),
    freeMemoryGiB: inGiB(days('database-class/free-memory', 'low')),
    connections: days('database-class/connections', 'high'),
  };
}

/** Most connections of a pool that were in use at once, as the probe has published them. */
export function poolPeak(infrastructure: InfrastructureSnapshot): Reading<number> {
  return mapReading(metricIn(infrastructure, POOLER_PEAK), ({ points }: Series) =>
    Math.max(0, ...points.map(({ value }) => value)),
  );
}

function inGiB(days: Days): Days {
  return mapReading(days, (values) => values.map((bytes) => bytes / BYTES_PER_GIB));
}

/** Day by day; where only one of the two is published, that one. */
function lowerOf(a: Days, b: Days): Days {
  if (a.kind === 'unseen') return b;
  if (b.kind === 'unseen') return a;
  return mapReading(a, (values) => values.map((value, day) => Math.min(value, b.value[day] ?? value)));
}

/** When the database last became another one, by the newest of what AWS tells, and of what we have done or had proposed. */
export function changedAt(
  facts: Reading<DatabaseFacts>,
  snapshot: Pick<FleetSnapshot, 'changes' | 'proposals'>,
  database: DatabasePolicy,
): EpochMs | null {
  if (facts.kind === 'unseen') return null;
  const { changedAt: told = null, instanceClass } = facts.value;
  const ours = cameTrueAt(
    {
      kinds: ['change-database-class'],
      resource: databaseResourceOf(database),
      stands: ({ database: { identifier }, to }) =>
        identifier === database.identifier && to.instanceClass === instanceClass,
    },
    snapshot,
  );
  const known = [told, ours].filter((at) => at !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** States in which the database stays what it is. */
const STEADY: ReadonlySet<string> = new Set(['available', 'backing-up', 'storage-optimization', 'storage-full']);

/** What the database is about to become another one by; `null` where it stays. */
export function changingBy({ status, hasPendingChange }: DatabaseFacts): string | null {
  if (!STEADY.has(status)) return status;
  return hasPendingChange ? 'a change waits for the maintenance window' : null;
}
