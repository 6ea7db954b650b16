/**
 * A load as trend and seasons: MSTL (Bandara, Hyndman and Bergmeir, MSTL: A Seasonal-Trend Decomposition Algorithm for Time
 * Series with Multiple Seasonal Patterns, 2021) with exponential smoothing of the trend, by the hour, which costs a twelfth
 * of what five minutes cost. Its own intervals are too wide to be of use, so only what it expects is taken.
 */
import { initSync, MSTL } from '@bsull/augurs/mstl';
import type { LogSeries } from './candidates.ts';
import { mstlWasm } from './mstl-wasm.ts';

const HOURS = 24;
const LEAST_STEPS_PER_DAY = 6;
const LEAST_SEASONS = 2;
const DAYS_PER_WEEK = 7;

let isReady = false;

/** Compiles the library at its first use: who never forecasts does not pay for it. */
function makeReady(): void {
  if (isReady) return;
  initSync({ module: mstlWasm() });
  isReady = true;
}

/** What was expected at one origin. */
export class MstlForecast {
  readonly #origin: number;
  readonly #stepsPerBin: number;
  readonly #bins: readonly number[];

  private constructor(origin: number, stepsPerBin: number, bins: readonly number[]) {
    this.#origin = origin;
    this.#stepsPerBin = stepsPerBin;
    this.#bins = bins;
  }

  /** @returns `null` where there is too little before the origin, or the library finds no model for it. */
  static at(series: LogSeries, origin: number, horizon: number): MstlForecast | null {
    const { stepsPerDay } = series;
    if (stepsPerDay < LEAST_STEPS_PER_DAY || origin < LEAST_SEASONS * stepsPerDay) return null;
    const stepsPerBin = stepsPerDay % HOURS === 0 ? stepsPerDay / HOURS : 1;
    const count = Math.floor(origin / stepsPerBin);
    const means = Float64Array.from({ length: count }, (_, bin) => {
      const from = origin - (count - bin) * stepsPerBin;
      return series.mean(from, from + stepsPerBin);
    });
    const day = stepsPerDay / stepsPerBin;
    const week = DAYS_PER_WEEK * day;
    const periods = count >= LEAST_SEASONS * week ? [day, week] : [day];
    const bins = expectedBins(means, periods, Math.ceil(horizon / stepsPerBin) + 1);
    return bins === null ? null : new MstlForecast(origin, stepsPerBin, bins);
  }

  /** A straight line through the middles of the bins. */
  predict(at: number): number {
    const position = (at - this.#origin + 0.5) / this.#stepsPerBin - 0.5;
    const before = Math.max(0, Math.min(Math.floor(position), this.#bins.length - 1));
    const value = this.#bins[before] ?? 0;
    return value + (position - before) * ((this.#bins[before + 1] ?? value) - value);
  }
}

function expectedBins(means: Float64Array, periods: readonly number[], count: number): readonly number[] | null {
  makeReady();
  const model = MSTL.ets([...periods]);
  try {
    model.fit(means);
    const { point } = model.predict(count);
    return point.every(Number.isFinite) ? point : null;
  } catch (error) {
    // The library throws a text where none of its models fits.
    if (typeof error === 'string') return null;
    throw error;
  } finally {
    model.free();
  }
}
