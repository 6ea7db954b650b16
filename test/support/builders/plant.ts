import type { CapacityBounds, ScalingSetup, ScheduledCapacity } from '../../../shared/domain/capacity.ts';
import { NOTHING_SUSPENDED } from '../../../shared/domain/capacity.ts';
import { assertNever } from '../../../shared/domain/assert-never.ts';
import { isServiceChange, type ScheduleOwner, scheduledBy, type ServiceChange } from '../../../shared/domain/change.ts';
import { seen } from '../../../shared/domain/reading.ts';
import type { FleetSnapshot, ServiceSnapshot } from '../../../shared/domain/snapshot.ts';
import type { EpochMs } from '../../../shared/domain/units.ts';
import type { Verdict } from '../../../shared/evaluation/evaluate-fleet.ts';

/** The fleet after every `act` is done, as AWS does it: capacity moves into its bounds at once. */
export function carriedOut(snapshot: FleetSnapshot, verdicts: readonly Verdict[], now: EpochMs): FleetSnapshot {
  const services = { ...snapshot.services };
  for (const { proposal, decision } of verdicts) {
    const { service } = proposal;
    if (decision.kind !== 'act' || service === null || !isServiceChange(decision.change)) continue;
    services[service] = after(services[service]!, decision.change, now);
  }
  return { ...snapshot, services };
}

function after(service: ServiceSnapshot, change: ServiceChange, now: EpochMs): ServiceSnapshot {
  switch (change.kind) {
    case 'set-capacity-bounds':
      return withBounds(service, change.to, now);
    case 'ensure-target-tracking': {
      const { bounds, targetTracking } = change.to;
      const setup: ScalingSetup = {
        bounds,
        suspended: NOTHING_SUSPENDED,
        targetTracking: [targetTracking],
        otherPolicies: change.from?.otherPolicies ?? [],
      };
      return withBounds({ ...service, scaling: seen(setup, now) }, bounds, now);
    }
    case 'schedule-capacity':
      return withPlan(service, [...ofOthers(service, change.owner), ...change.to], now);
    default:
      return assertNever(change);
  }
}

/** Our scheduled actions that another lever looks after. */
function ofOthers({ scheduled }: ServiceSnapshot, owner: ScheduleOwner): readonly ScheduledCapacity[] {
  return scheduled.kind === 'seen' ? scheduledBy(owner === 'plan' ? 'event' : 'plan', scheduled.value.ours) : [];
}

export function withBounds(service: ServiceSnapshot, bounds: CapacityBounds, now: EpochMs): ServiceSnapshot {
  const { scaling, facts } = service;
  if (scaling.kind === 'unseen' || scaling.value === null) return service;
  const moved = { ...service, scaling: seen({ ...scaling.value, bounds }, now) };
  if (facts.kind === 'unseen') return moved;
  const desired = Math.min(Math.max(facts.value.desired, bounds.min), bounds.max);
  return { ...moved, facts: seen({ ...facts.value, desired, running: desired, pending: 0 }, now) };
}

export function withPlan(service: ServiceSnapshot, plan: readonly ScheduledCapacity[], now: EpochMs): ServiceSnapshot {
  const othersCount = service.scheduled.kind === 'seen' ? service.scheduled.value.othersCount : 0;
  return { ...service, scheduled: seen({ ours: plan, othersCount }, now) };
}
