/** The candidates as they would have forecast at origins of the past and at the end of the history, without looking ahead. */
import { type Candidate, type LogSeries, meanOfDays, naive, SeasonalRegression } from './candidates.ts';
import { FineStructure } from './fine-structure.ts';
import { MstlForecast } from './mstl.ts';

/** Logarithms; `null` where a candidate has nothing to go by yet. */
export type Predictions = Readonly<Record<Candidate, number | null>>;

/** One step that was forecast from an earlier origin. */
export interface PastPoint {
  readonly at: number;
  /** Steps from the origin. */
  readonly ahead: number;
  readonly predictions: Predictions;
  /** Logarithm of what came. */
  readonly actual: number;
}

export interface RollingOrigins {
  readonly points: readonly PastPoint[];
  /** Days from the first past origin to the end of the history. */
  readonly days: number;
  /** For each step after the end of the history. */
  readonly ahead: readonly Predictions[];
}

const LONGEST_DAYS = 14;
const ORIGINS = 24;
/** Of a day, from each origin; each origin begins elsewhere. */
const POINTS_PER_DAY = 144;
/** Before the first origin. One day makes a naive forecast, two make any. */
const LEAST_DAYS_BEFORE = 2;

/** @param standsIn 1 where a value was not measured: nothing is learned from it, nor judged by it. */
export function rollOrigins(series: LogSeries, standsIn: Uint8Array, horizon: number): RollingOrigins {
  const { stepsPerDay, values } = series;
  const end = values.length;
  const before = (end >= 2 * LEAST_DAYS_BEFORE * stepsPerDay ? LEAST_DAYS_BEFORE : 1) * stepsPerDay;
  const spacing = Math.max(1, Math.floor(Math.min(end - before, LONGEST_DAYS * stepsPerDay) / ORIGINS));
  const count = Math.min(ORIGINS, Math.floor((end - before) / spacing));
  const stride = Math.max(1, Math.round(stepsPerDay / POINTS_PER_DAY));
  const learners = {
    regression: new SeasonalRegression(series, standsIn, horizon),
    fine: new FineStructure(series, standsIn),
  };
  const points: PastPoint[] = [];
  for (let back = count; back > 0; back -= 1) {
    const origin = end - back * spacing;
    const predict = predictorAt(series, learners, origin, horizon);
    for (let at = origin + (back % stride); at < Math.min(end, origin + horizon); at += stride) {
      if (standsIn[at] === 1) continue;
      points.push({ at, ahead: at - origin, predictions: predict(at), actual: values[at] ?? 0 });
    }
  }
  const predict = predictorAt(series, learners, end, horizon);
  const ahead = Array.from({ length: horizon }, (_, step) => predict(end + step));
  return { points, days: (count * spacing) / stepsPerDay, ahead };
}

interface Learners {
  readonly regression: SeasonalRegression;
  readonly fine: FineStructure;
}

/** Origins are asked for in their order: what learns goes on from one to the next. */
function predictorAt(
  series: LogSeries,
  { regression, fine }: Learners,
  origin: number,
  horizon: number,
): (at: number) => Predictions {
  regression.learnUntil(origin);
  fine.learnUntil(origin);
  const mstl = MstlForecast.at(series, origin, horizon);
  return (at) => {
    const rest = fine.predict(at, origin);
    const withRest = (smooth: number | null): number | null => (smooth === null ? null : smooth + rest);
    return {
      'naive-day': naive(series, at, origin, 1),
      'naive-week': naive(series, at, origin, 7),
      'mean-of-days': withRest(meanOfDays(series, at, origin)),
      regression: withRest(regression.predict(at, origin)),
      mstl: withRest(mstl === null ? null : mstl.predict(at)),
    };
  };
}
