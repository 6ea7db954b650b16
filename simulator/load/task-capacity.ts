import type { Tasks } from '../../shared/domain/units.ts';
import type { LoadPerSecond } from './steps.ts';
import type { Trace } from './trace.ts';

/** How large the service shall be that carries a trace. */
export interface ServiceSize {
  /** Tasks that the load needs at its 99th percentile. */
  readonly peakTasks: Tasks;
  /** Share of their CPU that these tasks then use, 0.7 = 70 %. */
  readonly utilization: number;
}

export const FORTY_TASKS_AT_70_PERCENT: ServiceSize = { peakTasks: 40, utilization: 0.7 };

const PEAK_QUANTILE = 0.99;

/**
 * What one task carries with all of its CPU, so that the 99th percentile of the trace needs `peakTasks` at `utilization`.
 * Gaps do not count.
 *
 *   a 99th percentile of 2 800 requests a second, 40 tasks at 70 %  ->  100 requests a second
 *
 * @throws RangeError when the 99th percentile is zero: no size of task fits such a trace.
 */
export function taskCapacityFor(trace: Trace, size: ServiceSize = FORTY_TASKS_AT_70_PERCENT): LoadPerSecond {
  if (!(size.peakTasks > 0) || !(size.utilization > 0)) {
    throw new RangeError(`peakTasks ${size.peakTasks} and utilization ${size.utilization} must both be above 0`);
  }
  const recorded = trace.amounts.filter((_, row) => trace.missing[row] === 0);
  const peak = quantile(
    recorded.map((amount) => amount / trace.intervalSeconds),
    PEAK_QUANTILE,
  );
  if (peak <= 0) throw new RangeError(`${trace.name}: the 99th percentile is 0, give the capacity of a task instead`);
  return peak / (size.peakTasks * size.utilization);
}

/**
 * The value below which a share of the values lies, on a straight line between the two nearest (method 7 of Hyndman and
 * Fan, Sample Quantiles in Statistical Packages, 1996; the default of numpy).
 *
 * @param share 0 for the least, 1 for the greatest.
 */
export function quantile(values: Float64Array, share: number): number {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`a quantile lies between 0 and 1, not at ${share}`);
  const sorted = values.toSorted();
  const position = (sorted.length - 1) * share;
  const index = Math.floor(position);
  const low = sorted[index];
  if (low === undefined) throw new RangeError('no values, no quantile');
  const high = sorted[index + 1] ?? low;
  const part = position - index;
  // Measured from the nearer end, which is where rounding costs least.
  return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part);
}
