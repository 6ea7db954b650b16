import { times } from '../capacity/factor.ts';
import type { FleetPolicy, LeverSettings, ServicePolicy, Sustained } from '../config/policy.ts';
import type { ScalableTargetId, ScalingSetup } from '../domain/capacity.ts';
import { scheduledBy } from '../domain/change.ts';
import { abstain, act, type Decision, hold } from '../domain/decision.ts';
import type { KnownEvent } from '../domain/known-event.ts';
import { newest, type Reading, seen, type Series, unseen } from '../domain/reading.ts';
import type { ActReason } from '../domain/reason.ts';
import type { ServiceFacts } from '../domain/snapshot.ts';
import {
  DAY,
  earlier,
  type EpochMs,
  HOUR,
  later,
  MINUTE,
  type Percent,
  type Seconds,
  type Tasks,
} from '../domain/units.ts';
import { eventCeiling } from './known-event.ts';
import { cpuQuery, isDue, runningTasksQuery } from './metric-queries.ts';
import { type CheapServiceFacts, defineLever, type Need, serviceOf } from './lever.ts';
import { resourceOf, targetOf } from './resources.ts';

export interface CeilingInput {
  readonly target: ScalableTargetId;
  readonly facts: Reading<ServiceFacts>;
  readonly scaling: Reading<ScalingSetup | null>;
  /** Average CPU of the newest minutes, oldest first, as many as `sustained.of`. */
  readonly cpuPercents: Reading<readonly Percent[]>;
  /** The newest of them, as many as `confirmed.of`. */
  readonly newestCpuPercents: Reading<readonly Percent[]>;
  readonly wantedMoreThanMax: Reading<EpochMs | null>;
  /** Most tasks that ran at once in the calm period. */
  readonly peakTasks: Reading<Tasks>;
  /** Least ceiling that known events under way or ahead can do with; 0 without any. */
  readonly ceilingForEvents: Tasks;
  /** The same of the plan that the predictive lever has handed to AWS; absent without one. */
  readonly ceilingForPlan?: Tasks;
}

export interface CeilingSettings {
  readonly max: Tasks;
  readonly hardLimit: Tasks;
  readonly targetPercent: Percent;
  readonly lever: LeverSettings['ceiling'];
}

/** The calm period is looked at once an hour: it is long, and its answer changes slowly. */
const CALM_EVERY: Seconds = HOUR;

/** A saturated CPU reads at most 100 % however much is asked of it: from here on the need is at least what was measured. */
const SATURATED_PERCENT: Percent = 95;

/**
 * Raises the ceiling of a service that is pinned at it, by the computed need:
 *
 *   needed = ceil(desired × CPU ÷ target), and at least one more than the ceiling
 *
 *   10 tasks at the ceiling of 10, 84 % CPU, target 70 %  ->  12
 *   10 tasks at the ceiling of 10, 99 % CPU, target 70 %  ->  15: saturated, the whole step of ×1.5
 *
 * Lowers it again, towards the ceiling of policy, when the peak of the last days times the headroom stays below it: never
 * under what runs now, nor under what a known event has been given or will need.
 * Steps, hard limit, cooldown and connection math are the guards' business.
 */
export function evaluateCeiling(input: CeilingInput, settings: CeilingSettings, _now: EpochMs): Decision {
  const { facts, scaling } = input;
  if (facts.kind === 'unseen') return abstain({ code: 'blind', to: 'the ECS service', because: facts.because });
  if (scaling.kind === 'unseen') return abstain({ code: 'blind', to: 'its scaling setup', because: scaling.because });
  if (scaling.value === null)
    return abstain({ code: 'not-deployed', detail: 'not registered: no ceiling to look after' });

  const { desired } = facts.value;
  const { max } = scaling.value.bounds;
  if (desired >= max) return noUseOfRoom(scaling.value) ?? evaluatePinned(input, scaling.value, desired, settings);
  if (max > settings.max) return evaluateCalm(input, scaling.value, facts.value, settings);
  return hold({ code: 'below-max', desired, max });
}

/** Without a policy that scales out, a higher ceiling changes nothing but the bill that it allows. */
function noUseOfRoom({ suspended, targetTracking, otherPolicies }: ScalingSetup): Decision | null {
  if (suspended.dynamicScalingOut) {
    return abstain({ code: 'not-deployed', detail: 'scaling out is suspended: a higher ceiling would not be used' });
  }
  return targetTracking.length + otherPolicies.length === 0
    ? abstain({ code: 'not-deployed', detail: 'no policy scales it out: a higher ceiling would not be used' })
    : null;
}

