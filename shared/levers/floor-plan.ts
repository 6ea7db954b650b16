import type { ServicePolicy } from '../config/policy.ts';
import type { KnownEvent } from '../domain/known-event.ts';
import { earlier, type EpochMs, type Seconds, type Tasks } from '../domain/units.ts';
import { eventRoom } from './own-schedule.ts';

type Floored = Pick<ServicePolicy, 'name' | 'min' | 'hardLimit'>;

/** The least tasks from an instant on, until the next step. */
export interface FloorStep {
  readonly at: EpochMs;
  readonly floor: Tasks;
  /** The event that asks for it; `null` where the ordinary minimum returns. */
  readonly event: KnownEvent | null;
}

/**
 * The event that asks for the most tasks at an instant, with its lead time. A floor above the hard limit counts as the
 * hard limit: an event that was announced before the limit was lowered still gets what is allowed.
 */
export function activeEvent(
  events: readonly KnownEvent[],
  service: Floored,
  leadSeconds: Seconds,
  at: EpochMs,
): { readonly event: KnownEvent; readonly floor: Tasks } | null {
  let most: { readonly event: KnownEvent; readonly floor: Tasks } | null = null;
  for (const event of events) {
    const asked = event.floors[service.name];
    if (asked === undefined || at < earlier(event.from, leadSeconds) || at >= event.to) continue;
    const floor = Math.min(asked, service.hardLimit);
    if (most === null || floor > most.floor) most = { event, floor };
  }
  return most;
}

/** The least tasks at an instant: the ordinary minimum, or what events ask for, whichever is larger. */
export function floorAt(events: readonly KnownEvent[], service: Floored, leadSeconds: Seconds, at: EpochMs): Tasks {
  return Math.max(service.min, activeEvent(events, service, leadSeconds, at)?.floor ?? 0);
}

/**
 * The steps of the floor over time, from all events together: where events overlap the larger floor holds, so the end of
 * one never takes away what another still needs. The last step always returns to the ordinary minimum.
 */
export function floorSteps(
  events: readonly KnownEvent[],
  service: Floored,
  leadSeconds: Seconds,
): readonly FloorStep[] {
  const mine = events.filter((event) => event.floors[service.name] !== undefined);
  const instants = new Set(mine.flatMap((event) => [earlier(event.from, leadSeconds), event.to]));
  const steps: FloorStep[] = [];
  let floor: Tasks = service.min;
  for (const at of [...instants].sort((a, b) => a - b)) {
    const active = activeEvent(mine, service, leadSeconds, at);
    const next = Math.max(service.min, active?.floor ?? 0);
    if (next === floor) continue;
    steps.push({ at, floor: next, event: next > service.min ? (active?.event ?? null) : null });
    floor = next;
  }
  return steps;
}

/**
 * The nearest steps, as many as can be scheduled. What is cut off is scheduled later; what is kept ends at the ordinary
 * minimum.
 */
export function nearestSteps(steps: readonly FloorStep[], othersCount: number): readonly FloorStep[] {
  const most = eventRoom(othersCount);
  if (steps.length <= most) return steps;
  const near = steps.slice(0, most);
  const lastReturn = near.findLastIndex(({ event }) => event === null);
  if (lastReturn >= 0) return near.slice(0, lastReturn + 1);
  // Events that overlap without a pause: what is left out in the middle comes closer before it is due.
  return [...near.slice(0, -1), ...steps.filter(({ event }) => event === null).slice(0, 1)];
}
