/**
 * Learns from the history of a load how it comes out over the lead time of a service. Once an hour:
 *
 *   mean    least squares of the growth from the newest measurement, on its distance to recent levels and on what the same
 *           time of earlier hours, days and weeks did (ridge towards "it stays as it is")
 *   error   least squares without negative coefficients of the absolute error of such predictions, on recent errors and
 *           changes, on the errors of that time of day, and on the noise of small numbers
 *   tail    distribution of error over expected error
 *
 * Errors are those of predictions made before their outcome was known. Evidence counts as much as the load that was expected,
 * since both what is paid and what is missed grow with it, and fades by 1/e in `memoryDays`.
 */
import type { LeadTimeProfile, LearnedSpan, Pace, PerSpan, SeasonalInputs } from '../domain/lead-time-profile.ts';
import { ErrorTailRecorder } from './error-tail.ts';
import { NormalEquations } from './least-squares.ts';
import type { FloorOutlook } from './choose-floor.ts';
import { LoadTracker, type Outcome } from './load-tracker.ts';
import { ERROR_INPUTS, type Expectation, MEAN_INPUTS, SPANS } from './outlook.ts';
import { SeasonalMemory } from './seasonal-memory.ts';
import { type ControlSettings, DEFAULT_SETTINGS } from './settings.ts';

/** Shrinks what the data do not insist on; in squared logarithms, for one observation. */
const MEAN_PENALTY = 2e-4;
const ERROR_SHRINKAGE = 0.01;
/** Of errors, before a tail is trusted. */
const TAIL_HOURS = 12;

const NOTHING_LEARNED: LearnedSpan = {
  mean: Array.from({ length: MEAN_INPUTS }, () => 0),
  error: Array.from({ length: ERROR_INPUTS }, () => 0),
  tail: null,
};

export class LeadTimeLearner {
  readonly #pace: Pace;
  readonly #tracker: LoadTracker;
  readonly #spans: PerSpan<SpanLearner>;

