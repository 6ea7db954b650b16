import type { EpochMs, Seconds } from '../../shared/domain/units.ts';
import { STEP_SECONDS } from './steps.ts';

/** A recorded load: one amount (requests, transactions) for each of many intervals of one length, oldest first. */
export interface Trace {
  /** For messages and titles: the name of the file. */
  readonly name: string;
  /** Start of the first interval. */
  readonly startsAt: EpochMs;
  /** A multiple of `STEP_SECONDS`. */
  readonly intervalSeconds: Seconds;
  /** Amount per interval. Where the recording has a gap, a straight line between its neighbours. */
  readonly amounts: Float64Array;
  /** 1 where the recording has a gap, otherwise 0; as long as `amounts`. */
  readonly missing: Uint8Array;
}

/** A load as the plant takes it: one value a step. */
export interface SteppedLoad {
  readonly startsAt: EpochMs;
  /** `LoadPerSecond`, one for each step. */
  readonly perSecond: Float64Array;
  /** 1 where nothing was recorded: such steps are simulated but not scored; as long as `perSecond`. */
  readonly missing: Uint8Array;
}

/**
 * The load at the start of each step, a straight line through the middles of the intervals: an amount is the mean of its
 * interval, so it is most true in the middle. Before the first middle and after the last the load is level.
 */
export function loadPerStep(trace: Trace): SteppedLoad {
  const { amounts, missing, intervalSeconds } = trace;
  const stepsPerInterval = intervalSeconds / STEP_SECONDS;
  const rates = amounts.map((amount) => amount / intervalSeconds);
  const perSecond = new Float64Array(rates.length * stepsPerInterval);
  const missingSteps = new Uint8Array(perSecond.length);
  for (let step = 0; step < perSecond.length; step += 1) {
    perSecond[step] = rateAt(rates, step / stepsPerInterval);
    missingSteps[step] = missing[Math.floor(step / stepsPerInterval)] ?? 0;
  }
  return { startsAt: trace.startsAt, perSecond, missing: missingSteps };
}

/** @param position in intervals from the start of the trace: 0.5 is the middle of the first. */
function rateAt(rates: Float64Array, position: number): number {
  const before = Math.floor(position - 0.5);
  const rate = rates[Math.max(before, 0)] ?? 0;
  const next = rates[before + 1];
  if (before < 0 || next === undefined) return rate;
  return (next - rate) * (position - (before + 0.5)) + rate;
}

/** Draws a straight line through each gap, in place; gaps at the ends become level. At least one amount must be there. */
export function fillGaps(amounts: Float64Array, missing: Uint8Array): void {
  let previous = missing.indexOf(0);
  if (previous < 0) throw new RangeError('a trace without a single amount cannot be filled');
  amounts.fill(amounts[previous] ?? 0, 0, previous);
  for (let next = missing.indexOf(0, previous + 1); next >= 0; next = missing.indexOf(0, previous + 1)) {
    drawLine(amounts, previous, next);
    previous = next;
  }
  amounts.fill(amounts[previous] ?? 0, previous);
}

function drawLine(amounts: Float64Array, from: number, to: number): void {
  const start = amounts[from] ?? 0;
  const slope = ((amounts[to] ?? 0) - start) / (to - from);
  for (let row = from + 1; row < to; row += 1) amounts[row] = slope * (row - from) + start;
}
