/** How much each candidate counts, by the errors that it made at past origins. */
import { type Candidate, CANDIDATES } from './candidates.ts';
import type { PastPoint, Predictions } from './rolling-origins.ts';

export type Weights = Readonly<Record<Candidate, number>>;

/** How much the candidates that err less are preferred to begin with. */
const PREFERENCE = 4;
/** How strongly the weights are held there, in units of a candidate's mean square error. */
const HOLD = 0.5;
/** A candidate that was not there for more of the points than this has no say. */
const LEAST_PRESENCE = 0.95;
const ROUNDS = 200;

/**
 * Weights that are not negative and sum to one. They begin at the inverse mean absolute errors to a power; from there the
 * mean square error of the combination is made smaller, since candidates whose errors cancel are worth more together than
 * each alone (Granger and Ramanathan, Improved Methods of Combining Forecasts, 1984), by exponentiated gradient descent
 * (Kivinen and Warmuth, Information and Computation 132, 1997).
 */
export function weigh(points: readonly PastPoint[]): Weights {
  const errors = CANDIDATES.map((name) => errorsOf(points, name));
  const strengths = errors.map((own) =>
    own === null ? 0 : ((own.length + 1e-9) / (sumOfSizes(own) + 1e-9)) ** PREFERENCE,
  );
  const start = normalized(strengths);
  const products = errors.map((one) => errors.map((other) => meanProduct(one, other)));
  const powers = products.map((row, i) => row[i] ?? 0);
  const hold = (HOLD * powers.reduce((sum, power) => sum + power, 0)) / powers.length;
  // No faster, or the descent could overshoot: the gradient changes by no more than this for a weight that moves.
  const rate = 1 / (Math.max(...powers) + hold + 1e-12);
  let weights = start;
  for (let round = 0; round < ROUNDS; round += 1) {
    const current = weights;
    const factors = products.map((row, i) => {
      const error = row.reduce((sum, product, j) => sum + product * (current[j] ?? 0), 0);
      return Math.exp(-rate * (error + hold * ((current[i] ?? 0) - (start[i] ?? 0))));
    });
    weights = normalized(current.map((weight, i) => weight * (factors[i] ?? 1)));
  }
  const share = (i: number): number => weights[i] ?? 0;
  return {
    'naive-day': share(0),
    'naive-week': share(1),
    'mean-of-days': share(2),
    regression: share(3),
    mstl: share(4),
  };
}

/** @returns the mean of what is there by its weights, or `null` where nothing is. */
export function combine(predictions: Predictions, weights: Weights): number | null {
  let sum = 0;
  let total = 0;
  for (const name of CANDIDATES) {
    const predicted = predictions[name];
    if (predicted === null) continue;
    sum += weights[name] * predicted;
    total += weights[name];
  }
  return total > 0 ? sum / total : null;
}

/** An absent candidate errs by nothing at the few points where the others are alone. */
function errorsOf(points: readonly PastPoint[], name: Candidate): Float64Array | null {
  let present = 0;
  const errors = Float64Array.from(points, ({ predictions, actual }) => {
    const predicted = predictions[name];
    if (predicted === null) return 0;
    present += 1;
    return predicted - actual;
  });
  return present < LEAST_PRESENCE * points.length || present === 0 ? null : errors;
}

function sumOfSizes(errors: Float64Array): number {
  return errors.reduce((sum, error) => sum + Math.abs(error), 0);
}

function meanProduct(one: Float64Array | null, other: Float64Array | null): number {
  if (one === null || other === null) return 0;
  return one.reduce((sum, error, i) => sum + error * (other[i] ?? 0), 0) / one.length;
}

function normalized(values: readonly number[]): readonly number[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => (total > 0 ? value / total : 1 / values.length));
}
