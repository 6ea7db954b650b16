import type { LeverSettings, ServicePolicy } from '../config/policy.ts';
import type { CapacityBounds, ScalableTargetId, ScalingSetup, ScheduledCapacity } from '../domain/capacity.ts';
import { SCHEDULED_ACTION_PREFIX } from '../domain/change.ts';
import { abstain, act, type Decision, hold } from '../domain/decision.ts';
import type { KnownEvent } from '../domain/known-event.ts';
import type { Reading } from '../domain/reading.ts';
import type { ActReason } from '../domain/reason.ts';
import type { ScheduledSetup } from '../domain/snapshot.ts';
import { DAY, type EpochMs, isoInstant, later, type Seconds, type Tasks } from '../domain/units.ts';
import { activeEvent, type FloorStep, floorSteps } from './floor-plan.ts';
import { defineLever, serviceOf } from './lever.ts';
import { resourceOf, targetOf } from './resources.ts';

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
const HANDS_OFF: Seconds = 120;

/**
 * Holds the scheduled actions of a service at what its known events need: a step up before each begins, a step down when
 * it ends. The plan is a whole: overlapping events are one staircase that always ends at the ordinary minimum.
 *
 *   floors 8 from 08:00 to 20:00, lead 15 min, min 2  ->  07:45 min 8 (max at least 12), 20:00 min 2
 *
 * A step down gives back the minimum and leaves the ceiling: a ceiling costs nothing while it is not used, and lowering
 * it would stop tasks if the load outlasts the event. The ceiling lever lowers it after calm days.
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

  const { ours } = scheduled.value;
  const missed = missedStep({ target, events, ours, bounds: scaling.value.bounds }, settings, now);
  if (missed !== null) return missed;

  const steps = floorSteps(events, settings.service, settings.lever.leadSeconds);
  const wanted = steps.filter(({ at }) => at > now).map((step) => scheduledStep(step, settings));
  const isDueNow = ours.some(({ at }) => at > later(now, -HANDS_OFF) && at <= later(now, HANDS_OFF));
  if (isSamePlan(ours, wanted) || isDueNow) {
    const next = wanted[0];
    return next === undefined
      ? hold({ code: 'no-event-ahead' })
      : hold({ code: 'scheduled', actions: wanted.length, next: next.at });
  }
  const because = planReasons(events, settings, now);
  const [first, ...others] = because;
  return act(
    { kind: 'schedule-capacity', target, from: ours, to: wanted },
    wanted.length === 0 ? 'shrink' : 'grow',
    first ?? { code: 'event-over-or-withdrawn', actions: ours.length },
    ...others,
  );
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
  const isOnItsWay = ours.some(({ at, min }) => min === current.floor && at <= now && at > later(now, -HANDS_OFF));
  if (isOnItsWay) return null;
  const to = { min: current.floor, max: Math.max(bounds.max, eventCeiling(current.floor, settings)) };
  return act({ kind: 'set-capacity-bounds', target, from: bounds, to }, 'grow', {
    code: 'event-under-way',
    event: current.event.name,
    to: current.event.to,
    floor: current.floor,
  });
}

interface StandingPlan {
  readonly target: ScalableTargetId;
  readonly events: readonly KnownEvent[];
  readonly ours: readonly ScheduledCapacity[];
  readonly bounds: CapacityBounds;
}

/** The ceiling that goes along with a floor: room for target tracking above it, within the hard limit. */
export function eventCeiling(
  floor: Tasks,
  {
    service,
    lever,
  }: { readonly service: Pick<ServicePolicy, 'max' | 'hardLimit'>; readonly lever: KnownEventSettings['lever'] },
): Tasks {
  return Math.min(Math.max(service.max, Math.ceil(floor * lever.ceilingFactor)), service.hardLimit);
}

function scheduledStep({ at, floor, event }: FloorStep, settings: KnownEventSettings): ScheduledCapacity {
  const { service } = settings;
  const name = `${SCHEDULED_ACTION_PREFIX}event-${isoInstant(at).slice(0, 16).replaceAll(/[-:]/g, '')}`;
  const max = eventCeiling(floor, settings);
  // Only a step up that needs more room than an ordinary day touches the ceiling.
  return event !== null && max > service.max ? { name, at, min: floor, max } : { name, at, min: floor };
}

function isSamePlan(a: readonly ScheduledCapacity[], b: readonly ScheduledCapacity[]): boolean {
  const line = ({ name, at, min, max }: ScheduledCapacity): string => JSON.stringify([name, at, min ?? null, max ?? null]);
  const [left, right] = [a.map(line).sort(), b.map(line).sort()];
  return left.length === right.length && left.every((text, index) => text === right[index]);
}

function planReasons(events: readonly KnownEvent[], { service, lever }: KnownEventSettings, now: EpochMs): ActReason[] {
  return [...events]
    .sort((a, b) => a.from - b.from)
    .map((event) => {
      const floor = event.floors[service.name] ?? service.min;
      return later(event.from, -lever.leadSeconds) > now
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
