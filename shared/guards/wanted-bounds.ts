import { isSamePlan } from '../capacity/scheduled-plans.ts';
import { assertNever } from '../domain/assert-never.ts';
import type { CapacityBounds, ScheduledCapacity } from '../domain/capacity.ts';
import type { ServiceChange } from '../domain/change.ts';
import type { Act } from '../domain/decision.ts';
import type { Trim } from '../domain/reason.ts';
import type { Tasks } from '../domain/units.ts';
import type { GuardFinding } from './guard.ts';

/** A minimum, a maximum or both. */
export interface SomeBounds {
  readonly min?: Tasks;
  readonly max?: Tasks;
}

/** Each pair of bounds that a change leads to, now or at a scheduled time. */
export function wantedBounds(change: ServiceChange): readonly SomeBounds[] {
  switch (change.kind) {
    case 'set-capacity-bounds':
      return [change.to];
    case 'ensure-target-tracking':
      return [change.to.bounds];
    case 'schedule-capacity':
      return change.to;
    default:
      return assertNever(change);
  }
}

/** The same without the bounds that stand there already. */
export function movedBounds(change: ServiceChange): readonly SomeBounds[] {
  switch (change.kind) {
    case 'set-capacity-bounds':
      return [moved(change.from, change.to)];
    case 'ensure-target-tracking':
      return change.from === null ? [change.to.bounds] : [moved(change.from.bounds, change.to.bounds)];
    case 'schedule-capacity':
      return change.to;
    default:
      return assertNever(change);
  }
}

function moved(from: CapacityBounds, to: CapacityBounds): SomeBounds {
  return { ...(to.min === from.min ? {} : { min: to.min }), ...(to.max === from.max ? {} : { max: to.max }) };
}

/** The most tasks that the service can come to through this change, given its bounds of now. */
export function mostTasks(change: ServiceChange, present: CapacityBounds): Tasks {
  const wanted = largest(wantedBounds(change));
  return change.kind === 'schedule-capacity' ? Math.max(present.max, wanted) : wanted;
}

/** The largest number of tasks among bounds; 0 where there is none. */
export function largest(bounds: readonly SomeBounds[]): Tasks {
  return Math.max(0, ...bounds.flatMap(({ min = 0, max = 0 }) => [min, max]));
}

/**
 * The same wish with less room. The ceiling of now is the least room: what is there already is not undone here, and a
 * floor that fits under it needs no more. Repairs are whole or not at all.
 *
 * @returns `null` where nothing would be left of the wish.
 */
export function trimCeiling(
  wanted: Act<ServiceChange>,
  room: Tasks,
  present: CapacityBounds,
): Act<ServiceChange> | null {
  const { change } = wanted;
  const most = Math.max(room, present.max);
  switch (change.kind) {
    case 'ensure-target-tracking':
      return null;
    case 'set-capacity-bounds': {
      const to = { min: change.to.min, max: Math.min(change.to.max, most) };
      const isNothingLeft = to.max === change.from.max && to.min === change.from.min;
      return isNothingLeft || to.max < to.min ? null : { ...wanted, change: { ...change, to } };
    }
    case 'schedule-capacity': {
      // An event is announced with what it needs, whole or not at all; of a plan less is better than nothing.
      if (change.owner === 'event' && change.to.some(({ min = 0 }) => min > most)) return null;
      const to = change.to.map((action) => withLessRoom(action, most, present));
      return isSamePlan(to, change.from) ? null : { ...wanted, change: { ...change, to } };
    }
    default:
      return assertNever(change);
  }
}

function withLessRoom(action: ScheduledCapacity, most: Tasks, present: CapacityBounds): ScheduledCapacity {
  const { max, min, ...rest } = action;
  const lower = min === undefined ? rest : { ...rest, min: Math.min(min, most) };
  if (max === undefined) return lower;
  // A step that cannot raise the ceiling must not touch it: it could only lower it.
  return most > present.max ? { ...lower, max: Math.min(max, most) } : lower;
}

export function trimmed(to: Act, because: Trim): GuardFinding {
  return { kind: 'trim', to: { ...to, because: [...to.because, because] }, because };
}
