/** One step that was forecast from an earlier origin, in logarithms. */
export interface Validated {
  readonly at: number;
  /** Steps from the origin. */
  readonly ahead: number;
  readonly predicted: number;
  readonly actual: number;
}

const SLOTS = 24;
/** Parts of the horizon: what comes soon is known better. */
const REACHES_PER_DAY = 8;
/** How many errors all times of day together count for in the scale of one of them. */
const POOLED_WEIGHT = 20;
const LEVEL_STEP = 0.005;

interface LeftOutDay {
  readonly own: Float64Array;
  readonly others: Float64Array;
}

/**
 * Quantiles around predictions from the errors of earlier ones, which are larger at some times of day than at others.
 *
 * Errors of one day resemble each other, so that a share of all errors covers less of the next day than of those it was
 * taken from. Therefore a quantile is taken at the level that, with each day left out in turn, covers the share that is
 * asked for of the day left out (cross-conformal prediction: Vovk, Annals of Mathematics and AI 74, 2015).
 */
export class ErrorBands {
  readonly #stepsPerDay: number;
  /** By the time of day, and as a factor by how far ahead. */
  readonly #scales: readonly number[];
  readonly #reaches: readonly number[];
  readonly #standardised: Float64Array;
  readonly #days: readonly LeftOutDay[];
  readonly #calibrated = new Map<number, number>();

  constructor(points: readonly Validated[], stepsPerDay: number) {
    this.#stepsPerDay = stepsPerDay;
    const whole = points.reduce((sum, { predicted, actual }) => sum + Math.abs(actual - predicted), 0);
    const pooled = whole / Math.max(1, points.length) + 1e-9;
    this.#scales = meanErrors(points, SLOTS, pooled, ({ at }) => this.#slotOf(at));
    this.#reaches = meanErrors(points, 2 * REACHES_PER_DAY, pooled, ({ ahead }) => this.#reachOf(ahead)).map(
      (error) => error / pooled,
    );
    const errors = points.map(({ at, ahead, predicted, actual }) => ({
      day: Math.floor(at / stepsPerDay),
      error: (actual - predicted) / this.#scaleAt(at, ahead),
    }));
    this.#standardised = Float64Array.from(errors, ({ error }) => error).sort();
    const days = [...new Set(errors.map(({ day }) => day))];
    const sorted = (kept: typeof errors): Float64Array => Float64Array.from(kept, ({ error }) => error).sort();
    this.#days =
      days.length < 2
        ? []
        : days.map((left) => ({
            own: sorted(errors.filter(({ day }) => day === left)),
            others: sorted(errors.filter(({ day }) => day !== left)),
          }));
  }

  /** @returns the logarithm below which a share `quantile` of what comes at that step lies. */
  quantile({ at, ahead, predicted }: Omit<Validated, 'actual'>, quantile: number): number {
    let error = this.#calibrated.get(quantile);
    if (error === undefined) {
      error = quantileOf(this.#standardised, this.#levelFor(quantile));
      this.#calibrated.set(quantile, error);
    }
    return predicted + error * this.#scaleAt(at, ahead);
  }

  #levelFor(quantile: number): number {
    const total = this.#days.reduce((sum, { own }) => sum + own.length, 0);
    if (total === 0) return quantile;
    for (let level = LEVEL_STEP; level < 1; level += LEVEL_STEP) {
      const covered = this.#days.reduce((sum, { own, others }) => sum + countUpTo(own, quantileOf(others, level)), 0);
      if (covered >= quantile * total) return level;
    }
    return 1;
  }

  #scaleAt(at: number, ahead: number): number {
    return (this.#scales[this.#slotOf(at)] ?? 1) * (this.#reaches[this.#reachOf(ahead)] ?? 1);
  }

  #reachOf(ahead: number): number {
    return Math.min(2 * REACHES_PER_DAY - 1, Math.floor((ahead * REACHES_PER_DAY) / this.#stepsPerDay));
  }

  #slotOf(at: number): number {
    return Math.floor(((at % this.#stepsPerDay) * SLOTS) / this.#stepsPerDay);
  }
}

/** Mean absolute error of each group, drawn to that of all where a group is small. */
function meanErrors(
  points: readonly Validated[],
  groups: number,
  pooled: number,
  groupOf: (point: Validated) => number,
): readonly number[] {
  const sums = new Float64Array(groups);
  const counts = new Float64Array(groups);
  for (const point of points) {
    const group = groupOf(point);
    sums[group] = (sums[group] ?? 0) + Math.abs(point.actual - point.predicted);
    counts[group] = (counts[group] ?? 0) + 1;
  }
  return Array.from(sums, (sum, group) => (sum + POOLED_WEIGHT * pooled) / ((counts[group] ?? 0) + POOLED_WEIGHT));
}

/** The next rank above, since what is predicted is itself one of the ranks. */
function quantileOf(sorted: Float64Array, level: number): number {
  const rank = Math.min(sorted.length - 1, Math.max(0, Math.ceil((sorted.length + 1) * level) - 1));
  return sorted[rank] ?? 0;
}

function countUpTo(sorted: Float64Array, bound: number): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? 0) <= bound) from = middle + 1;
    else to = middle;
  }
  return from;
}
