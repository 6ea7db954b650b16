import type { FleetPolicy, ServicePolicy, TargetTrackingSettings } from '../config/policy.ts';
import type { CapacityBounds, NamedTargetTracking, ScalableTargetId, ScalingSetup } from '../domain/capacity.ts';
import { TARGET_TRACKING_POLICY } from '../domain/change.ts';
import { abstain, act, type Decision, hold } from '../domain/decision.ts';
import type { Reading } from '../domain/reading.ts';
import type { ActReason, Difference } from '../domain/reason.ts';
import type { ServiceFacts } from '../domain/snapshot.ts';
import type { KnownEvent } from '../domain/known-event.ts';
import { type EpochMs, earlier, type Percent, type Seconds, type Tasks } from '../domain/units.ts';
import { activeEvent } from './floor-plan.ts';
import { defineLever, serviceOf } from './lever.ts';
import { mayHoldFloor, predictiveTarget } from './predictive-standing.ts';
import { resourceOf, targetOf } from './resources.ts';

export interface TargetTrackingInput {
  readonly target: ScalableTargetId;
  readonly facts: Reading<ServiceFacts>;
  readonly scaling: Reading<ScalingSetup | null>;
  /**
   * Where the minimum may stand now: at the ordinary one, or above it while an event is under way or the predictive lever
   * moves it.
   */
  readonly allowedMin: { readonly lowest: Tasks; readonly highest: Tasks };
  /** A target that may stand instead of that of the service; absent where none may. */
  readonly otherTargetPercent?: Percent;
}

export interface TargetTrackingLeverSettings {
  readonly min: Tasks;
  readonly max: Tasks;
  readonly hardLimit: Tasks;
  readonly targetTracking: TargetTrackingSettings;
}

/**
 * Keeps the inner loop as policy says: registered, not suspended, one target-tracking policy with the right numbers, and
 * bounds where no other lever has a reason to move them.
 *
 *   min is right at the ordinary minimum; above it while an event is under way or the predictive lever moves it
 *   max is right anywhere from `max` to `hardLimit`: between them the ceiling lever decides
 */
export function evaluateTargetTracking(
  { target, facts, scaling, allowedMin, otherTargetPercent }: TargetTrackingInput,
  settings: TargetTrackingLeverSettings,
  _now: EpochMs,
): Decision {
  if (facts.kind === 'unseen') return abstain({ code: 'blind', to: 'the ECS service', because: facts.because });
  if (scaling.kind === 'unseen') return abstain({ code: 'blind', to: 'its scaling setup', because: scaling.because });

  const setup = scaling.value;
  if (setup === null) {
    // Registering moves capacity into the bounds at once; what runs now must fit, up to the hard limit.
    const max = Math.min(Math.max(settings.max, facts.value.desired), settings.hardLimit);
    const to = { bounds: { min: allowedMin.lowest, max }, targetTracking: wantedPolicy(null, settings) };
    return act({ kind: 'ensure-target-tracking', target, from: null, to }, 'repair', { code: 'not-registered' });
  }
  if (setup.targetTracking.length > 1) {
    return hold({ code: 'several-policies', names: setup.targetTracking.map(({ name }) => name) });
  }

  const policy = setup.targetTracking[0] ?? null;
  const to = {
    bounds: rightBounds(setup.bounds, allowedMin, settings),
    targetTracking: wantedPolicy(policy, settings, otherTargetPercent),
  };
  const because = [
    ...suspension(setup),
    ...policyReasons(policy, to.targetTracking),
    ...boundsReasons(setup.bounds, to.bounds),
  ];
  const [first, ...others] = because;
  if (first === undefined) return hold({ code: 'as-it-should-be' });
  return act({ kind: 'ensure-target-tracking', target, from: setup, to }, 'repair', first, ...others);
}

function wantedPolicy(
  present: NamedTargetTracking | null,
  { targetTracking }: TargetTrackingLeverSettings,
  otherTargetPercent?: Percent,
): NamedTargetTracking {
  const isOther = present !== null && present.cpuPercent === otherTargetPercent;
  const cpuPercent = isOther ? present.cpuPercent : targetTracking.cpuPercent;
  return { ...targetTracking, name: present?.name ?? TARGET_TRACKING_POLICY, cpuPercent };
}

function rightBounds(
  { min, max }: CapacityBounds,
  allowedMin: TargetTrackingInput['allowedMin'],
  settings: Pick<TargetTrackingLeverSettings, 'max' | 'hardLimit'>,
): CapacityBounds {
  const rightMin = Math.min(Math.max(min, allowedMin.lowest), allowedMin.highest);
  return { min: rightMin, max: Math.min(Math.max(max, settings.max, rightMin), settings.hardLimit) };
}

function suspension({ suspended }: ScalingSetup): readonly ActReason[] {
  const which = Object.entries(suspended).flatMap(([name, isSuspended]) => (isSuspended ? [name] : []));
  return which.length === 0 ? [] : [{ code: 'scaling-suspended', which }];
}

function policyReasons(is: NamedTargetTracking | null, shouldBe: NamedTargetTracking): readonly ActReason[] {
  if (is === null) return [{ code: 'policy-missing' }];
  const compared = [
    'cpuPercent',
    'scaleOutCooldownSeconds',
    'scaleInCooldownSeconds',
    'disableScaleIn',
    'metricResolution',
  ] as const;
  const found: Difference[] = compared
    .filter((what) => is[what] !== shouldBe[what])
    .map((what) => ({ what, is: is[what], shouldBe: shouldBe[what] }));
  return found.length === 0 ? [] : [{ code: 'policy-differs', differences: found }];
}

function boundsReasons(is: CapacityBounds, shouldBe: CapacityBounds): readonly ActReason[] {
  const found: Difference[] = (['min', 'max'] as const)
    .filter((what) => is[what] !== shouldBe[what])
    .map((what) => ({ what, is: is[what], shouldBe: shouldBe[what] }));
  return found.length === 0 ? [] : [{ code: 'bounds-differ', differences: found }];
}

export const targetTracking = defineLever<TargetTrackingInput, TargetTrackingLeverSettings>({
  name: 'target-tracking',
  purpose: 'Keeps the scalable target and its target-tracking policy as policy says.',
  needs: () => [],
  cases: (snapshot, policy, now) =>
    policy.services.map((service) => {
      const { facts, scaling, forecast } = serviceOf(snapshot, service.name);
      const otherTargetPercent = predictiveTarget(forecast, service, policy, now);
      return {
        resource: resourceOf(service),
        service: service.name,
        input: {
          target: targetOf(service),
          facts,
          scaling,
          allowedMin: allowedMin(snapshot.events, service, policy, now),
          ...(otherTargetPercent === null ? {} : { otherTargetPercent }),
        },
        settings: settingsOf(service),
      };
    }),
  evaluate: evaluateTargetTracking,
});

/** AWS fires a scheduled action within about a minute of its time: until then the step before still counts. */
const STEP_GRACE: Seconds = 120;

function allowedMin(
  events: readonly KnownEvent[],
  service: ServicePolicy,
  policy: FleetPolicy,
  now: EpochMs,
): TargetTrackingInput['allowedMin'] {
  const { leadSeconds } = policy.levers['known-event'];
  const underWay = [now, earlier(now, STEP_GRACE)].some((at) => activeEvent(events, service, leadSeconds, at) !== null);
  return { lowest: service.min, highest: underWay || mayHoldFloor(policy) ? service.hardLimit : service.min };
}

function settingsOf({ min, max, hardLimit, targetTracking }: ServicePolicy): TargetTrackingLeverSettings {
  return { min, max, hardLimit, targetTracking };
}
