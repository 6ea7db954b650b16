import type { CapacityBounds, ScheduledCapacity } from '../domain/capacity.ts';
import type { EpochMs, Tasks } from '../domain/units.ts';

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
