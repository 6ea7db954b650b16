import type { DatabasePolicy, LeverSettings } from '../config/policy.ts';
import type { InfrastructureSnapshot } from '../domain/infrastructure.ts';
import { mapReading, type Reading, seen, type Series, unseen } from '../domain/reading.ts';
import type { EpochMs, Percent } from '../domain/units.ts';
import { badHoursOfDays, combined } from './hours-of-days.ts';
import { infrastructureNeed, metricIn, newestPeriods } from './infrastructure-look.ts';
import type { Need } from './lever.ts';
import { databaseMetricQuery, hourlySpan } from './metric-queries.ts';

/** What the newest hours have asked of the storage, oldest first; reads and writes together. */
export interface StorageHours {
  readonly iops: Reading<readonly number[]>;
  readonly mibps: Reading<readonly number[]>;
  readonly queueDepth: Reading<readonly number[]>;
  readonly latencyMillis: Reading<readonly number[]>;
  /** Share of reads in all of them. */
  readonly readPercent: Reading<Percent>;
}

/** The worst hour of each of the calm days. */
export interface StorageDays {
  readonly iops: Reading<readonly number[]>;
  readonly mibps: Reading<readonly number[]>;
}

const METRICS = {
  'iops/reads': ['ReadIOPS', 'calm'],
  'iops/writes': ['WriteIOPS', 'calm'],
  'iops/read-bytes': ['ReadThroughput', 'calm'],
  'iops/write-bytes': ['WriteThroughput', 'calm'],
  'iops/queue-depth': ['DiskQueueDepth', 'sustained'],
  'iops/read-latency': ['ReadLatency', 'sustained'],
  'iops/write-latency': ['WriteLatency', 'sustained'],
} as const;
type MetricName = keyof typeof METRICS;

const HOURS_OF_A_DAY = 24;

export function storageNeeds(
  database: DatabasePolicy,
  { sustainedHours, calmDays }: LeverSettings['iops'],
): readonly Need[] {
  const hours = {
    sustained: sustainedHours.of,
    // A day more: today is not over.
    calm: Math.max(sustainedHours.of, (calmDays + 1) * HOURS_OF_A_DAY),
  };
  return Object.entries(METRICS).map(([name, [metric, window]]) =>
    infrastructureNeed(name, databaseMetricQuery(database, metric, hourlySpan(hours[window], 'Average'))),
  );
}

const BYTES_PER_MIB = 1024 ** 2;
const sum = (a: number, b: number): number => a + b;

function seriesOf(infrastructure: InfrastructureSnapshot, name: MetricName): Reading<Series> {
  return metricIn(infrastructure, name);
}

function iopsOf(infrastructure: InfrastructureSnapshot): Reading<Series> {
  return combined(seriesOf(infrastructure, 'iops/reads'), seriesOf(infrastructure, 'iops/writes'), sum);
}

function mibpsOf(infrastructure: InfrastructureSnapshot): Reading<Series> {
  const [read, write] = [seriesOf(infrastructure, 'iops/read-bytes'), seriesOf(infrastructure, 'iops/write-bytes')];
  return combined(read, write, (a, b) => (a + b) / BYTES_PER_MIB);
}

export function storageHours(
  infrastructure: InfrastructureSnapshot,
  { sustainedHours: { of } }: LeverSettings['iops'],
  now: EpochMs,
): StorageHours {
  const hours = (series: Reading<Series>): Reading<readonly number[]> => newestPeriods(series, of, now);
  const [read, write] = [seriesOf(infrastructure, 'iops/read-latency'), seriesOf(infrastructure, 'iops/write-latency')];
  return {
    iops: hours(iopsOf(infrastructure)),
    mibps: hours(mibpsOf(infrastructure)),
    queueDepth: hours(seriesOf(infrastructure, 'iops/queue-depth')),
    readPercent: shareOfReads(
      hours(seriesOf(infrastructure, 'iops/reads')),
      hours(seriesOf(infrastructure, 'iops/writes')),
    ),
    latencyMillis: mapReading(hours(combined(read, write, Math.max)), (values) => values.map((value) => value * 1000)),
  };
}

function shareOfReads(reads: Reading<readonly number[]>, writes: Reading<readonly number[]>): Reading<Percent> {
  if (reads.kind === 'unseen') return reads;
  if (writes.kind === 'unseen') return writes;
  const [read, written] = [total(reads.value), total(writes.value)];
  return read + written === 0 ? unseen({ code: 'no-data' }) : seen((100 * read) / (read + written), reads.at);
}

function total(values: readonly number[]): number {
  return values.reduce(sum, 0);
}

export function calmStorageDays(
  infrastructure: InfrastructureSnapshot,
  { calmDays }: LeverSettings['iops'],
  now: EpochMs,
): StorageDays {
  const rule = { days: calmDays, hours: 1, bad: 'high' } as const;
  return {
    iops: badHoursOfDays(iopsOf(infrastructure), rule, now),
    mibps: badHoursOfDays(mibpsOf(infrastructure), rule, now),
  };
}
