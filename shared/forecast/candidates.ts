/**
 * Ways to forecast a load, all on logarithms of the load over its mean and a small share. Each predicts step `at` from what
 * was known before step `origin`; by construction it reads nothing else.
 */
import { NormalEquations } from '../control/least-squares.ts';

export const CANDIDATES = ['naive-day', 'naive-week', 'mean-of-days', 'regression', 'mstl'] as const;
export type Candidate = (typeof CANDIDATES)[number];

const DAYS = 7;
const WEEKS = 4;
const INPUTS = 10;
/** Half a window of smoothing around the same time of an earlier day. */
const SMOOTHED_SECONDS = 900;
const RIDGE = 1e-3;
/** After so long a lesson counts half. */
const HALF_LIFE_DAYS = 14;
/** How many steps of each past origin teach. */
const LEARNED_STEPS = 60;

/** The series that the candidates look at, with its running sums. */
export class LogSeries {
  readonly values: Float64Array;
  readonly stepsPerDay: number;
  readonly #sums: Float64Array;
  /** Steps to either side that are smoothed over. */
  readonly half: number;

  constructor(values: Float64Array, stepsPerDay: number) {
    this.values = values;
    this.stepsPerDay = stepsPerDay;
    this.half = Math.floor((SMOOTHED_SECONDS / 86_400) * stepsPerDay);
    this.#sums = new Float64Array(values.length + 1);
    for (let step = 0; step < values.length; step += 1) {
      this.#sums[step + 1] = (this.#sums[step] ?? 0) + (values[step] ?? 0);
    }
  }