function evaluatePinned(
  { target, cpuPercents, newestCpuPercents, wantedMoreThanMax }: CeilingInput,
  { bounds }: ScalingSetup,
  desired: Tasks,
  { hardLimit, targetPercent, lever }: CeilingSettings,
): Decision {
  const raise = (needed: Tasks, because: ActReason): Decision =>
    bounds.max >= hardLimit
      ? hold({ code: 'at-hard-limit', hardLimit, needed })
      : act({ kind: 'set-capacity-bounds', target, from: bounds, to: { ...bounds, max: needed } }, 'grow', because);

  const asked = wantedMoreThanMax.kind === 'seen' ? wantedMoreThanMax.value : null;
  if (
    asked !== null &&
    newestCpuPercents.kind === 'seen' &&
    isBreached(newestCpuPercents.value, targetPercent, lever.confirmed)
  ) {
    const cpuPercent = mean(newestCpuPercents.value);
    const needed = neededTasks(desired, bounds.max, cpuPercent, targetPercent, lever.maxStepFactor);
    return raise(needed, { code: 'scaled-to-max', max: bounds.max, cpuPercent, targetPercent, since: asked, needed });
  }
  if (cpuPercents.kind === 'unseen') {
    if (lever.whenBlind === 'hold') return abstain({ code: 'blind', to: 'CPU', because: cpuPercents.because });
    return raise(bounds.max + 1, { code: 'pinned-and-blind', max: bounds.max, blind: cpuPercents.because });
  }
  if (!isBreached(cpuPercents.value, targetPercent, lever.sustained)) {
    const above = cpuPercents.value.filter((cpu) => cpu > targetPercent).length;
    return hold({ code: 'not-sustained', above, of: lever.sustained.of, targetPercent });
  }
  const cpuPercent = mean(cpuPercents.value);
  const needed = neededTasks(desired, bounds.max, cpuPercent, targetPercent, lever.maxStepFactor);
  const minutes = lever.sustained.of;
  return raise(needed, { code: 'pinned-at-max', max: bounds.max, cpuPercent, targetPercent, minutes, needed });
}

function evaluateCalm(
  { target, peakTasks, ceilingForEvents: forEvents, ceilingForPlan: forPlan = 0 }: CeilingInput,
  { bounds }: ScalingSetup,
  { desired, running }: ServiceFacts,
  { max, lever }: CeilingSettings,
): Decision {
  if (peakTasks.kind === 'unseen') {
    return peakTasks.because.code === 'not-asked'
      ? hold({ code: 'not-due', everySeconds: CALM_EVERY })
      : abstain({ code: 'blind', to: 'the running tasks of the calm period', because: peakTasks.because });
  }
  // The metric is minutes late: what is wanted or runs now counts as well.
  const peak = Math.max(peakTasks.value, desired, running);
  // At least one above the peak: a ceiling at the peak would count as pinned, and be raised again.
  const lowered = Math.max(max, bounds.min, peak + 1, Math.ceil(times(peak, lever.calmHeadroomFactor)));
  if (lowered >= bounds.max) return hold({ code: 'not-calm', peakTasks: peak, max: bounds.max });
  if (forEvents >= bounds.max) return hold({ code: 'waits-for', lever: 'known-event' });
  if (forPlan >= bounds.max) return hold({ code: 'waits-for', lever: 'predictive' });
  const to = { ...bounds, max: Math.max(lowered, forEvents, forPlan) };
  return act({ kind: 'set-capacity-bounds', target, from: bounds, to }, 'shrink', {
    code: 'calm',
    days: lever.calmDays,
    peakTasks: peak,
    max: bounds.max,
  });
}

function isBreached(cpuPercents: readonly Percent[], targetPercent: Percent, { datapoints, of }: Sustained): boolean {
  return cpuPercents.slice(-of).filter((cpu) => cpu > targetPercent).length >= datapoints;
}

