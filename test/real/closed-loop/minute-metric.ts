import { type EpochMs, later, MINUTE, type Seconds } from '../../../shared/domain/units.ts';

export interface MinutePoint {
  /** Start of the minute. */
  readonly at: EpochMs;
  readonly mean: number;
  /** How many have reported in this minute: each task does, once. */
  readonly samples: number;
}

/** CloudWatch shows a minute of ECS and RDS metrics about so long after it has ended. */
const PUBLICATION_LAG: Seconds = 60;

/** One metric with a point a minute: what was measured, what of it can be seen, and what of that was handed on. */
export class MinuteMetric {
  readonly #points: MinutePoint[] = [];
  #handedOn = 0;

  add(at: EpochMs, values: readonly number[], samples: number): void {
    this.#points.push({ at, mean: values.reduce((sum, value) => sum + value, 0) / values.length, samples });
  }

  /** The newest that can be seen, oldest first. */
  newest(count: number, now: EpochMs): readonly MinutePoint[] {
    return this.#visible(now).slice(-count);
  }

  /** What has come into sight since the last call. */
  takeNew(now: EpochMs): readonly MinutePoint[] {
    const fresh = this.#visible(now).slice(this.#handedOn);
    this.#handedOn += fresh.length;
    return fresh;
  }

  #visible(now: EpochMs): readonly MinutePoint[] {
    return this.#points.filter(({ at }) => later(at, MINUTE + PUBLICATION_LAG) <= now);
  }
}
