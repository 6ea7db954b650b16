import type { CapacityBounds, ScalableTargetId } from '../../../shared/domain/capacity.ts';
import type { Change, ServiceChange } from '../../../shared/domain/change.ts';
import type { Act, Decision } from '../../../shared/domain/decision.ts';
import type { FleetPolicy, LeverName } from '../../../shared/config/policy.ts';
import type { FleetSnapshot } from '../../../shared/domain/snapshot.ts';
import type { EpochMs } from '../../../shared/domain/units.ts';
import { evaluateFleet, type Verdict } from '../../../shared/evaluation/evaluate-fleet.ts';
import { describeChange } from '../../../shared/domain/explain.ts';
import { LEVERS } from '../../../shared/levers/registry.ts';
import { NOW } from './time.ts';

export const CORE_API: ScalableTargetId = { cluster: 'production', service: 'core-api' };
export const CORE_API_RESOURCE = 'service/production/core-api';

/** The ceiling lever raises 10 to 12. */
export function anAct(over: Partial<Act<ServiceChange>> = {}): Act<ServiceChange> {
  return {
    kind: 'act',
    change: aRaise({ min: 2, max: 10 }, { min: 2, max: 12 }),
    direction: 'grow',
    because: [{ code: 'pinned-at-max', max: 10, cpuPercent: 84, targetPercent: 70, minutes: 10, needed: 12 }],
    ...over,
  };
}

export function aRaise(from: CapacityBounds, to: CapacityBounds): Extract<Change, { kind: 'set-capacity-bounds' }> {
  return { kind: 'set-capacity-bounds', target: CORE_API, from, to };
}

/** What one lever says about one service, before arbitration and guards. */
export function saidBy(
  lever: LeverName,
  snapshot: FleetSnapshot,
  policy: FleetPolicy,
  service = 'core-api',
  now: EpochMs = NOW,
): Decision {
  return LEVERS.find(({ name }) => name === lever)!
    .propose(snapshot, policy, now)
    .find((proposal) => proposal.service === service)!.wanted;
}

/** What becomes of it in the whole evaluation. */
export function verdictOf(
  lever: LeverName,
  snapshot: FleetSnapshot,
  policy: FleetPolicy,
  service = 'core-api',
  now: EpochMs = NOW,
): Decision {
  return verdictIn(evaluateFleet(snapshot, policy, now).verdicts, lever, service).decision;
}

export function verdictIn(verdicts: readonly Verdict[], lever: LeverName, service: string): Verdict {
  return verdicts.find(({ proposal }) => proposal.lever === lever && proposal.service === service)!;
}

/** `act 2–12 (pinned-at-max, trimmed-to-step)`, `hold (frozen); else 2–12 (pinned-at-max)`: kind, numbers and codes. */
export function brief(decision: Decision): string {
  switch (decision.kind) {
    case 'act':
      return `act ${briefAct(decision)}`;
    case 'hold':
      return `hold (${codes(decision)})${decision.instead === undefined ? '' : `; else ${briefAct(decision.instead)}`}`;
    case 'abstain':
      return `abstain (${codes(decision)})`;
  }
}

function briefAct(act: Act): string {
  return `${briefChange(act.change)} (${codes(act)})`;
}

/** `2–12`, or `07:45 min 8 max 12, 20:00 min 2`. */
function briefChange(change: Change): string {
  switch (change.kind) {
    case 'set-capacity-bounds':
      return `${change.to.min}–${change.to.max}`;
    case 'ensure-target-tracking':
      return `${change.to.bounds.min}–${change.to.bounds.max} at ${change.to.targetTracking.cpuPercent} %`;
    case 'schedule-capacity':
      return change.to.length === 0 ? 'no plan' : briefPlan(change.to);
    default:
      return describeChange(change);
    case 'tune-pgbouncer':
      return `pool ${change.to.defaultPoolSize}+${change.to.reservePoolSize}, ${change.to.maxClientConnections} clients`;
  }
}

export function briefPlan(
  plan: readonly { readonly at: EpochMs; readonly min?: number; readonly max?: number }[],
): string {
  return plan
    .map(({ at, min, max }) => {
      const bounds = [...(min === undefined ? [] : [`min ${min}`]), ...(max === undefined ? [] : [`max ${max}`])];
      return `${new Date(at).toISOString().slice(8, 16).replace('T', ' ')} ${bounds.join(' ')}`;
    })
    .join(', ');
}

function codes({ because }: Decision): string {
  return because.map(({ code }) => code).join(', ');
}
