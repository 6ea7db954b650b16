/**
 * Scores whole runs over a recorded load.
 *
 *   J = mean over traces of (task-hours / clairvoyant task-hours + 1.0 * missed load in percent)
 *
 * Steps of the warm-up and steps for which nothing was recorded are not scored.
 */
import type { Tasks } from '../../shared/domain/units.ts';
import { type LoadPerSecond, STEPS_PER_DAY } from '../load/steps.ts';
import type { SteppedLoad } from '../load/trace.ts';
import { type CapacitySummary, carry, LoadAccount, MISSED_ABOVE } from './load-account.ts';

/** The tasks of a service at the end of each step. */
export interface CapacityRun {
  readonly ready: Int32Array;
  readonly wanted: Int32Array;
}

export interface ScoredTrace {
  readonly achieved: CapacitySummary;
  readonly clairvoyant: CapacitySummary;
}

/** At least two tasks, so that one may fail. */
const LEAST_TASKS: Tasks = 2;
/** Keeps the clairvoyant just below the point where load is missed, whatever the rounding. */
const CLAIRVOYANT_MARGIN = 0.999;

/** How many steps at the start of a load are for learning: 14 days, 7 below 21 days of load, 3 below 10. */
export function warmUpSteps(stepCount: number): number {
  const days = stepCount / STEPS_PER_DAY;
  if (days >= 21) return 14 * STEPS_PER_DAY;
  return (days >= 10 ? 7 : 3) * STEPS_PER_DAY;
}

/** Accounts for a run over a load of equal length. */
export function scoreRun(
  load: SteppedLoad,
  run: CapacityRun,
  taskCapacity: LoadPerSecond,
  skipSteps: number = warmUpSteps(load.perSecond.length),
): CapacitySummary {
  const { perSecond, missing } = load;
  if (run.ready.length !== perSecond.length || run.wanted.length !== perSecond.length) {
    throw new RangeError(`a run of ${run.wanted.length} steps does not fit a load of ${perSecond.length}`);
  }
  const account = new LoadAccount();
  for (let step = skipSteps; step < perSecond.length; step += 1) {
    if (missing[step] === 1) continue;
    const offered = perSecond[step] ?? 0;
    account.add(offered, run.wanted[step] ?? 0, carry(offered, run.ready[step] ?? 0, taskCapacity));
  }
  return account.summary();
}

/** What nobody can undercut without missing load: in each step the fewest tasks that stay below 90 %, there at once. */
export function clairvoyantRun(
  load: SteppedLoad,
  taskCapacity: LoadPerSecond,
  least: Tasks = LEAST_TASKS,
): CapacityRun {
  const carriedPerTask = taskCapacity * MISSED_ABOVE * CLAIRVOYANT_MARGIN;
  const needed = Int32Array.from(load.perSecond, (offered) => Math.max(least, Math.ceil(offered / carriedPerTask)));
  return { ready: needed, wanted: needed };
}

/** J, the lower the better; 1 is what a clairvoyant without misses has. */
export function objective(traces: readonly ScoredTrace[]): number {
  if (traces.length === 0) throw new RangeError('J is a mean over traces, and there are none');
  const costs = traces.map(
    ({ achieved, clairvoyant }) => achieved.taskHours / clairvoyant.taskHours + 100 * achieved.missedShare,
  );
  return costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
}
