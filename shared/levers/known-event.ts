import type { LeverSettings, ServicePolicy } from '../config/policy.ts';
import type { CapacityBounds, ScalableTargetId, ScalingSetup, ScheduledCapacity } from '../domain/capacity.ts';
import { SCHEDULED_ACTION_PREFIX } from '../domain/change.ts';
import { abstain, act, type Decision, hold } from '../domain/decision.ts';
import type { KnownEvent } from '../domain/known-event.ts';
import type { Reading } from '../domain/reading.ts';
import type { ActReason } from '../domain/reason.ts';
import type { ScheduledSetup } from '../domain/snapshot.ts';
import { DAY, earlier, type EpochMs, isoInstant, later, MINUTE, type Seconds, type Tasks } from '../domain/units.ts';
import { times } from './factor.ts';
import { activeEvent, floorAt, type FloorStep, floorSteps } from './floor-plan.ts';
import { defineLever, serviceOf } from './lever.ts';
import { resourceOf, targetOf } from './resources.ts';
import { asksForMore, isSamePlan, nearestSteps } from './scheduled-plan.ts';

export interface KnownEventInput {
  readonly target: ScalableTargetId;
  readonly scaling: Reading<ScalingSetup | null>;
  readonly scheduled: Reading<ScheduledSetup>;
  /** Events that name the service, within the horizon. */
  readonly events: readonly KnownEvent[];
}

export interface KnownEventSettings {
  readonly service: Pick<ServicePolicy, 'name' | 'min' | 'max' | 'hardLimit'>;
  readonly lever: LeverSettings['known-event'];
}

/** A scheduled action that is due within this time is left to AWS: replacing it now could lose it. */
const HANDS_OFF: Seconds = 2 * MINUTE;

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
  { target, scaling, scheduled, events }: KnownEventInput,
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
  const standing = { target, events, ours, bounds };
  const moved = missedStep(standing, settings, now) ?? leftOverFloor(standing, settings, now);
  if (moved !== null) return moved;

  const ahead = floorSteps(events, settings.service, settings.lever.leadSeconds).filter(({ at }) => at > now);
  const wanted = scheduledSteps(nearestSteps(ahead, othersCount), bounds, settings);
  if (isSamePlan(ours, wanted) || ours.some((action) => isLeftToAws(action, bounds, now))) {
    const next = wanted[0];
    return next === undefined
      ? hold({ code: 'no-event-ahead' })
      : hold({ code: 'scheduled', actions: wanted.length, next: next.at });
  }
  const direction = asksForMore(wanted, ours, bounds) ? 'grow' : 'shrink';
  const [first, ...others] = planReasons(events, settings, now);
  const change = { kind: 'schedule-capacity', target, from: ours, to: wanted } as const;
  return first === undefined
    ? act(change, direction, { code: 'event-over-or-withdrawn', actions: ours.length })
    : act(change, direction, first, ...others);
}

interface StandingPlan {
  readonly target: ScalableTargetId;
  readonly events: readonly KnownEvent[];
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
 * The minimum still stands where a step of ours has put it, and no event asks for that any more: the event was withdrawn
 * or moved in its run. Its trace is the step down that comes next, to the floor that should stand already. It is given
 * back first: with the plan its step down would be withdrawn, and the capacity would stay.
 */
function leftOverFloor(
  { target, events, ours, bounds }: StandingPlan,
  { service, lever }: KnownEventSettings,
  now: EpochMs,
): Decision | null {
  const floor = floorAt(events, service, lever.leadSeconds, now);
  if (bounds.min <= floor || ours.some(({ at }) => isDueAround(at, now))) return null;
  const next = ours.filter(({ at }) => at > now).sort((a, b) => a.at - b.at)[0];
  if (next?.min !== floor) return null;
  return act({ kind: 'set-capacity-bounds', target, from: bounds, to: { min: floor, max: bounds.max } }, 'shrink', {
    code: 'event-over-or-withdrawn',
    actions: ours.length,
  });
}

function isDueAround(at: EpochMs, now: EpochMs): boolean {
  return at > earlier(now, HANDS_OFF) && at <= later(now, HANDS_OFF);
}

/** A step that would lower the ceiling of now is replaced even in the last minute: better late than tasks stopped. */
function isLeftToAws({ at, max }: ScheduledCapacity, bounds: CapacityBounds, now: EpochMs): boolean {
  const wouldLower = at > now && max !== undefined && max < bounds.max;
  return isDueAround(at, now) && !wouldLower;
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
    const name = `${SCHEDULED_ACTION_PREFIX}event-${compactInstant(at)}`;
    const needed = event === null ? 0 : eventCeiling(floor, settings);
    if (needed <= ceiling) return { name, at, min: floor };
    ceiling = needed;
    return { name, at, min: floor, max: needed };
  });
}

/** `20261201T0745`, with seconds where there are any: two steps of one minute need two names. */
function compactInstant(at: EpochMs): string {
  return isoInstant(at).slice(0, 19).replace(/:00$/, '').replaceAll(/[-:]/g, '');
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
      return {
        resource: resourceOf(service),
        service: name,
        input: {
          target: targetOf(service),
          scaling,
          scheduled,
          events: snapshot.events.filter(
            (event) => event.floors[name] !== undefined && event.to > now && event.from <= horizon,
          ),
        },
        settings: { service: { name, min, max, hardLimit }, lever },
      };
    }),
  evaluate: evaluateKnownEvent,
});
