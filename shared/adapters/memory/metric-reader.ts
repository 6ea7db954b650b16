import type { MetricQuery } from '../../domain/metric-query.ts';
import { type MetricPoint, type Reading, seen, type Series, unseen } from '../../domain/reading.ts';
import type { EpochMs } from '../../domain/units.ts';
import type { MetricReader } from '../../ports.ts';
import type { MemoryWorld } from './world.ts';

/** Metrics of a world in memory. As with CloudWatch the newest period is asked for only when it is over. */
export class MemoryMetricReader implements MetricReader {
  readonly #world: MemoryWorld;

  constructor(world: MemoryWorld) {
    this.#world = world;
  }

  read(queries: readonly MetricQuery[], now: EpochMs): Promise<readonly Reading<Series>[]> {
    return Promise.resolve(queries.map((query) => this.#readOne(query, now)));
  }

  #readOne(query: MetricQuery, now: EpochMs): Reading<Series> {
    const { periodSeconds, windowSeconds } = query;
    const periodMs = periodSeconds * 1000;
    const end = Math.floor(now / periodMs) * periodMs;
    const start = end - Math.ceil(windowSeconds / periodSeconds) * periodMs;
    const all = this.#world.series(query)?.points ?? [];
    const points = all.slice(firstFrom(all, start), firstFrom(all, end));
    const last = points.at(-1);
    return last === undefined ? unseen({ code: 'no-data' }) : seen({ periodSeconds, points }, last.at);
  }
}

/** Index of the first point at or after an instant, by bisection: windows are cut out of weeks. */
function firstFrom(points: readonly MetricPoint[], at: EpochMs): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const point = points[middle];
    if (point !== undefined && point.at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
