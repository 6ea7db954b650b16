import type { FleetPolicy, ServicePolicy } from '../config/policy.ts';
import type { CapacityBounds } from '../domain/capacity.ts';
import type { Act } from '../domain/decision.ts';
import type { Trim, Veto } from '../domain/reason.ts';
import type { FleetSnapshot } from '../domain/snapshot.ts';
import type { EpochMs } from '../domain/units.ts';
import type { LeverName } from '../config/policy.ts';

/** What a guard looks at: the change that is wanted, and the world with the changes that were let through before it. */
export interface GuardContext {
  readonly lever: LeverName;
  readonly resource: string;
  readonly service: ServicePolicy;
  readonly wanted: Act;
  readonly snapshot: FleetSnapshot;
  readonly policy: FleetPolicy;
  /** Bounds of every service as they will be, without the change in question. Absent: not known. */
  readonly bounds: ReadonlyMap<string, CapacityBounds>;
  readonly now: EpochMs;
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

export function veto(because: Veto): GuardFinding {
  return { kind: 'veto', because };
}
