import type { FleetPolicy, LeverName } from '../config/policy.ts';
import type { Change, ChangeOf } from '../domain/change.ts';
import { type EpochMs, instant } from '../domain/units.ts';

/** How a change that a lever wants comes about: at once, as a proposal in infrastructure code, or not at all. */
export type Route = 'live' | 'proposal' | 'nowhere';

type RoutedPolicy = Pick<FleetPolicy, 'levers' | 'infrastructureCode'>;

export function routeOf(lever: LeverName, change: Change, policy: RoutedPolicy, now: EpochMs): Route {
  const { mode } = policy.levers[lever];
  if (mode !== 'apply' && mode !== 'propose') return 'nowhere';
  if (mode === 'apply' && mayBeLive(change, policy, now)) return 'live';
  return policy.infrastructureCode === undefined ? 'nowhere' : 'proposal';
}

/** What `mode: apply` does not reach goes through a person all the same. */
function mayBeLive(change: Change, policy: Pick<FleetPolicy, 'levers'>, now: EpochMs): boolean {
  switch (change.kind) {
    case 'change-database-class':
      return approvalOf(change, policy, now) !== null;
    case 'set-read-replicas':
      // Application Auto Scaling makes those of Aurora; of RDS each is an instance of its own in the code.
      return change.database.kind === 'aurora-cluster';
    case 'provision-storage':
    case 'set-pod-ceiling':
    case 'set-own-pool-size':
      return false;
    default:
      return true;
  }
}

export type ClassApproval = NonNullable<FleetPolicy['levers']['database-class']['approval']>;

/**
 * The approval that is in force for exactly this class; `null` without one. It ends by itself, and at its minute. The instances of
 * an Aurora cluster get another class one by one, by their code: there is nothing to approve of.
 */
export function approvalOf(
  { database, to }: Pick<ChangeOf<'change-database-class'>, 'database' | 'to'>,
  { levers }: Pick<FleetPolicy, 'levers'>,
  now: EpochMs,
): ClassApproval | null {
  const { approval } = levers['database-class'];
  if (database.kind !== 'rds-instance' || approval?.instanceClass !== to.instanceClass) return null;
  return now >= instant(approval.from) && now < instant(approval.until) ? approval : null;
}
