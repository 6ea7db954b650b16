import type { FleetPolicy, ServicePolicy } from '../config/policy.ts';
import type { CapacityBounds } from '../domain/capacity.ts';
import { isServiceChange, type ServiceChange } from '../domain/change.ts';
import type { Act } from '../domain/decision.ts';
import type { Trim, Veto } from '../domain/reason.ts';
import type { FleetSnapshot } from '../domain/snapshot.ts';
import type { EpochMs } from '../domain/units.ts';
import type { LeverName } from '../config/policy.ts';

/** What a guard looks at: the change that is wanted, and the world with the changes that were let through before it. */
export interface GuardContext {
  readonly lever: LeverName;
  readonly resource: string;
  /** `null` where the change is not about a service. */
  readonly service: ServicePolicy | null;
  readonly wanted: Act;
  readonly snapshot: FleetSnapshot;
  readonly policy: FleetPolicy;
  /** Bounds of every service as they will be, without the change in question. Absent: not known. */
  readonly bounds: ReadonlyMap<string, CapacityBounds>;
  readonly now: EpochMs;
}

/** The same where the change is one of the scaling of a service. */
export interface ServiceGuardContext extends GuardContext {
  readonly service: ServicePolicy;
  readonly wanted: Act<ServiceChange>;
}

export type GuardFinding =
  | { readonly kind: 'pass' }
  /** The change may happen smaller. */
  | { readonly kind: 'trim'; readonly to: Act; readonly because: Trim }
  | { readonly kind: 'veto'; readonly because: Veto };

/** One reason why a change must not happen, or must be smaller. Pure. */
export interface Guard {
  readonly name: string;
  readonly check: (context: GuardContext) => GuardFinding;
}

export const PASS: GuardFinding = { kind: 'pass' };

/** A guard that has nothing to say about changes of anything but the scaling of a service. */
export function ofServices(check: (context: ServiceGuardContext) => GuardFinding): Guard['check'] {
  return (context) => {
    const { service, wanted } = context;
    const { change } = wanted;
    if (service === null || !isServiceChange(change)) return PASS;
    return check({ ...context, service, wanted: { ...wanted, change } });
  };
}

export function veto(because: Veto): GuardFinding {
  return { kind: 'veto', because };
}
