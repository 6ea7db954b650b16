import { type Reading, seen, type Series, unseen } from '../domain/reading.ts';
import { DAY, earlier, type EpochMs, HOUR } from '../domain/units.ts';
import { wholePeriods } from './infrastructure-look.ts';

/**
 * One number for each day, out of hourly aggregates. The mean of a day tells little of a database that is idle at night,
 * its maximum is a spike: judged is what was reached in `hours` of the day. With three hours a day
 *
 *   82, 78, 75, 40, 38, …  ->  75 where high is scarce
 *   9, 11, 14, 30, 33, …   ->  14 where low is scarce
 */
export interface DayRule {
  readonly days: number;
  /** So many hours of the day are at least as bad; with 1 it is the worst. */
  readonly hours: number;
  readonly bad: 'high' | 'low';
}

const HOURS_OF_A_DAY = 24;
/** CloudWatch loses an hour now and then, at a restart; two are a hole. */
const LEAST_HOURS = HOURS_OF_A_DAY - 1;

/**
 * The newest whole days (UTC), oldest first, so that the answer changes once a day: unseen where a day has a hole, or
 * yesterday is missing.
 */
export function badHoursOfDays(
  hourly: Reading<Series>,
  { days, hours, bad }: DayRule,
  now: EpochMs,
): Reading<readonly number[]> {
  const whole = wholePeriods(hourly, now);
  if (whole.kind === 'unseen') return whole;
  if (whole.value.points.length === 0) return unseen({ code: 'no-data' });
  const today = startOfDay(now);
  const first = earlier(today, days * DAY);
  const byDay = new Map<EpochMs, number[]>();
  for (const { at, value } of whole.value.points) {
    if (at < first || at >= today) continue;
    if (!Number.isFinite(value) || value < 0) return unseen({ code: 'invalid', value: String(value) });
    const day = startOfDay(at);
    byDay.set(day, [...(byDay.get(day) ?? []), value]);
  }
  const complete = [...byDay.entries()].filter(([, values]) => values.length >= LEAST_HOURS).sort(([a], [b]) => a - b);
  if (complete.length < days) return unseen({ code: 'incomplete', points: complete.length, needed: days });
  return seen(
    complete.map(([, values]) => nthWorst(values, hours, bad)),
    earlier(today, HOUR),
  );
}

function nthWorst(values: readonly number[], nth: number, bad: DayRule['bad']): number {
  const worstFirst = values.toSorted((a, b) => (bad === 'high' ? b - a : a - b));
  return worstFirst[Math.min(nth, worstFirst.length) - 1] ?? 0;
}

function startOfDay(at: EpochMs): EpochMs {
  return Math.floor(at / (DAY * 1000)) * DAY * 1000;
}

/** Two series as one, hour by hour; an hour that one of them lacks is missing. */
export function combined(
  a: Reading<Series>,
  b: Reading<Series>,
  combine: (a: number, b: number) => number,
): Reading<Series> {
  if (a.kind === 'unseen') return a;
  if (b.kind === 'unseen') return b;
  const values = new Map(b.value.points.map(({ at, value }) => [at, value]));
  const points = a.value.points.flatMap(({ at, value }) => {
    const other = values.get(at);
    return other === undefined ? [] : [{ at, value: combine(value, other) }];
  });
  return seen({ periodSeconds: a.value.periodSeconds, points }, Math.min(a.at, b.at));
}
