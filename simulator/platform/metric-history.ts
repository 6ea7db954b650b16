import { type MetricQuery } from '../../shared/domain/metric-query.ts';
import { type MetricPoint, type Reading, seen, type Series, unseen } from '../../shared/domain/reading.ts';
import { type EpochMs, earlier, later, MINUTE, type Seconds } from '../../shared/domain/units.ts';
import { STEP_SECONDS } from '../load/steps.ts';

const STEPS_PER_MINUTE = MINUTE / STEP_SECONDS;

/** CloudWatch shows a minute of ECS and RDS metrics about so long after it has ended. */
export const PUBLICATION_LAG: Seconds = 60;

/** One metric of the simulated CloudWatch, with a point a minute: the mean of its steps. */
export class MetricHistory {
  readonly #startsAt: EpochMs;
  readonly #minutes: number[] = [];
  #sum = 0;
  #steps = 0;

  constructor(startsAt: EpochMs) {
    this.#startsAt = startsAt;
  }

  /** The value of one step. */
  add(value: number): void {
    this.#sum += value;
    this.#steps += 1;
    if (this.#steps < STEPS_PER_MINUTE) return;
    this.#minutes.push(this.#sum / this.#steps);
    this.#sum = 0;
    this.#steps = 0;
  }

  /** What CloudWatch shows of it at an instant. */
  read({ windowSeconds, periodSeconds }: MetricQuery, now: EpochMs): Reading<Series> {
    if (periodSeconds !== MINUTE) return unseen({ code: 'unreadable', detail: `no period of ${periodSeconds} s here` });
    const published = Math.min(this.#minutes.length, this.#minuteAt(earlier(now, PUBLICATION_LAG)));
    const first = Math.max(0, this.#minuteAt(earlier(now, windowSeconds)));
    const points: MetricPoint[] = [];
    for (let minute = first; minute < published; minute += 1) {
      const value = this.#minutes[minute];
      if (value !== undefined) points.push({ at: later(this.#startsAt, minute * MINUTE), value });
    }
    const last = points.at(-1);
    return last === undefined ? unseen({ code: 'no-data' }) : seen({ periodSeconds, points }, last.at);
  }

  /** The newest values that CloudWatch shows, oldest first. */
  newest(count: number, now: EpochMs): readonly number[] {
    const published = Math.min(this.#minutes.length, this.#minuteAt(earlier(now, PUBLICATION_LAG)));
    return this.#minutes.slice(Math.max(0, published - count), published);
  }

  /** Minutes that have ended by an instant. */
  #minuteAt(at: EpochMs): number {
    return Math.floor((at - this.#startsAt) / (MINUTE * 1000));
  }
}
