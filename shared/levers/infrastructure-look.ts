import type { InfrastructureSnapshot } from '../domain/infrastructure.ts';
import type { MetricQuery } from '../domain/metric-query.ts';
import { mapReading, newest, NOT_ASKED, type Reading, type Series } from '../domain/reading.ts';
import { DAY, earlier, type EpochMs, later, type Seconds } from '../domain/units.ts';
import type { Need } from './lever.ts';

/**
 * How a lever of the infrastructure sees. It asks for metrics by a name of its own in `needs`, `<what>/<metric>`, and finds
 * them under that name in the snapshot. Two levers that ask for the same query under two names pay for it once; a name
 * means one query, so that another window of the same metric needs another name: `database/cpu-daily`.
 */
export function infrastructureNeed(metric: string, query: MetricQuery): Need {
  return { slot: 'infrastructure', metric, query };
}

export function metricIn({ metrics }: InfrastructureSnapshot, metric: string): Reading<Series> {
  return metrics[metric] ?? NOT_ASKED;
}

/** Without the period that is not over: its mean, sum or maximum is not yet that of the whole. */
export function wholePeriods(series: Reading<Series>, now: EpochMs): Reading<Series> {
  return mapReading(series, ({ periodSeconds, points }) => ({
    periodSeconds,
    points: points.filter(({ at }) => later(at, periodSeconds) <= now),
  }));
}

/** A day that ended longer ago is not the newest: that one is missing. */
const LATEST_DAY: Seconds = DAY;

/** The newest whole days (UTC), oldest first: unseen when one of them is missing, invalid or too old. */
export function newestDays(daily: Reading<Series>, days: number, now: EpochMs): Reading<readonly number[]> {
  return newest(wholePeriods(daily, now), days, LATEST_DAY, now);
}

/** The newest whole periods of any length, oldest first. At most two of them may be late. */
export function newestPeriods(series: Reading<Series>, count: number, now: EpochMs): Reading<readonly number[]> {
  const lateSeconds = series.kind === 'seen' ? 2 * series.value.periodSeconds : 0;
  return newest(wholePeriods(series, now), count, lateSeconds, now);
}

/** Values as `newestPeriods` gave them, with their times: a record that is read years later shows when each was. */
export function asSeries(values: Reading<readonly number[]>, periodSeconds: Seconds): Reading<Series> {
  if (values.kind === 'unseen') return values;
  const { at, value } = values;
  const points = value.map((each, index) => ({
    at: earlier(at, (value.length - 1 - index) * periodSeconds),
    value: each,
  }));
  return { ...values, value: { periodSeconds, points } };
}

export function valuesOf(series: Reading<Series>): Reading<readonly number[]> {
  return mapReading(series, ({ points }) => points.map(({ value }) => value));
}

/**
 * The values of a metric that is silent where nothing happens, at the periods of one that is not: `null` where it has none.
 *
 * @param like as `newestPeriods` gave it
 */
export function alongside(
  series: Reading<Series>,
  like: Reading<readonly number[]>,
): Reading<readonly (number | null)[]> {
  if (series.kind === 'unseen') return series;
  if (like.kind === 'unseen') return like;
  const { points, periodSeconds } = series.value;
  const values = new Map(points.map(({ at, value }) => [at, value]));
  const count = like.value.length;
  return mapReading(like, (all) =>
    all.map((_, index) => values.get(earlier(like.at, (count - 1 - index) * periodSeconds)) ?? null),
  );
}

/** How many of them breach, and their mean: of what breaches, or of all where nothing does. */
export interface Breaches {
  readonly breaching: number;
  readonly of: number;
  readonly mean: number;
}

export function breachesOf(values: readonly number[], isBreaching: (value: number) => boolean): Breaches {
  const breaching = values.filter(isBreaching);
  const counted = breaching.length > 0 ? breaching : values;
  const mean = counted.reduce((sum, value) => sum + value, 0) / counted.length;
  return { breaching: breaching.length, of: values.length, mean };
}
