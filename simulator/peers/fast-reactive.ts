import type { BacktestPolicy, PolicySetup, StepDecision, StepView } from '../backtest/policy.ts';
import { HeldRecommendation } from './held-recommendation.ts';

/** A high-resolution metric is visible one period late. */
const LAG_STEPS = 1;
/** The slope is taken over two minutes, and half of it is expected to go on. */
const SLOPE_STEPS = 6;
const SLOPE_SHARE = 0.5;

/**
 * Scales on the request rate, seen every 20 s and 20 s late, and holds five minutes before it scales in:
 *
 *   wanted = ceil(max(rate, rate + 0.5 * (rate - rate two minutes before)) / (task capacity * target))
 *
 *   600/s now, 500/s before, 100/s a task, target 65 %  ->  ceil(650 / 65) = 10
 *
 * Unlike CPU a request rate does not saturate, so it goes straight to the need.
 */
export function fastReactive({ targetPercent, taskCapacity, bounds }: PolicySetup): BacktestPolicy {
  const carriedPerTask = taskCapacity * (targetPercent / 100);
  /** Oldest first: from the beginning of the slope up to now. */
  const loads: number[] = [];
  const held = new HeldRecommendation();

  function decide({ load, wanted }: StepView): StepDecision {
    loads.push(load);
    if (loads.length > SLOPE_STEPS + LAG_STEPS + 1) loads.shift();
    const newest = Math.max(0, loads.length - 1 - LAG_STEPS);
    const rate = loads[newest] ?? load;
    const before = loads[Math.max(0, newest - SLOPE_STEPS)] ?? rate;
    const expected = Math.max(rate, rate + SLOPE_SHARE * (rate - before));
    return { wanted: held.next(Math.ceil(expected / carriedPerTask), wanted), floor: bounds.min };
  }
  return { decide };
}
