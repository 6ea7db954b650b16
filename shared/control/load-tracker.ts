/**
 * Follows a load from one measurement to the next: keeps its recent levels and errors, and says what to expect. With `m`
 * the newest measured period, orders given next act in period `m + lag` and serve `lead` periods later. So no look ahead
 * is possible: the outcome of a prediction is formed from the measurement that has just come in, and from older ones.
 */
import type {
  LearnedSpan,
  Pace,
  PendingPrediction,
  PerSpan,
  SeasonalInputs,
  Span,
  TrackerState,
} from '../domain/lead-time-profile.ts';
import {
  CHANGE_MINUTES,
  ERROR_INPUTS,
  ERROR_MINUTES,
  type Expectation,
  LEVEL_MINUTES,
  MEAN_INPUTS,
} from './outlook.ts';
import { Ring } from './ring.ts';

/** What became of a prediction. The inputs are views into what the tracker reuses: read them at once. */
export interface Outcome {
  readonly kind: 'measured' | 'gap';
  readonly meanInputs: Float64Array;
  readonly errorInputs: Float64Array;
  /** Logarithm of the need in tasks plus one. */
  readonly actual: number;
  /** From the newest measurement at the time of the prediction to `actual`. */
  readonly growth: number;
  readonly prediction: PendingPrediction;
}

/** Errors smaller than this are not believed: measurements are not that exact. */
const LEAST_ERROR = 0.002;
const FIRST_ERROR = 0.05;

export class LoadTracker {
  readonly #pace: Pace;
  readonly #levels = new Float64Array(LEVEL_MINUTES.length);
  readonly #needs: Ring;
  readonly #gaps: Ring;
  readonly #spans: PerSpan<SpanTracker>;
  #measured = 0;
  #change = 0;
  #highest = 0;

