import type { MetricQuery } from '../../shared/domain/metric-query.ts';
import { type MetricPoint, type Reading, seen, type Series, unseen } from '../../shared/domain/reading.ts';
import { type EpochMs, earlier } from '../../shared/domain/units.ts';

/** A metric of our own, as a function publishes it whenever it likes. */
export class PublishedMetric {
  readonly #values: MetricPoint[] = [];

  /** @param at not before the value that was put last */
  put(at: EpochMs, value: number): void {
    this.#values.push({ at, value });
  }

  /** The highest of each period; a period without a value has no point. */
  readHighest({ windowSeconds, periodSeconds }: MetricQuery, now: EpochMs): Reading<Series> {
    const since = earlier(now, windowSeconds);
    const highest = new Map<EpochMs, number>();
    for (let index = this.#values.length - 1; index >= 0; index -= 1) {
      const put = this.#values[index];
      if (put === undefined || put.at < since) break;
      const at = put.at - (put.at % (periodSeconds * 1000));
      highest.set(at, Math.max(put.value, highest.get(at) ?? -Infinity));
    }
    const points = [...highest].map(([at, value]) => ({ at, value })).reverse();
    const last = points.at(-1);
    return last === undefined ? unseen({ code: 'no-data' }) : seen({ periodSeconds, points }, last.at);
  }
}
