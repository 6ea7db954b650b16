/** What the levers that make scheduled actions have in common. */
import type { CapacityBounds, ScheduledCapacity } from '../domain/capacity.ts';
import { type ScheduleOwner, scheduledActionName, scheduledBy } from '../domain/change.ts';
import type { ScheduledSetup } from '../domain/snapshot.ts';
import { earlier, type EpochMs, isoInstant, later, MINUTE, type Seconds } from '../domain/units.ts';

/** A scheduled action that is due within this time is left to AWS: replacing it now could lose it. */
export const HANDS_OFF: Seconds = 2 * MINUTE;

/** So many scheduled actions one scalable target may have (quotas of Application Auto Scaling). */
const MOST_SCHEDULED_ACTIONS = 200;
/** Two days in hours, or one in half hours, and the step that gives back. */
const MOST_PLAN_ACTIONS = 49;

/** So many actions events may have: an old plan stays in place until the new one stands, so each counts twice. */
export function eventRoom(othersCount: number): number {
  return Math.max(2, Math.floor((MOST_SCHEDULED_ACTIONS - othersCount) / 2));
}

/** So many actions a plan from the forecast may have: half of what events would leave. */
export function planRoom(othersCount: number): number {
  return Math.max(2, Math.min(MOST_PLAN_ACTIONS, Math.floor((MOST_SCHEDULED_ACTIONS - othersCount) / 4)));
}

/** What events see of the scheduled actions: their own, and how many are taken or kept for a plan. */
export function seenByEvents({ ours, othersCount }: ScheduledSetup): ScheduledSetup {
  const isPlanned = scheduledBy('plan', ours).length > 0;
  return {
    ours: scheduledBy('event', ours),
    othersCount: othersCount + (isPlanned ? 2 * planRoom(othersCount) : 0),
  };
}

/** `fulcrum-event-20261201T0745`, with seconds where there are any: two steps of one minute need two names. */
export function stepName(owner: ScheduleOwner, at: EpochMs): string {
  return scheduledActionName(owner, isoInstant(at).slice(0, 19).replace(/:00$/, '').replaceAll(/[-:]/g, ''));
}

export function isDueAround(at: EpochMs, now: EpochMs): boolean {
  return at > earlier(now, HANDS_OFF) && at <= later(now, HANDS_OFF);
}

/** A step that would lower the ceiling of now is replaced even in the last minute: better late than tasks stopped. */
export function isLeftToAws({ at, max }: ScheduledCapacity, bounds: CapacityBounds, now: EpochMs): boolean {
  const wouldLower = at > now && max !== undefined && max < bounds.max;
  return isDueAround(at, now) && !wouldLower;
}