  constructor(pace: Pace, learned: PerSpan<LearnedSpan>, state?: TrackerState) {
    this.#pace = pace;
    const kept = pace.lead + pace.lag + 1;
    this.#needs = new Ring(kept);
    this.#gaps = new Ring(kept);
    this.#spans = {
      arrival: new SpanTracker(pace, learned.arrival),
      'until-arrival': new SpanTracker(pace, learned['until-arrival']),
    };
    if (state) this.#restore(state);
  }

  /** Periods so far; the next measurement is of the period with this number. */
  get measured(): number {
    return this.#measured;
  }

  get highest(): number {
    return this.#highest;
  }

  /** Whether the newest period has been measured. */
  get sight(): 'measured' | 'gap' {
    return this.#gaps.at(this.#measured - 1) === 1 ? 'gap' : 'measured';
  }

  get newest(): number {
    return this.#needs.at(this.#measured - 1);
  }

  learn(span: Span, learned: LearnedSpan): void {
    this.#spans[span].learned = learned;
  }

  /** @param need in tasks; `null` for a gap, which counts as unchanged. Gaps before the first measurement are nothing. */
  measure(need: number | null): void {
    if (need === null && this.#measured === 0) return;
    const period = this.#measured;
    const value = need ?? this.#needs.at(period - 1);
    const before = period === 0 ? value : this.#needs.at(period - 1);
    this.#needs.set(period, value);
    this.#gaps.set(period, need === null ? 1 : 0);
    this.#highest = Math.max(this.#highest, value);
    const log = Math.log1p(value);
    const periodMinutes = this.#pace.periodSeconds / 60;
    for (let level = 0; level < this.#levels.length; level += 1) {
      const share = period === 0 ? 1 : shareOf(periodMinutes, LEVEL_MINUTES[level] ?? 1);
      this.#levels[level] = (this.#levels[level] ?? 0) + share * (log - (this.#levels[level] ?? 0));
    }
    this.#change += shareOf(periodMinutes, CHANGE_MINUTES) * (Math.abs(log - Math.log1p(before)) - this.#change);
    this.#measured += 1;
  }

  /** What the newest measurement has decided; `null` while nothing was predicted so early. */
  outcome(span: Span): Outcome | null {
    const newest = this.#measured - 1;
    const acted = newest - this.#pace.lead;
    const known = acted - this.#pace.lag;
    if (known < 0) return null;
    let need = this.#needs.at(newest);
    if (span === 'until-arrival') {
      for (let period = acted; period < newest; period += 1) need = Math.max(need, this.#needs.at(period));
    }
    const actual = Math.log1p(need);
    const growth = actual - Math.log1p(this.#needs.at(known));
    const kind = this.#gaps.at(newest) + this.#gaps.at(known) > 0 ? 'gap' : 'measured';
    return this.#spans[span].outcome(acted, { kind, actual, growth });
  }

  /** For orders that act next. */
  expect(span: Span, seasonal: SeasonalInputs | null): Expectation {
    const log = Math.log1p(this.newest);
    return this.#spans[span].expect(this.#measured - 1 + this.#pace.lag, {
      log,
      levels: this.#levels,
      change: this.#change,
      seasonal,
    });
  }

  /** `null` while less has been measured than one prediction needs. */
  state(): TrackerState | null {
    const { lead, lag } = this.#pace;
    const kept = lead + lag + 1;
    if (this.#measured < kept + lag) return null;
    const first = this.#measured - kept;
    return {
      measured: this.#measured,
      levels: [...this.#levels],
      change: this.#change,
      highest: this.#highest,
      recent: Array.from({ length: kept }, (_, i) => ({
        need: this.#needs.at(first + i),
        kind: this.#gaps.at(first + i) === 1 ? 'gap' : 'measured',
      })),
      errors: { arrival: this.#spans.arrival.errors, 'until-arrival': this.#spans['until-arrival'].errors },
      pending: {
        arrival: this.#spans.arrival.pending(this.#measured),
        'until-arrival': this.#spans['until-arrival'].pending(this.#measured),
      },
    };
  }

  #restore(state: TrackerState): void {
    this.#measured = state.measured;
    this.#change = state.change;
    this.#highest = state.highest;
    this.#levels.set(state.levels);
    state.recent.forEach(({ need, kind }, i) => {
      const period = state.measured - state.recent.length + i;
      this.#needs.set(period, need);
      this.#gaps.set(period, kind === 'gap' ? 1 : 0);
    });
    this.#spans.arrival.restore(state.measured, state.errors.arrival, state.pending.arrival);
    this.#spans['until-arrival'].restore(state.measured, state.errors['until-arrival'], state.pending['until-arrival']);
  }
}

interface Surroundings {
  readonly log: number;
  readonly levels: Float64Array;
  readonly change: number;
  readonly seasonal: SeasonalInputs | null;
}

/** The part of following a load that differs between the spans. */
class SpanTracker {
  learned: LearnedSpan;
  readonly #pace: Pace;
  readonly #slots: number;
  readonly #meanInputs: Float64Array;
  readonly #errorInputs: Float64Array;
  readonly #means: Ring;
  readonly #expectedErrors: Ring;
  readonly #recentErrors = new Float64Array(ERROR_MINUTES.length).fill(FIRST_ERROR);

  constructor(pace: Pace, learned: LearnedSpan) {
    this.#pace = pace;
    this.learned = learned;
    this.#slots = pace.lead + pace.lag + 1;
    this.#meanInputs = new Float64Array(this.#slots * MEAN_INPUTS);
    this.#errorInputs = new Float64Array(this.#slots * ERROR_INPUTS);
    this.#means = new Ring(this.#slots);
    this.#expectedErrors = new Ring(this.#slots);
  }

  get errors(): readonly number[] {
    return [...this.#recentErrors];
  }

  expect(acts: number, surroundings: Surroundings): Expectation {
    const slot = acts % this.#slots;
    const meanInputs = this.#meanInputs.subarray(slot * MEAN_INPUTS, (slot + 1) * MEAN_INPUTS);
    writeMeanInputs(meanInputs, surroundings);
    const mean = surroundings.log + dot(this.learned.mean, meanInputs);
    const errorInputs = this.#errorInputs.subarray(slot * ERROR_INPUTS, (slot + 1) * ERROR_INPUTS);
    this.#writeErrorInputs(errorInputs, surroundings, mean);
    const learnedError = dot(this.learned.error, errorInputs);
    const daily = this.#recentErrors[ERROR_MINUTES.length - 1] ?? FIRST_ERROR;
    const error = learnedError > LEAST_ERROR ? learnedError : Math.max(LEAST_ERROR, daily);
    this.#means.set(acts, mean);
    this.#expectedErrors.set(acts, error);
    return { mean, error };
  }

  outcome(acted: number, came: Pick<Outcome, 'kind' | 'actual' | 'growth'>): Outcome {
    const slot = acted % this.#slots;
    const prediction = { mean: this.#means.at(acted), error: this.#expectedErrors.at(acted) };
    if (came.kind === 'measured') this.#noteError(Math.abs(came.actual - prediction.mean));
    return {
      ...came,
      prediction,
      meanInputs: this.#meanInputs.subarray(slot * MEAN_INPUTS, (slot + 1) * MEAN_INPUTS),
      errorInputs: this.#errorInputs.subarray(slot * ERROR_INPUTS, (slot + 1) * ERROR_INPUTS),
    };
  }

  pending(measured: number): readonly PendingPrediction[] {
    const { lead, lag } = this.#pace;
    return Array.from({ length: lead + lag }, (_, i) => ({
      mean: this.#means.at(measured - lead + i),
      error: this.#expectedErrors.at(measured - lead + i),
    }));
  }

  restore(measured: number, errors: readonly number[], pending: readonly PendingPrediction[]): void {
    this.#recentErrors.set(errors);
    pending.forEach(({ mean, error }, i) => {
      this.#means.set(measured - this.#pace.lead + i, mean);
      this.#expectedErrors.set(measured - this.#pace.lead + i, error);
    });
  }

  #noteError(error: number): void {
    for (let kind = 0; kind < ERROR_MINUTES.length; kind += 1) {
      const share = shareOf(this.#pace.periodSeconds / 60, ERROR_MINUTES[kind] ?? 1);
      this.#recentErrors[kind] = (this.#recentErrors[kind] ?? 0) + share * (error - (this.#recentErrors[kind] ?? 0));
    }
  }

  #writeErrorInputs(inputs: Float64Array, { change, seasonal }: Surroundings, mean: number): void {
    inputs[0] = 1;
    inputs.set(this.#recentErrors, 1);
    const next = 1 + ERROR_MINUTES.length;
    inputs[next] = change;
    inputs[next + 1] = seasonal?.dayError ?? this.#recentErrors[ERROR_MINUTES.length - 1] ?? FIRST_ERROR;
    // Requests that come independently of each other vary by the root of their number.
    inputs[next + 2] = Math.exp(-mean / 2);
  }
}

function writeMeanInputs(inputs: Float64Array, { log, levels, seasonal }: Surroundings): void {
  for (let level = 0; level < levels.length; level += 1) inputs[level] = (levels[level] ?? 0) - log;
  const next = levels.length;
  inputs[next] = 1;
  inputs[next + 1] = seasonal?.dayGrowth ?? 0;
  inputs[next + 2] = seasonal?.weekGrowth ?? 0;
  inputs[next + 3] = seasonal ? seasonal.dayLevel - log : 0;
  inputs[next + 4] = seasonal ? seasonal.weekLevel - log : 0;
  inputs[next + 5] = seasonal?.hourGrowth ?? 0;
}

/** Of a new value in an exponential mean. */
function shareOf(periodMinutes: number, timeConstantMinutes: number): number {
  return 1 - Math.exp(-periodMinutes / timeConstantMinutes);
}

function dot(coefficients: readonly number[], inputs: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < inputs.length; i += 1) sum += (coefficients[i] ?? 0) * (inputs[i] ?? 0);
  return sum;
}