  /** Mean of the steps from `from` to before `to`, cut to what there is. */
  mean(from: number, to: number): number {
    const start = Math.max(0, from);
    return ((this.#sums[to] ?? 0) - (this.#sums[start] ?? 0)) / Math.max(1, to - start);
  }

  /** Mean around a step, of what was known before `origin`. */
  smooth(step: number, origin: number): number {
    return this.mean(step - this.half, Math.min(step + this.half + 1, origin));
  }
}

/** The newest step a whole number of seasons before `at` that was known; `null` where the series does not reach. */
export function seasonBefore(at: number, origin: number, season: number, seasons = 1): number | null {
  const back = Math.ceil((at - origin + 1) / season) + seasons - 1;
  const step = at - Math.max(back, seasons) * season;
  return step >= 0 ? step : null;
}

export function naive(series: LogSeries, at: number, origin: number, days: 1 | 7): number | null {
  const step = seasonBefore(at, origin, days * series.stepsPerDay);
  return step === null ? null : (series.values[step] ?? null);
}

export function meanOfDays(series: LogSeries, at: number, origin: number): number | null {
  let sum = 0;
  let days = 0;
  for (let day = 1; day <= DAYS; day += 1) {
    const step = seasonBefore(at, origin, series.stepsPerDay, day);
    if (step === null) break;
    sum += series.smooth(step, origin);
    days += 1;
  }
  return days === 0 ? null : sum / days;
}

/** How the load stands at an origin, against the same time of earlier days. */
interface Standing {
  readonly lastHalfHour: number;
  readonly lastHours: number;
  readonly lastDay: number;
  readonly lastDayToWeek: number;
}

function standingAt(series: LogSeries, origin: number): Standing {
  const { stepsPerDay } = series;
  const against = (length: number): number => {
    let sum = 0;
    let days = 0;
    for (let day = 1; day <= DAYS && origin - length - day * stepsPerDay >= 0; day += 1) {
      sum += series.mean(origin - length - day * stepsPerDay, origin - day * stepsPerDay);
      days += 1;
    }
    return days === 0 ? 0 : series.mean(origin - length, origin) - sum / days;
  };
  const lastDay = series.mean(origin - stepsPerDay, origin);
  const weekBefore = origin - (DAYS + 1) * stepsPerDay;
  return {
    lastHalfHour: against(Math.max(1, Math.round(stepsPerDay / 48))),
    lastHours: against(Math.max(1, Math.round(stepsPerDay / 8))),
    lastDay: lastDay - series.mean(origin - DAYS * stepsPerDay, origin),
    lastDayToWeek: weekBefore >= 0 ? lastDay - series.mean(weekBefore, weekBefore + stepsPerDay) : 0,
  };
}

/**
 * Learned from earlier origins: how yesterday, last week and the present standing bear on a step. What it has learned
 * before an origin is all that it uses there, so it walks through a history once, from origin to origin.
 */
export class SeasonalRegression {
  readonly #series: LogSeries;
  readonly #standsIn: Uint8Array;
  readonly #horizon: number;
  readonly #originEvery: number;
  readonly #stepEvery: number;
  readonly #equations = new NormalEquations(INPUTS);
  readonly #fading: number;
  readonly #inputs = new Float64Array(INPUTS);
  readonly #standings = new Map<number, Standing>();
  #coefficients: Float64Array = new Float64Array(INPUTS);
  #learnedUntil: number;

  /** @param standsIn 1 where a value was not measured. @param horizon steps that one origin predicts. */
  constructor(series: LogSeries, standsIn: Uint8Array, horizon: number) {
    const { stepsPerDay } = series;
    this.#series = series;
    this.#standsIn = standsIn;
    this.#horizon = horizon;
    this.#originEvery = Math.max(1, Math.round(stepsPerDay / 24));
    this.#stepEvery = Math.max(1, Math.round(horizon / LEARNED_STEPS));
    this.#fading = 0.5 ** (this.#originEvery / (HALF_LIFE_DAYS * stepsPerDay));
    this.#learnedUntil = 2 * stepsPerDay;
  }

  /** Takes in what became known before that step. */
  learnUntil(step: number): void {
    if (step <= this.#learnedUntil) return;
    for (let from = this.#learnedUntil; from < step; from += this.#originEvery) {
      this.#equations.fade(this.#fading);
      for (let at = from; at < Math.min(step, from + this.#originEvery); at += 1) this.#learnStep(at);
    }
    this.#learnedUntil = step;
    this.#coefficients = this.#equations.weight === 0 ? this.#coefficients : this.#equations.solve(RIDGE);
  }

  #learnStep(at: number): void {
    if (this.#standsIn[at] === 1) return;
    const every = this.#originEvery;
    const first = Math.max(2 * this.#series.stepsPerDay, at - this.#horizon + 1);
    for (let origin = Math.ceil(first / every) * every; origin <= at; origin += every) {
      // Each origin begins elsewhere, so that together they see every step of the day.
      if ((at - origin - (origin % this.#stepEvery)) % this.#stepEvery !== 0) continue;
      const base = this.#writeInputs(at, origin);
      if (base !== null) this.#equations.add(this.#inputs, 0, (this.#series.values[at] ?? 0) - base, 1);
    }
  }

  predict(at: number, origin: number): number | null {
    const base = this.#writeInputs(at, origin);
    if (base === null) return null;
    return this.#coefficients.reduce((sum, coefficient, i) => sum + coefficient * (this.#inputs[i] ?? 0), base);
  }

  /** @returns the mean of the days, which the regression corrects. */
  #writeInputs(at: number, origin: number): number | null {
    const series = this.#series;
    const base = meanOfDays(series, at, origin);
    const yesterday = seasonBefore(at, origin, series.stepsPerDay);
    if (base === null || yesterday === null) return null;
    const standing = this.#standingAt(origin);
    const hours = ((at - origin) * 24) / series.stepsPerDay;
    const week = this.#weeks(at, origin, 1);
    this.#inputs.set([
      1,
      series.smooth(yesterday, origin) - base,
      week === null ? 0 : week - base,
      (this.#weeks(at, origin, WEEKS) ?? base) - base,
      standing.lastHalfHour * Math.exp(-hours),
      standing.lastHours * Math.exp(-hours / 3),
      standing.lastHours * Math.exp(-hours / 12),
      standing.lastHours,
      standing.lastDay,
      standing.lastDayToWeek,
    ]);
    return base;
  }

  #standingAt(origin: number): Standing {
    let standing = this.#standings.get(origin);
    if (standing === undefined) {
      standing = standingAt(this.#series, origin);
      this.#standings.set(origin, standing);
    }
    return standing;
  }

  #weeks(at: number, origin: number, weeks: number): number | null {
    let sum = 0;
    let known = 0;
    for (let week = 1; week <= weeks; week += 1) {
      const step = seasonBefore(at, origin, DAYS * this.#series.stepsPerDay, week);
      if (step === null) break;
      sum += this.#series.smooth(step, origin);
      known += 1;
    }
    return known === 0 ? null : sum / known;
  }
}
