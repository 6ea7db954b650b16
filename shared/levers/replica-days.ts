import type { DatabasePolicy, LeverSettings } from '../config/policy.ts';
import type { DatabaseFacts, InfrastructureSnapshot } from '../domain/infrastructure.ts';
import { mapReading, NOT_ASKED, type Reading, seen, type Series, unseen } from '../domain/reading.ts';
import type { EpochMs, Percent } from '../domain/units.ts';
import { badHoursOfDays, combined } from './hours-of-days.ts';
import { infrastructureNeed, metricIn, wholePeriods } from './infrastructure-look.ts';
import type { Need } from './lever.ts';
import { databaseMetricQuery, hourlySpan, type MetricSpan } from './metric-queries.ts';

export interface ReplicaDays {
  /** What was reached in the busy hours of each day. */
  readonly writerCpuPercent: Reading<readonly number[]>;
  /** Mean over the replicas; not asked where there are none. */
  readonly replicaCpuPercent: Reading<readonly number[]>;
  /** What half of each day was above, of the replica that is furthest behind. */
  readonly lagMillis: Reading<readonly number[]>;
  /** Share of reads in the load, over all these days. */
  readonly readPercent: Reading<Percent>;
}

/** The worst hour of each of the calm days. */
export type CalmReplicaDays = Pick<ReplicaDays, 'writerCpuPercent' | 'replicaCpuPercent'>;

const HOURS_OF_A_DAY = 24;
/**
 * Without writes ReplicaLag of RDS for PostgreSQL rises to five minutes and falls again (Amazon RDS User Guide, "Monitoring
 * read replication"): a night of that is no lag, half a day is.
 */
const STEADY_HOURS = 12;

const WRITER_CPU = 'read-replica/writer-cpu';
const READERS_CPU = 'read-replica/readers-cpu';
const READERS_LAG = 'read-replica/readers-lag';
const READS = 'read-replica/reads';
const WRITES = 'read-replica/writes';
const READ_SHARE = 'read-replica/read-share';
const cpuOf = (replica: string): string => `read-replica/cpu/${replica}`;
const lagOf = (replica: string): string => `read-replica/lag/${replica}`;

export function replicaNeeds(
  database: DatabasePolicy,
  facts: DatabaseFacts,
  lever: LeverSettings['read-replica'],
): readonly Need[] {
  const { sustained, calmDays, readShare } = lever;
  // A day more: today is not over.
  const span = (days: number): MetricSpan => hourlySpan((days + 1) * HOURS_OF_A_DAY, 'Average');
  const [short, long] = [span(sustained.of), span(Math.max(sustained.of, calmDays))];
  const writer = infrastructureNeed(WRITER_CPU, databaseMetricQuery(database, 'CPUUtilization', long));
  const share =
    readShare === undefined
      ? [
          infrastructureNeed(READS, databaseMetricQuery(database, 'ReadIOPS', short)),
          infrastructureNeed(WRITES, databaseMetricQuery(database, 'WriteIOPS', short)),
        ]
      : [infrastructureNeed(READ_SHARE, { ...readShare, ...short })];
  return [writer, ...share, ...ofReplicas(database, facts.replicas, { short, long })];
}

function ofReplicas(
  database: DatabasePolicy,
  replicas: DatabaseFacts['replicas'],
  { short, long }: { readonly short: MetricSpan; readonly long: MetricSpan },
): readonly Need[] {
  if (replicas.length === 0) return [];
  if (database.kind === 'aurora-cluster') {
    const ofReaders = (metric: string, span: MetricSpan) => ({
      ...databaseMetricQuery(database, metric, span),
      dimensions: { DBClusterIdentifier: database.identifier, Role: 'READER' },
    });
    return [
      infrastructureNeed(READERS_CPU, ofReaders('CPUUtilization', long)),
      infrastructureNeed(READERS_LAG, ofReaders('AuroraReplicaLag', short)),
    ];
  }
  return replicas.flatMap((identifier) => [
    infrastructureNeed(cpuOf(identifier), databaseMetricQuery({ ...database, identifier }, 'CPUUtilization', long)),
    infrastructureNeed(lagOf(identifier), databaseMetricQuery({ ...database, identifier }, 'ReplicaLag', short)),
  ]);
}

