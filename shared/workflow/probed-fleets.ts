import type { FleetPolicy, PoolerPolicy } from '../config/policy.ts';

/** A fleet whose PgBouncers can be asked. */
export type ProbedPolicy = FleetPolicy & {
  readonly pooler: PoolerPolicy & { readonly console: NonNullable<PoolerPolicy['console']> };
};

export function isProbed(fleet: FleetPolicy): fleet is ProbedPolicy {
  return fleet.pooler?.console !== undefined;
}