function neededTasks(
  desired: Tasks,
  max: Tasks,
  cpuPercent: Percent,
  targetPercent: Percent,
  stepFactor: number,
): Tasks {
  const measured = Math.ceil((desired * cpuPercent) / targetPercent);
  const censored = cpuPercent >= SATURATED_PERCENT ? Math.ceil(times(max, stepFactor)) : 0;
  return Math.max(measured, censored, max + 1);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Points that may be missing in the calm period before its peak counts as unknown: 2 % of the minutes. */
const CALM_COVERAGE = 0.98;

/** The peak of a long window, or why it is not known. Missing minutes, above all the newest, could hide a peak. */
function peakOver(series: Reading<Series>, days: number, limitSeconds: Seconds, now: EpochMs): Reading<Tasks> {
  const newestPoint = newest(series, 1, limitSeconds, now);
  if (series.kind === 'unseen') return series;
  if (newestPoint.kind === 'unseen') return newestPoint;
  const { points, periodSeconds } = series.value;
  const window = points.filter(({ at }) => at >= earlier(now, days * DAY));
  const invalid = window.find(({ value }) => !Number.isFinite(value) || value < 0);
  if (invalid !== undefined) return unseen({ code: 'invalid', value: String(invalid.value) });
  const needed = Math.floor(((days * DAY) / periodSeconds) * CALM_COVERAGE);
  if (window.length < needed) return unseen({ code: 'incomplete', points: window.length, needed });
  const peak = window.reduce((most, { value }) => Math.max(most, value), 0);
  return seen(peak, newestPoint.at);
}

/** How far back a report of Application Auto Scaling still speaks of now. */
const REPORT_WINDOW = 5 * MINUTE;

export const ceiling = defineLever<CeilingInput, CeilingSettings>({
  name: 'ceiling',
  purpose: 'Raises max capacity of a service that is pinned at it, and lowers it again after calm days.',
  needs: (facts, policy, now) =>
    policy.services.flatMap((service) => needsOf(service, facts.services[service.name], policy, now)),
  cases: (snapshot, policy, now) =>
    policy.services.map((service) => {
      const { facts, scaling, scheduled, cpu, runningTasks, wantedMoreThanMax } = serviceOf(snapshot, service.name);
      const lever = policy.levers.ceiling;
      const planned = scheduled.kind === 'seen' ? scheduledBy('plan', scheduled.value.ours) : [];
      return {
        resource: resourceOf(service),
        service: service.name,
        input: {
          target: targetOf(service),
          facts,
          scaling,
          cpuPercents: newest(cpu, lever.sustained.of, lever.maxReadingAgeSeconds, now),
          newestCpuPercents: newest(cpu, lever.confirmed.of, lever.maxReadingAgeSeconds, now),
          wantedMoreThanMax,
          peakTasks: peakOver(runningTasks, lever.calmDays, lever.maxReadingAgeSeconds, now),
          ceilingForEvents: ceilingForEvents(snapshot.events, service, policy, now),
          ...(planned.length === 0 ? {} : { ceilingForPlan: Math.max(...planned.map(({ min = 0 }) => min)) }),
        },
        settings: {
          max: service.max,
          hardLimit: service.hardLimit,
          targetPercent: service.targetTracking.cpuPercent,
          lever,
        },
      };
    }),
  evaluate: evaluateCeiling,
});

/** What events within the horizon need: a ceiling that is lowered below it would only have to be raised again. */
function ceilingForEvents(
  events: readonly KnownEvent[],
  service: ServicePolicy,
  policy: FleetPolicy,
  now: EpochMs,
): Tasks {
  const lever = policy.levers['known-event'];
  const horizon = later(now, lever.horizonDays * DAY);
  const floors = events
    .filter(({ from, to }) => to > now && from <= horizon)
    .map((event) => event.floors[service.name] ?? 0);
  const most = Math.max(0, ...floors);
  return most === 0 ? 0 : eventCeiling(most, { service, lever });
}

/** A service below its ceiling needs no metric at all, and that is most services most of the time. */
function needsOf(
  service: ServicePolicy,
  facts: CheapServiceFacts | undefined,
  policy: FleetPolicy,
  now: EpochMs,
): readonly Need[] {
  if (facts?.facts.kind !== 'seen' || facts.scaling.kind !== 'seen' || facts.scaling.value === null) return [];
  const { max } = facts.scaling.value.bounds;
  const { sustained, calmDays } = policy.levers.ceiling;
  if (facts.facts.value.desired >= max) {
    return [
      { slot: 'cpu', service: service.name, query: cpuQuery(service, sustained.of) },
      { slot: 'wantedMoreThanMax', service: service.name, since: earlier(now, REPORT_WINDOW) },
    ];
  }
  return max > service.max && isDue(now, CALM_EVERY)
    ? [{ slot: 'runningTasks', service: service.name, query: runningTasksQuery(service, calmDays) }]
    : [];
}