  constructor(pace: Pace, { memoryDays }: Pick<ControlSettings, 'memoryDays'> = DEFAULT_SETTINGS) {
    if (!(memoryDays > 0)) throw new RangeError(`memory lasts longer than nothing, not ${memoryDays} days`);
    this.#pace = pace;
    this.#tracker = new LoadTracker(pace, { arrival: NOTHING_LEARNED, 'until-arrival': NOTHING_LEARNED });
    const keptPerHour = Math.exp(-1 / (24 * memoryDays));
    this.#spans = {
      arrival: new SpanLearner(pace, keptPerHour),
      'until-arrival': new SpanLearner(pace, keptPerHour),
    };
  }

  /** Periods that have been taken in. */
  get measured(): number {
    return this.#tracker.measured;
  }

  /** @param need of the next period in tasks; `null` where it was not measured. @throws RangeError if negative or not finite. */
  measure(need: number | null): void {
    if (need !== null && !(need >= 0 && Number.isFinite(need))) throw new RangeError(`not a need of tasks: ${need}`);
    this.#tracker.measure(need);
    const { measured } = this.#tracker;
    if (measured === 0) return;
    for (const span of SPANS) {
      const learner = this.#spans[span];
      const outcome = this.#tracker.outcome(span);
      if (outcome) learner.add(measured - 1 - this.#pace.lead, outcome);
      if (measured % this.#pace.perHour === 0) {
        this.#tracker.learn(span, learner.learn());
        learner.look(measured + this.#pace.lag, this.#pace.perHour);
      }
      learner.expectation = this.#tracker.expect(span, learner.inputsFor(measured - 1 + this.#pace.lag));
    }
  }

  /** Of orders that are given now. @throws RangeError before the first measurement. */
  outlook(): FloorOutlook {
    if (this.#tracker.measured === 0) throw new RangeError('nothing has been measured yet');
    const { arrival, 'until-arrival': untilArrival } = this.#spans;
    const { sight, newest, highest } = this.#tracker;
    return {
      expectations: { arrival: arrival.expectation, 'until-arrival': untilArrival.expectation },
      tails: { arrival: arrival.learned.tail, 'until-arrival': untilArrival.learned.tail },
      sight,
      newest,
      highest,
    };
  }

  /** @param hours that the profile reaches ahead. @returns `null` while less has been measured than one prediction needs. */
  profile(hours: number): LeadTimeProfile | null {
    const state = this.#tracker.state();
    if (state === null) return null;
    const first = state.measured + this.#pace.lag;
    const length = hours * this.#pace.perHour;
    const { arrival, 'until-arrival': untilArrival } = this.#spans;
    return {
      pace: this.#pace,
      learned: { arrival: arrival.learned, 'until-arrival': untilArrival.learned },
      seasonal: { arrival: arrival.ahead(first, length), 'until-arrival': untilArrival.ahead(first, length) },
      state,
    };
  }
}

/** Learns a whole history at once. @param needs in tasks, one a period, oldest first; `null` for gaps. */
export function learnLeadTime(
  needs: Iterable<number | null>,
  pace: Pace,
  settings: Pick<ControlSettings, 'memoryDays'> = DEFAULT_SETTINGS,
): LeadTimeLearner {
  const learner = new LeadTimeLearner(pace, settings);
  for (const need of needs) learner.measure(need);
  return learner;
}

class SpanLearner {
  expectation: Expectation = { mean: 0, error: 1 };
  learned: LearnedSpan = NOTHING_LEARNED;
  readonly #pace: Pace;
  readonly #keptPerHour: number;
  readonly #mean = new NormalEquations(MEAN_INPUTS);
  readonly #error = new NormalEquations(ERROR_INPUTS);
  readonly #tail = new ErrorTailRecorder();
  readonly #memory: SeasonalMemory;
  /** Inputs of the hour that was last looked at, and the period that it begins with. */
  #seasonal: readonly (SeasonalInputs | null)[] = [];
  #seasonalFrom = 0;
  #outcomes = 0;
  #tailOutcomes = 0;

  constructor(pace: Pace, keptPerHour: number) {
    this.#pace = pace;
    this.#keptPerHour = keptPerHour;
    this.#memory = new SeasonalMemory(pace);
  }

  add(acted: number, outcome: Outcome): void {
    const { actual, growth, prediction } = outcome;
    const error = actual - prediction.mean;
    // A gap says nothing of errors; the expected one stands in, so that the times of day stay aligned.
    const known = outcome.kind === 'measured';
    this.#memory.add(acted, actual, growth, known ? Math.abs(error) : prediction.error);
    if (!known) return;
    // By what was expected, not by what came: the choice of a margin counts the size of the errors itself.
    const weight = Math.exp(prediction.mean);
    this.#outcomes += 1;
    this.#mean.add(outcome.meanInputs, 0, growth, weight);
    this.#error.add(outcome.errorInputs, 0, Math.abs(error), weight);
    if (acted < this.#pace.perDay) return;
    this.#tailOutcomes += 1;
    this.#tail.add(error / prediction.error, weight);
  }

  learn(): LearnedSpan {
    this.#mean.fade(this.#keptPerHour);
    this.#error.fade(this.#keptPerHour);
    this.#tail.fade(this.#keptPerHour);
    const { perHour } = this.#pace;
    if (this.#outcomes < perHour) return this.learned;
    this.learned = {
      mean: [...this.#mean.solve(MEAN_PENALTY)],
      error: [...this.#error.solveNonNegative(Float64Array.from(this.learned.error), ERROR_SHRINKAGE)],
      tail: this.#tailOutcomes < TAIL_HOURS * perHour ? null : this.#tail.tail(),
    };
    return this.learned;
  }

  look(first: number, length: number): void {
    this.#seasonalFrom = first;
    this.#seasonal = this.ahead(first, length);
  }

  ahead(first: number, length: number): readonly (SeasonalInputs | null)[] {
    return Array.from({ length }, (_, i) => this.#memory.inputsFor(first + i));
  }

  inputsFor(acts: number): SeasonalInputs | null {
    return this.#seasonal[acts - this.#seasonalFrom] ?? null;
  }
}
