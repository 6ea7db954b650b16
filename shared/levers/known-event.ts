import { times } from '../capacity/factor.ts';
import { asksForMore, isSamePlan } from '../capacity/scheduled-plans.ts';
import type { LeverSettings, ServicePolicy } from '../config/policy.ts';
import type { CapacityBounds, ScalableTargetId, ScalingSetup, ScheduledCapacity } from '../domain/capacity.ts';
import { abstain, act, type Decision, hold } from '../domain/decision.ts';
import type { KnownEvent } from '../domain/known-event.ts';
import { mapReading, type Reading } from '../domain/reading.ts';
import type { ActReason } from '../domain/reason.ts';
import type { ScheduledSetup } from '../domain/snapshot.ts';
import { DAY, earlier, type EpochMs, later, type Tasks } from '../domain/units.ts';
import { activeEvent, floorAt, type FloorStep, floorSteps, nearestSteps } from './floor-plan.ts';
import { defineLever, serviceOf } from './lever.ts';
import { mayHoldFloor } from './predictive-standing.ts';
import { HANDS_OFF, isDueAround, isLeftToAws, seenByEvents, stepName } from './own-schedule.ts';
import { resourceOf, targetOf } from './resources.ts';

export interface KnownEventInput {
  readonly target: ScalableTargetId;
  readonly scaling: Reading<ScalingSetup | null>;
  /** Those of events. */
  readonly scheduled: Reading<ScheduledSetup>;
  /** Events that name the service, under way or within the horizon. */
  readonly events: readonly KnownEvent[];
  /** Those that have ended minutes ago. */
  readonly ended: readonly KnownEvent[];
  /** The lever that answers for a minimum above what events ask for; absent where none does. */
  readonly floorHeldBy?: 'predictive';
}

export interface KnownEventSettings {
  readonly service: Pick<ServicePolicy, 'name' | 'min' | 'max' | 'hardLimit'>;
  readonly lever: LeverSettings['known-event'];
}

/**
 * Holds the scheduled actions of a service at what its known events need: a step up before each begins, a step down when
 * it ends. The plan is a whole: overlapping events are one staircase that always ends at the ordinary minimum.
 *
 *   floors 8 from 08:00 to 20:00, lead 15 min, min 2  ->  07:45 min 8 (max at least 12), 20:00 min 2
 *
 * No step ever lowers the ceiling: a ceiling costs nothing while it is not used, and lowering it would stop tasks if the
 * load is higher than the event foresaw or outlasts it. The ceiling lever lowers it after calm days.
 */
export function evaluateKnownEvent(
  { target, scaling, scheduled, events, ended, floorHeldBy }: KnownEventInput,
  settings: KnownEventSettings,
  now: EpochMs,
): Decision {
  if (scheduled.kind === 'unseen') {
    return abstain({ code: 'blind', to: 'the scheduled actions', because: scheduled.because });
  }
  if (scaling.kind === 'unseen') return abstain({ code: 'blind', to: 'its scaling setup', because: scaling.because });
  if (scaling.value === null) {
    return events.length === 0
      ? hold({ code: 'no-event-ahead' })
      : abstain({ code: 'not-deployed', detail: 'not registered: nothing to schedule on' });
  }

  const { ours, othersCount } = scheduled.value;
  const { bounds } = scaling.value;
  const standing = { target, events, ended, ours, bounds };
  const ahead = floorSteps(events, settings.service, settings.lever.leadSeconds).filter(({ at }) => at > now);
  const wanted = scheduledSteps(nearestSteps(ahead, othersCount), bounds, settings);
  const moved =
    missedStep(standing, settings, now) ??
    (floorHeldBy === undefined ? leftOverFloor(standing, wanted, settings, now) : null);
  if (moved !== null) return moved;

  if (isSamePlan(ours, wanted) || ours.some((action) => isLeftToAws(action, bounds, now))) {
    const next = wanted[0];
    return next === undefined
      ? hold({ code: 'no-event-ahead' })
      : hold({ code: 'scheduled', actions: wanted.length, next: next.at });
  }
  const direction = asksForMore(wanted, ours, bounds) ? 'grow' : 'shrink';
  const [first, ...others] = planReasons(events, settings, now);
  const change = { kind: 'schedule-capacity', target, owner: 'event', from: ours, to: wanted } as const;
  return first === undefined
    ? act(change, direction, { code: 'event-over-or-withdrawn', actions: ours.length })
    : act(change, direction, first, ...others);
}

interface StandingPlan extends Pick<KnownEventInput, 'target' | 'events' | 'ended'> {
  readonly ours: readonly ScheduledCapacity[];
  readonly bounds: CapacityBounds;
}

/** An event is under way and the minimum does not stand where it must: its step came too late, failed or was undone. */
function missedStep(
  { target, events, ours, bounds }: StandingPlan,
  settings: KnownEventSettings,
  now: EpochMs,
): Decision | null {
  const { service, lever } = settings;
  const current = activeEvent(events, service, lever.leadSeconds, now);
  if (current === null || bounds.min >= current.floor) return null;
  const min = Math.max(service.min, current.floor);
  const isOnItsWay = ours.some(
    (action) => action.min === min && action.at <= now && action.at > earlier(now, HANDS_OFF),
  );
  if (isOnItsWay) return null;
  const to = { min, max: Math.max(bounds.max, eventCeiling(min, settings)) };
  return act({ kind: 'set-capacity-bounds', target, from: bounds, to }, 'grow', {
    code: 'event-under-way',
    event: current.event.name,
    to: current.event.to,
    floor: current.floor,
  });
}

