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

  /** What CloudWatch shows of it at an instant, in any period of whole minutes. */
  read({ windowSeconds, periodSeconds, statistic }: MetricQuery, now: EpochMs): Reading<Series> {
    if (periodSeconds % MINUTE !== 0)
      return unseen({ code: 'unreadable', detail: `no period of ${periodSeconds} s here` });
    const published = Math.min(this.#minutes.length, this.#minuteAt(earlier(now, PUBLICATION_LAG)));
    const first = Math.max(0, this.#minuteAt(earlier(now, windowSeconds)));
    const points: MetricPoint[] = [];
    for (let minute = first; minute < published;) {
      const end = Math.min(published, this.#endOfPeriod(minute, periodSeconds));
      const at = later(this.#startsAt, minute * MINUTE);
      points.push({
        at: at - (at % (periodSeconds * 1000)),
        value: together(this.#minutes.slice(minute, end), statistic),
      });
      minute = end;
    }
    const last = points.at(-1);
    return last === undefined ? unseen({ code: 'no-data' }) : seen({ periodSeconds, points }, last.at);
  }

  /** The newest values that CloudWatch shows, oldest first. */
  newest(count: number, now: EpochMs): readonly number[] {
    const published = Math.min(this.#minutes.length, this.#minuteAt(earlier(now, PUBLICATION_LAG)));
    return this.#minutes.slice(Math.max(0, published - count), published);
  }

  /** Periods are counted from the epoch on. */
  #endOfPeriod(minute: number, periodSeconds: Seconds): number {
    const minutes = periodSeconds / MINUTE;
    const before = Math.floor(this.#startsAt / 1000 / MINUTE);
    return (Math.floor((before + minute) / minutes) + 1) * minutes - before;
  }

  /** Minutes that have ended by an instant. */
  #minuteAt(at: EpochMs): number {
    return Math.floor((at - this.#startsAt) / (MINUTE * 1000));
  }
}

/** The minutes of one period as one value. */
function together(minutes: readonly number[], statistic: MetricQuery['statistic']): number {
  if (statistic === 'Maximum') return Math.max(...minutes);
  if (statistic === 'Minimum') return Math.min(...minutes);
  const sum = minutes.reduce((total, value) => total + value, 0);
  return statistic === 'Average' ? sum / minutes.length : sum;
}
