import type { MemoryWorld } from '../../shared/adapters/memory/world.ts';
import type { ServicePolicy } from '../../shared/config/policy.ts';
import type { MetricQuery } from '../../shared/domain/metric-query.ts';
import type { MetricPoint } from '../../shared/domain/reading.ts';
import { DAY, type EpochMs, instant, later, MINUTE, type Seconds } from '../../shared/domain/units.ts';
import { cpuHistoryQuery, requestHistoryQuery } from '../../shared/levers/metric-queries.ts';

/** What a service was like in one minute. `null`: CloudWatch has no point of it. */
export interface RecordedMinute {
  readonly requests: number | null;
  readonly cpuPercent: number | null;
  readonly tasks: number;
}

/** So many requests a second does a task carry in these recordings. */
const RECORDED_CAPACITY = 100;

/** Target tracking at its ideal: as many tasks as 70 % CPU takes, two at least. */
export function trackedMinute(requestsPerSecond: number, capacity = RECORDED_CAPACITY): RecordedMinute {
  const tasks = Math.max(2, Math.ceil(requestsPerSecond / (0.7 * capacity)));
  const cpuPercent = Math.min(100, (100 * requestsPerSecond) / (capacity * tasks));
  const requests = Math.round(requestsPerSecond * MINUTE);
  return { requests: requests === 0 ? null : requests, cpuPercent, tasks };
}

/** Chance that is the same in every run: a number from 0 to 1 for each whole number. */
function chance(of: number): number {
  const value = Math.sin(of * 12.9898) * 43_758.5453;
  return value - Math.floor(value);
}

/** When the peak of `officeLoad` is what it is said to be. */
const NEWEST = instant('2026-11-19T12:00:00Z');

/** A day with two peaks and few at night, every day a hundredth more; chance in each five minutes and in each minute. */
export function officeLoad(at: EpochMs, peakPerSecond: number): number {
  const hour = (at / 1000 / 3_600) % 24;
  const bump = (middle: number, width: number): number => Math.exp(-(((hour - middle) / width) ** 2));
  const shape = 0.06 + 0.75 * bump(10.5, 2.2) + 0.85 * bump(15, 2.4);
  const fiveMinutes = 0.9 + 0.2 * chance(Math.floor(at / 1000 / 300));
  const minutes = 0.96 + 0.08 * chance(Math.floor(at / 1000 / MINUTE) + 0.5);
  const growth = 1.01 ** ((at - NEWEST) / 1000 / DAY);
  return peakPerSecond * shape * fiveMinutes * minutes * growth;
}

/** Puts the metrics of a service into the world, by the minute and by five minutes, up to an instant. */
export function record(
  world: MemoryWorld,
  service: ServicePolicy,
  { days, until }: { readonly days: number; readonly until: EpochMs },
  minuteAt: (at: EpochMs) => RecordedMinute,
): void {
  const start = Math.floor(later(until, -days * DAY) / 300_000) * 300_000;
  const minutes = Array.from({ length: Math.floor((until - start) / 60_000) }, (_, index) => {
    const at = later(start, index * MINUTE);
    return { at, ...minuteAt(at) };
  });
  const put = (query: (period: Seconds) => MetricQuery | null, points: (period: Seconds) => readonly MetricPoint[]) => {
    for (const period of [MINUTE, 5 * MINUTE]) {
      const metric = query(period);
      if (metric !== null) world.putSeries(metric, points(period));
    }
  };
  type Minute = (typeof minutes)[number];
  const grouped = (period: Seconds, of: (group: readonly Minute[]) => number | null): readonly MetricPoint[] =>
    [...Map.groupBy(minutes, ({ at }) => Math.floor(at / 1000 / period) * period * 1000)].flatMap(([at, group]) => {
      const value = of(group);
      return value === null ? [] : [{ at, value }];
    });
  const sum = (values: readonly number[]): number | null =>
    values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
  const reported = (group: readonly Minute[]) => group.filter(({ cpuPercent }) => cpuPercent !== null);
  put(
    (period) => requestHistoryQuery(service, period, 1),
    (period) => grouped(period, (group) => sum(group.flatMap(({ requests }) => requests ?? []))),
  );
  put(
    (period) => cpuHistoryQuery(service, 'SampleCount', period, 1),
    (period) => grouped(period, (group) => sum(reported(group).map(({ tasks }) => tasks))),
  );
  put(
    (period) => cpuHistoryQuery(service, 'Average', period, 1),
    (period) =>
      grouped(period, (group) => {
        const samples = sum(reported(group).map(({ tasks }) => tasks));
        const busy = sum(reported(group).map(({ cpuPercent, tasks }) => (cpuPercent ?? 0) * tasks));
        return samples === null || busy === null || samples === 0 ? null : busy / samples;
      }),
  );
}