/**
 * The minimum still stands where an event has put it, and no event asks for that any more. Without this the capacity
 * would stay: the step down of an event that is withdrawn goes with its plan, and one that was never planned, because the
 * event was announced in its last minutes, does not come at all.
 */
function leftOverFloor(
  standing: StandingPlan,
  wanted: readonly ScheduledCapacity[],
  settings: KnownEventSettings,
  now: EpochMs,
): Decision | null {
  const { target, events, ours, bounds } = standing;
  const floor = floorAt(events, settings.service, settings.lever.leadSeconds, now);
  if (bounds.min <= floor || ours.some(({ at }) => isDueAround(at, now))) return null;
  const { hardLimit, name } = settings.service;
  const isOfEnded = standing.ended.some(
    (event) => event.to <= earlier(now, HANDS_OFF) && Math.min(event.floors[name] ?? 0, hardLimit) === bounds.min,
  );
  const because: ActReason | null = isOfUnwantedStep(standing, wanted, floor, now)
    ? { code: 'event-over-or-withdrawn', actions: ours.length }
    : isOfEnded
      ? { code: 'bounds-differ', differences: [{ what: 'min', is: bounds.min, shouldBe: floor }] }
      : null;
  if (because === null) return null;
  const to = { min: floor, max: bounds.max };
  return act({ kind: 'set-capacity-bounds', target, from: bounds, to }, 'shrink', because);
}

/** The trace of an event that was withdrawn or moved in its run: a step down that comes next and is not wanted any more. */
function isOfUnwantedStep(
  { ours, bounds }: StandingPlan,
  wanted: readonly ScheduledCapacity[],
  floor: Tasks,
  now: EpochMs,
): boolean {
  const next = ours.filter(({ at }) => at > now).sort((a, b) => a.at - b.at)[0];
  if (next?.min === undefined || next.min >= bounds.min || next.min < floor) return false;
  return !wanted.some(({ at, min }) => at === next.at && min === next.min);
}

/** The ceiling that goes along with a floor: room for target tracking above it, within the hard limit. */
export function eventCeiling(
  floor: Tasks,
  {
    service,
    lever,
  }: { readonly service: Pick<ServicePolicy, 'max' | 'hardLimit'>; readonly lever: KnownEventSettings['lever'] },
): Tasks {
  return Math.min(Math.max(service.max, Math.ceil(times(floor, lever.ceilingFactor))), service.hardLimit);
}

/** Only a step that needs more room than there is by then touches the ceiling. */
function scheduledSteps(
  steps: readonly FloorStep[],
  bounds: CapacityBounds,
  settings: KnownEventSettings,
): readonly ScheduledCapacity[] {
  let ceiling = bounds.max;
  return steps.map(({ at, floor, event }) => {
    const name = stepName('event', at);
    const needed = event === null ? 0 : eventCeiling(floor, settings);
    if (needed <= ceiling) return { name, at, min: floor };
    ceiling = needed;
    return { name, at, min: floor, max: needed };
  });
}

function planReasons(events: readonly KnownEvent[], { service, lever }: KnownEventSettings, now: EpochMs): ActReason[] {
  const floorOf = (event: KnownEvent): Tasks => event.floors[service.name] ?? 0;
  return events
    .filter((event) => floorOf(event) > service.min)
    .sort((a, b) => a.from - b.from)
    .map((event) => {
      const floor = floorOf(event);
      return earlier(event.from, lever.leadSeconds) > now
        ? { code: 'event-ahead', event: event.name, from: event.from, floor }
        : { code: 'event-under-way', event: event.name, to: event.to, floor };
    });
}

export const knownEvent = defineLever<KnownEventInput, KnownEventSettings>({
  name: 'known-event',
  purpose: 'Scheduled actions for deadlines, enrolments and elections, given back at the end.',
  needs: () => [],
  cases: (snapshot, policy, now) =>
    policy.services.map((service) => {
      const { scaling, scheduled } = serviceOf(snapshot, service.name);
      const { name, min, max, hardLimit } = service;
      const lever = policy.levers['known-event'];
      const horizon = later(now, lever.horizonDays * DAY);
      const mine = snapshot.events.filter((event) => event.floors[name] !== undefined);
      return {
        resource: resourceOf(service),
        service: name,
        input: {
          target: targetOf(service),
          scaling,
          scheduled: mapReading(scheduled, seenByEvents),
          events: mine.filter((event) => event.to > now && event.from <= horizon),
          ended: mine.filter((event) => event.to <= now),
          ...(mayHoldFloor(policy) ? { floorHeldBy: 'predictive' as const } : {}),
        },
        settings: { service: { name, min, max, hardLimit }, lever },
      };
    }),
  evaluate: evaluateKnownEvent,
});
