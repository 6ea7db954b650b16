/** Whether a day or a week repeats itself in a history, tested two ways, so that neither a trend nor a level passes for it. */
import type { LogSeries } from './candidates.ts';

export interface SeasonTest {
  /** Correlation of the series with itself one season before. */
  readonly autocorrelation: number;
  /** Mean absolute error of repeating the last season, over that of the mean of the day before. Below 1 it tells something. */
  readonly errorToFlat: number;
  readonly verdict: 'season' | 'none' | 'too-short';
}

const LEAST_AUTOCORRELATION = 0.2;

export function testSeason(series: LogSeries, days: 1 | 7): SeasonTest {
  const { values, stepsPerDay } = series;
  const season = days * stepsPerDay;
  if (values.length < 2 * season) return { autocorrelation: 0, errorToFlat: 1, verdict: 'too-short' };
  const mean = series.mean(0, values.length);
  let together = 0;
  let power = 0;
  let seasonal = 0;
  let flat = 0;
  for (let step = 0; step < values.length; step += 1) {
    const value = values[step] ?? 0;
    power += (value - mean) ** 2;
    if (step < season) continue;
    const before = values[step - season] ?? 0;
    together += (value - mean) * (before - mean);
    seasonal += Math.abs(value - before);
    flat += Math.abs(value - series.mean(step - stepsPerDay, step));
  }
  const autocorrelation = power === 0 ? 0 : together / power;
  const errorToFlat = flat === 0 ? 1 : seasonal / flat;
  const isSeason = autocorrelation >= LEAST_AUTOCORRELATION && errorToFlat < 1;
  return { autocorrelation, errorToFlat, verdict: isSeason ? 'season' : 'none' };
}
