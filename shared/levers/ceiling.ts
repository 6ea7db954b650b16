import type { FleetPolicy, LeverSettings, ServicePolicy, Sustained } from '../config/policy.ts';
import type { ScalableTargetId, ScalingSetup } from '../domain/capacity.ts';
import { abstain, act, type Decision, hold } from '../domain/decision.ts';
import { newest, type Reading, seen, type Series, unseen } from '../domain/reading.ts';
import type { ActReason } from '../domain/reason.ts';
import type { ServiceFacts } from '../domain/snapshot.ts';
import { DAY, type EpochMs, HOUR, later, MINUTE, type Percent, type Tasks } from '../domain/units.ts';
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
}

export interface CeilingSettings {
  readonly max: Tasks;
  readonly hardLimit: Tasks;
  readonly targetPercent: Percent;
  readonly lever: LeverSettings['ceiling'];
}

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
 * Lowers it again, towards the ceiling of policy, when the peak of the last days times the headroom stays below it.
 * Steps, hard limit, cooldown and connection math are the guards' business.
 */
export function evaluateCeiling(input: CeilingInput, settings: CeilingSettings, now: EpochMs): Decision {
  const { facts, scaling } = input;
  if (facts.kind === 'unseen') return abstain({ code: 'blind', to: 'the ECS service', because: facts.because });
  if (scaling.kind === 'unseen') return abstain({ code: 'blind', to: 'its scaling setup', because: scaling.because });
  if (scaling.value === null) return abstain({ code: 'not-deployed', detail: 'not registered: no ceiling to look after' });

  const { desired } = facts.value;
  const { max } = scaling.value.bounds;
  if (desired >= max) return evaluatePinned(input, scaling.value, desired, settings);
  if (max > settings.max) return evaluateCalm(input, scaling.value, settings, now);
  return hold({ code: 'below-max', desired, max });
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
  if (asked !== null && newestCpuPercents.kind === 'seen' && isBreached(newestCpuPercents.value, targetPercent, lever.confirmed)) {
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
  { target, peakTasks }: CeilingInput,
  { bounds }: ScalingSetup,
  { max, lever }: CeilingSettings,
  _now: EpochMs,
): Decision {
  if (peakTasks.kind === 'unseen' && peakTasks.because.code === 'not-asked') {
    return hold({ code: 'not-due', everySeconds: CALM_EVERY });
  }
  if (peakTasks.kind === 'unseen') {
    return abstain({ code: 'blind', to: 'the running tasks of the calm period', because: peakTasks.because });
  }
  const lowered = Math.max(max, bounds.min, Math.ceil(peakTasks.value * lever.calmHeadroomFactor));
  if (lowered >= bounds.max) return hold({ code: 'not-calm', peakTasks: peakTasks.value, max: bounds.max });
  return act(
    { kind: 'set-capacity-bounds', target, from: bounds, to: { ...bounds, max: lowered } },
    'shrink',
    { code: 'calm', days: lever.calmDays, peakTasks: peakTasks.value, max: bounds.max },
  );
}

function isBreached(cpuPercents: readonly Percent[], targetPercent: Percent, { datapoints, of }: Sustained): boolean {
  return cpuPercents.slice(-of).filter((cpu) => cpu > targetPercent).length >= datapoints;
}

function neededTasks(desired: Tasks, max: Tasks, cpuPercent: Percent, targetPercent: Percent, stepFactor: number): Tasks {
  const measured = Math.ceil((desired * cpuPercent) / targetPercent);
  const censored = cpuPercent >= SATURATED_PERCENT ? Math.ceil(max * stepFactor) : 0;
  return Math.max(measured, censored, max + 1);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Points that may be missing in the calm period before its peak counts as unknown: 2 % of the minutes. */
const CALM_COVERAGE = 0.98;

/** The peak of a long window, or why it is not known. Missing minutes could hide a peak. */
export function peakOver(series: Reading<Series>, days: number): Reading<Tasks> {
  if (series.kind === 'unseen') return series;
  const { points, periodSeconds } = series.value;
  const needed = Math.floor(((days * DAY) / periodSeconds) * CALM_COVERAGE);
  if (points.length < needed) return unseen({ code: 'incomplete', points: points.length, needed });
  const peak = points.reduce((most, { value }) => (value > most ? value : most), 0);
  return Number.isFinite(peak) ? seen(peak, series.at) : unseen({ code: 'invalid', value: String(peak) });
}

/** The calm period is looked at once an hour: it is long, and its answer changes slowly. */
const CALM_EVERY = HOUR;

/** How far back a report of Application Auto Scaling still speaks of now. */
const REPORT_WINDOW = 5 * MINUTE;

export const ceiling = defineLever<CeilingInput, CeilingSettings>({
  name: 'ceiling',
  purpose: 'Raises max capacity of a service that is pinned at it, and lowers it again after calm days.',
  needs: (facts, policy, now) =>
    policy.services.flatMap((service) => needsOf(service, facts.services[service.name], policy, now)),
  cases: (snapshot, policy, now) =>
    policy.services.map((service) => {
      const { facts, scaling, cpu, runningTasks, wantedMoreThanMax } = serviceOf(snapshot, service.name);
      const lever = policy.levers.ceiling;
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
          peakTasks: peakOver(runningTasks, lever.calmDays),
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
      { slot: 'wantedMoreThanMax', service: service.name, since: later(now, -REPORT_WINDOW) },
    ];
  }
  return max > service.max && isDue(now, CALM_EVERY)
    ? [{ slot: 'runningTasks', service: service.name, query: runningTasksQuery(service, calmDays) }]
    : [];
}