export function replicaDays(
  infrastructure: InfrastructureSnapshot,
  kind: DatabasePolicy['kind'],
  { sustained, busyHours, readShare }: LeverSettings['read-replica'],
  now: EpochMs,
): ReplicaDays {
  const rule = { days: sustained.of, hours: busyHours, bad: 'high' } as const;
  return {
    writerCpuPercent: badHoursOfDays(metricIn(infrastructure, WRITER_CPU), rule, now),
    replicaCpuPercent: badHoursOfDays(replicaCpu(infrastructure, kind), rule, now),
    lagMillis: badHoursOfDays(replicaLag(infrastructure, kind), { ...rule, hours: STEADY_HOURS }, now),
    readPercent:
      readShare === undefined
        ? shareOfReads(infrastructure, now)
        : meanOf(wholePeriods(metricIn(infrastructure, READ_SHARE), now)),
  };
}

export function calmReplicaDays(
  infrastructure: InfrastructureSnapshot,
  kind: DatabasePolicy['kind'],
  { calmDays }: LeverSettings['read-replica'],
  now: EpochMs,
): CalmReplicaDays {
  const rule = { days: calmDays, hours: 1, bad: 'high' } as const;
  return {
    writerCpuPercent: badHoursOfDays(metricIn(infrastructure, WRITER_CPU), rule, now),
    replicaCpuPercent: badHoursOfDays(replicaCpu(infrastructure, kind), rule, now),
  };
}

function replicaCpu(infrastructure: InfrastructureSnapshot, kind: DatabasePolicy['kind']): Reading<Series> {
  if (kind === 'aurora-cluster') return metricIn(infrastructure, READERS_CPU);
  const replicas = replicasOf(infrastructure);
  const total = joined(
    replicas.map((replica) => metricIn(infrastructure, cpuOf(replica))),
    (a, b) => a + b,
  );
  return scaled(total, 1 / Math.max(1, replicas.length));
}

const MILLIS_PER_SECOND = 1000;

function replicaLag(infrastructure: InfrastructureSnapshot, kind: DatabasePolicy['kind']): Reading<Series> {
  // Aurora tells milliseconds, RDS seconds.
  if (kind === 'aurora-cluster') return metricIn(infrastructure, READERS_LAG);
  const lags = replicasOf(infrastructure).map((replica) => metricIn(infrastructure, lagOf(replica)));
  return scaled(joined(lags, Math.max), MILLIS_PER_SECOND);
}

function replicasOf({ database }: InfrastructureSnapshot): readonly string[] {
  return database.kind === 'seen' ? database.value.replicas : [];
}

function joined(series: readonly Reading<Series>[], combine: (a: number, b: number) => number): Reading<Series> {
  const [first = NOT_ASKED, ...others] = series;
  return others.reduce((all, one) => combined(all, one, combine), first);
}

function scaled(series: Reading<Series>, factor: number): Reading<Series> {
  return mapReading(series, ({ periodSeconds, points }) => ({
    periodSeconds,
    points: points.map(({ at, value }) => ({ at, value: value * factor })),
  }));
}

/** By disk operations: reads that memory answers are not among them, so that this is the least that it can be. */
function shareOfReads(infrastructure: InfrastructureSnapshot, now: EpochMs): Reading<Percent> {
  const reads = meanOf(wholePeriods(metricIn(infrastructure, READS), now));
  const writes = meanOf(wholePeriods(metricIn(infrastructure, WRITES), now));
  if (reads.kind === 'unseen') return reads;
  if (writes.kind === 'unseen') return writes;
  const all = reads.value + writes.value;
  return all === 0 ? unseen({ code: 'no-data' }) : seen((100 * reads.value) / all, reads.at);
}

function meanOf(series: Reading<Series>): Reading<number> {
  if (series.kind === 'unseen') return series;
  const { points } = series.value;
  if (points.length === 0) return unseen({ code: 'no-data' });
  const invalid = points.find(({ value }) => !Number.isFinite(value) || value < 0);
  if (invalid !== undefined) return unseen({ code: 'invalid', value: String(invalid.value) });
  return seen(points.reduce((sum, { value }) => sum + value, 0) / points.length, series.at);
}
