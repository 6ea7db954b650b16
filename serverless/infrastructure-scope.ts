import type { FleetPolicy, LeverName, Policy } from '../shared/config/policy.ts';
import { namedServices } from './service-arns.ts';
import type { ScalableTargetId } from '../shared/domain/capacity.ts';

/**
 * What of databases, caches and task definitions the permissions of a stack name. What is changed live is named only where
 * the lever that changes it acts: one that observes or proposes leaves nothing of it in any role.
 */
export interface InfrastructureScope {
  readonly instances: readonly string[];
  readonly clusters: readonly string[];
  readonly caches: readonly string[];
  /** As permissions name them: `*` where there are too many. */
  readonly resized: readonly ScalableTargetId[];
  /** ARNs of roles that are passed on with the task definitions of resized services. */
  readonly passedRoles: readonly string[];
  /** Clusters of which the capacity is moved. */
  readonly movedCapacity: readonly string[];
  /** Clusters that get replicas. */
  readonly replicated: readonly string[];
  /** Instances of which the storage ceiling is raised. */
  readonly raised: readonly string[];
  /** Instances of which somebody has approved another class. */
  readonly approved: readonly string[];
  readonly reshaped: readonly string[];
}

export function infrastructureScope(policy: Pick<Policy, 'fleets'>): InfrastructureScope {
  const { fleets } = policy;
  const acting = (lever: LeverName): readonly FleetPolicy[] =>
    fleets.filter(({ levers }) => levers[lever].mode === 'apply');
  const approving = acting('database-class').filter(({ levers }) => levers['database-class'].approval !== undefined);
  const resizing = acting('task-size');
  return {
    instances: databases(fleets, 'rds-instance'),
    clusters: databases(fleets, 'aurora-cluster'),
    caches: caches(fleets),
    resized: namedServices({ fleets: resizing }).patterns,
    passedRoles: unique(resizing.flatMap(({ services }) => services.flatMap(({ task }) => task.passRoles ?? []))),
    movedCapacity: databases(acting('aurora-capacity'), 'aurora-cluster'),
    replicated: databases(acting('read-replica'), 'aurora-cluster'),
    raised: databases(acting('storage'), 'rds-instance'),
    approved: databases(approving, 'rds-instance'),
    reshaped: caches(acting('cache')),
  };
}

function databases(fleets: readonly FleetPolicy[], kind: 'rds-instance' | 'aurora-cluster'): readonly string[] {
  return unique(
    fleets.flatMap(({ database }) => (database !== undefined && database.kind === kind ? [database.identifier] : [])),
  );
}

function caches(fleets: readonly FleetPolicy[]): readonly string[] {
  return unique(fleets.flatMap(({ cache }) => cache?.replicationGroup ?? []));
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
