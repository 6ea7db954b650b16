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
const REACHES = 2 * REACHES_PER_DAY;
/** For how many days of its own all times of day together count in the scale of one of them. */
const POOLED_DAYS = 7;
/**
 * Errors are counted on the cube root of the load, on which counts and other loads that cannot be negative err about
 * alike whatever their level (Wilson and Hilferty, PNAS 17, 1931): they grow with the load, but less than in proportion.
 */
const POWER = 1 / 3;
/** After so long an error counts half: loads change, and so does how well they are known. */
const HALF_LIFE_DAYS = 7;
/**
 * The errors of one day resemble each other, so that days count and not points, of which there are few. This much of a
 * day is taken to lie beyond all that was seen, at either end.
 */
const UNSEEN_DAYS = 0.125;

/**
 * Quantiles around predictions from the errors of earlier ones (split conformal prediction: Papadopoulos and others,
 * Inductive Confidence Machines for Regression, 2002), which are larger at some times of day than at others, and grow with
 * the distance. Newer errors count for more (Barber and others, Conformal Prediction Beyond Exchangeability, 2023).
 */
export class ErrorBands {
  readonly #stepsPerDay: number;
  /** By the time of day, and as a factor by how far ahead. */
  readonly #scales: readonly number[];
  readonly #reaches: readonly number[];
  /** Rising, with the weight of all up to each. */
  readonly #errors: Float64Array;
  readonly #weights: Float64Array;
  /** What a day at the end of the history weighs. */
  readonly #dayWeight: number;

  /** @param until step before which everything is known. */
  constructor(points: readonly Validated[], stepsPerDay: number, until: number) {
    this.#stepsPerDay = stepsPerDay;
    const own = points.map((point) => ({
      ...point,
      weight: 0.5 ** ((until - point.at) / (HALF_LIFE_DAYS * stepsPerDay)),
      error: flatten(point.actual) - flatten(point.predicted),
    }));
    const total = own.reduce((sum, { weight }) => sum + weight, 0);
    const days = new Set(own.map(({ at }) => Math.floor((until - 1 - at) / stepsPerDay)));
    const ages = [...days].reduce((weights, age) => weights + 0.5 ** (age / HALF_LIFE_DAYS), 0);
    this.#dayWeight = total / Math.max(1, ages);
    const pooled =
      own.reduce((sum, { weight, error }) => sum + weight * Math.abs(error), 0) / Math.max(total, 1e-9) + 1e-9;
    const drawn = POOLED_DAYS * this.#dayWeight;
    this.#scales = meanErrors(own, SLOTS, { error: pooled, weight: drawn }, ({ at }) => this.#slotOf(at));
    const reaches = meanErrors(own, REACHES, { error: pooled, weight: drawn }, ({ ahead }) => this.#reachOf(ahead));
    this.#reaches = reaches.map((error) => error / pooled);
    const standardised = own
      .map(({ at, ahead, error, weight }) => ({ error: error / this.#scaleAt(at, ahead), weight }))
      .sort((a, b) => a.error - b.error);
    this.#errors = Float64Array.from(standardised, ({ error }) => error);
    let sum = 0;
    this.#weights = Float64Array.from(standardised, ({ weight }) => (sum += weight));
  }

  /** @returns the logarithm below which a share `quantile` of what comes at that step lies. */
  quantile({ at, ahead, predicted }: Omit<Validated, 'actual'>, quantile: number): number {
    return unflatten(flatten(predicted) + this.#errorAt(quantile) * this.#scaleAt(at, ahead));
  }

  #errorAt(quantile: number): number {
    const total = this.#weights.at(-1) ?? 0;
    const unseen = UNSEEN_DAYS * this.#dayWeight;
    const wanted = quantile * (total + 2 * unseen) - unseen;
    let from = 0;
    let to = this.#weights.length - 1;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#weights[middle] ?? 0) >= wanted) to = middle;
      else from = middle + 1;
    }
    return this.#errors[from] ?? 0;
  }

  #scaleAt(at: number, ahead: number): number {
    return (this.#scales[this.#slotOf(at)] ?? 1) * (this.#reaches[this.#reachOf(ahead)] ?? 1);
  }

  #reachOf(ahead: number): number {
    return Math.min(REACHES - 1, Math.floor((ahead * REACHES_PER_DAY) / this.#stepsPerDay));
  }

  #slotOf(at: number): number {
    return Math.floor(((at % this.#stepsPerDay) * SLOTS) / this.#stepsPerDay);
  }
}

function flatten(logarithm: number): number {
  return Math.exp(POWER * logarithm);
}

/** A load below nothing is nothing. */
function unflatten(root: number): number {
  return root > 0 ? Math.log(root) / POWER : -Infinity;
}

interface Weighed extends Validated {
  readonly weight: number;
  readonly error: number;
}

/** Mean absolute error of each group, drawn to that of all where a group is small. */
function meanErrors(
  points: readonly Weighed[],
  groups: number,
  pooled: { readonly error: number; readonly weight: number },
  groupOf: (point: Weighed) => number,
): readonly number[] {
  const prior = pooled.weight / groups;
  const sums = new Float64Array(groups).fill(prior * pooled.error);
  const weights = new Float64Array(groups).fill(prior);
  for (const point of points) {
    const group = groupOf(point);
    sums[group] = (sums[group] ?? 0) + point.weight * Math.abs(point.error);
    weights[group] = (weights[group] ?? 0) + point.weight;
  }
  return Array.from(sums, (sum, group) => {
    const weight = weights[group] ?? 0;
    return weight > 0 ? sum / weight : pooled.error;
  });
}
