import type { Trial } from './search.ts';
import type { Outcome } from './service-level.ts';

/** Trials that no other undercuts in both task-hours and missed load, the cheapest first. */
export function frontierOf<Tried extends Outcome>(trials: readonly Trial<Tried>[]): readonly Trial<Tried>[] {
  const byCost = trials.toSorted(
    ({ outcome: one }, { outcome: other }) => one.taskHours - other.taskHours || one.missedShare - other.missedShare,
  );
  let least = Infinity;
  return byCost.filter(({ outcome: { missedShare } }) => {
    if (missedShare >= least) return false;
    least = missedShare;
    return true;
  });
}
