import type { CapacityBounds, ScheduledCapacity } from '../domain/capacity.ts';
import type { EpochMs, Tasks } from '../domain/units.ts';
import type { FloorStep } from './floor-plan.ts';

/** Whether two plans are the same, whatever the order of their actions. */
export function isSamePlan(a: readonly ScheduledCapacity[], b: readonly ScheduledCapacity[]): boolean {
  const line = ({ name, at, min, max }: ScheduledCapacity): string =>
    JSON.stringify([name, at, min ?? null, max ?? null]);
  const [left, right] = [a.map(line).sort(), b.map(line).sort()];
  return left.length === right.length && left.every((text, index) => text === right[index]);
}

/** Whether there is a time at which one plan asks for more tasks, or leaves more room, than another would. */
export function asksForMore(
  plan: readonly ScheduledCapacity[],
  than: readonly ScheduledCapacity[],
  present: CapacityBounds,
): boolean {
  return [...plan, ...than].some(({ at }) =>
    (['min', 'max'] as const).some(
      (bound) => boundAt(plan, bound, at, present[bound]) > boundAt(than, bound, at, present[bound]),
    ),
  );
}

/** Where a plan has put a bound by then, from where it stands at present. */
function boundAt(plan: readonly ScheduledCapacity[], bound: 'min' | 'max', at: EpochMs, present: Tasks): Tasks {
  let newest: { readonly at: EpochMs; readonly tasks: Tasks } | null = null;
  for (const action of plan) {
    const tasks = action[bound];
    if (tasks === undefined || action.at > at || (newest !== null && action.at < newest.at)) continue;
    newest = { at: action.at, tasks };
  }
  return newest?.tasks ?? present;
}

/** So many scheduled actions one scalable target may have (quotas of Application Auto Scaling). */
const MOST_SCHEDULED_ACTIONS = 200;

/**
 * The nearest steps, as many as can be scheduled: half of what others leave of the quota, because an old plan stays in
 * place until the new one stands. What is cut off is scheduled later; what is kept ends at the ordinary minimum.
 */
export function nearestSteps(steps: readonly FloorStep[], othersCount: number): readonly FloorStep[] {
  const most = Math.max(2, Math.floor((MOST_SCHEDULED_ACTIONS - othersCount) / 2));
  if (steps.length <= most) return steps;
  const near = steps.slice(0, most);
  const lastReturn = near.findLastIndex(({ event }) => event === null);
  if (lastReturn >= 0) return near.slice(0, lastReturn + 1);
  // Events that overlap without a pause: what is left out in the middle comes closer before it is due.
  return [...near.slice(0, -1), ...steps.filter(({ event }) => event === null).slice(0, 1)];
}
