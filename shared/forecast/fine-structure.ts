/**
 * What repeats itself within minutes: jobs at the same minute of every hour or day. The forecasts proper look at smoothed
 * load or at hours, so that this is foreign to all of them. How much of it is regular and not chance is learned from how
 * well it has foretold itself.
 */
import { NormalEquations } from '../control/least-squares.ts';
import { type LogSeries, seasonBefore } from './candidates.ts';

const DAYS = 7;
const HOURS = 24;
/** After so long a lesson counts half. */
const HALF_LIFE_DAYS = 14;

export class FineStructure {
  readonly #stepsPerDay: number;
  /** Steps to either side that are smoothed over; 0 where steps are too long to have anything within. */
  readonly #half: number;
  readonly #stepsPerHour: number | null;
  /** What is above the smoothed series. */
  readonly #rest: Float64Array;
  readonly #standsIn: Uint8Array;
  readonly #equations = new NormalEquations(2);
  readonly #inputs = new Float64Array(2);
  readonly #fading: number;
  #coefficients: Float64Array = new Float64Array(2);
  #learnedUntil: number;

  /** @param standsIn 1 where a value was not measured. */
  constructor(series: LogSeries, standsIn: Uint8Array) {
    const { stepsPerDay, values, half } = series;
    this.#stepsPerDay = stepsPerDay;
    this.#half = half;
    this.#stepsPerHour = stepsPerDay % 24 === 0 ? stepsPerDay / 24 : null;
    this.#rest = values.map((value, step) => value - series.smooth(step, values.length));
    this.#standsIn = standsIn;
    this.#fading = 0.5 ** (1 / (HALF_LIFE_DAYS * stepsPerDay));
    this.#learnedUntil = stepsPerDay;
  }

  /** Takes in what became known before that step. */
  learnUntil(step: number): void {
    if (this.#half === 0) return;
    for (; this.#learnedUntil < step - this.#half; this.#learnedUntil += 1) {
      const at = this.#learnedUntil;
      this.#equations.fade(this.#fading);
      if (this.#standsIn[at] === 1) continue;
      this.#writeInputs(at, at);
      this.#equations.add(this.#inputs, 0, this.#rest[at] ?? 0, 1);
    }
    if (this.#equations.weight > 0) this.#coefficients = this.#equations.solve(0);
  }

  /** @returns what to add to the logarithm of a smooth forecast made at `origin`. */
  predict(at: number, origin: number): number {
    if (this.#half === 0) return 0;
    this.#writeInputs(at, origin);
    return this.#coefficients.reduce((sum, coefficient, i) => sum + coefficient * (this.#inputs[i] ?? 0), 0);
  }

  #writeInputs(at: number, origin: number): void {
    this.#inputs[0] = this.#meanOfSeasons(at, origin, this.#stepsPerDay, DAYS);
    this.#inputs[1] = this.#stepsPerHour === null ? 0 : this.#meanOfSeasons(at, origin, this.#stepsPerHour, HOURS);
  }

  #meanOfSeasons(at: number, origin: number, season: number, most: number): number {
    // What is above the smoothed series is known only when all that is smoothed over is.
    const known = origin - this.#half;
    let sum = 0;
    let seasons = 0;
    for (let back = 1; back <= most; back += 1) {
      const step = seasonBefore(at, known, season, back);
      if (step === null) break;
      sum += this.#rest[step] ?? 0;
      seasons += 1;
    }
    return seasons === 0 ? 0 : sum / seasons;
  }
}
