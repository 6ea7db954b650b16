import { DAY } from '../../shared/domain/units.ts';
import { STEP_SECONDS, type StepIndex, STEPS_PER_DAY } from '../load/steps.ts';
import type { SteppedLoad } from '../load/trace.ts';
import { FITTED_STEPS } from '../plant/run.ts';
import { warmUpSteps } from '../plant/score.ts';
import { formatQuantity } from '../report/format.ts';

/** Three years and a bit. More would need gigabytes for the runs of all policies. */
const MOST_STEPS = 5_000_000;

/** `1 day`, `27.6 days`. */
export function daysInWords(steps: StepIndex): string {
  const days = formatQuantity(steps / STEPS_PER_DAY);
  return `${days} ${days === '1' ? 'day' : 'days'}`;
}

/** Which part of a load is scored, and what a reader has to know about its length. */
export interface ScoredPart {
  readonly warmUpSteps: StepIndex;
  /** Sentences; none when all is well. */
  readonly notes: readonly string[];
}

/**
 * @param warmUpDays `null` for 14 days, 7 where the load is shorter than 21 days, 3 below 10, none where that would be all.
 * @throws RangeError when the load is too short, too long, or shorter than the warm-up that was asked for.
 */
export function scoredPart(load: SteppedLoad, warmUpDays: number | null): ScoredPart {
  const steps = load.perSecond.length;
  const days = steps / STEPS_PER_DAY;
  if (steps < FITTED_STEPS) {
    throw new RangeError(`the trace is ${steps * STEP_SECONDS} s long; five minutes are the least to begin with`);
  }
  if (steps > MOST_STEPS) {
    throw new RangeError(
      `the trace is ${days.toFixed(0)} days long, which is more than the ${(MOST_STEPS / STEPS_PER_DAY).toFixed(0)} days that are walked through at once; cut it`,
    );
  }
  const notes = [...lengthNotes(days), ...gapNotes(load)];
  if (warmUpDays !== null) {
    const asked = Math.round((warmUpDays * DAY) / STEP_SECONDS);
    if (asked < steps) return { warmUpSteps: asked, notes };
    throw new RangeError(`a warm-up of ${warmUpDays} days leaves nothing to score of ${days.toFixed(1)} days`);
  }
  const usual = warmUpSteps(steps);
  if (usual < steps) return { warmUpSteps: usual, notes };
  return { warmUpSteps: 0, notes: [...notes, 'All of it is scored: it is too short for a warm-up.'] };
}

function lengthNotes(days: number): readonly string[] {
  if (days < 2) {
    return [
      `The trace is ${(days * 24).toFixed(1)} hours long, less than two days: nothing can repeat in it, so that policies that learn from the past cannot show what they are worth.`,
    ];
  }
  if (days < 14) {
    return [
      `The trace is ${days.toFixed(1)} days long, less than two weeks: weekly patterns cannot be learned from it.`,
    ];
  }
  return [];
}

function gapNotes({ missing }: SteppedLoad): readonly string[] {
  const gaps = missing.reduce((sum, flag) => sum + flag, 0);
  if (gaps === 0) return [];
  const share = (100 * gaps) / missing.length;
  return [
    `${share < 0.1 ? 'Less than 0.1' : share.toFixed(1)} % of the trace is missing. There a straight line is walked through, and nothing is scored.`,
  ];
}
