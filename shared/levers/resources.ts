import type { DatabasePolicy, FleetPolicy, PoolerPolicy, ServicePolicy } from '../config/policy.ts';
import { resourceIdOf, type ScalableTargetId } from '../domain/capacity.ts';

export function targetOf(service: ServicePolicy): ScalableTargetId {
  return { cluster: service.cluster, service: service.service };
}

/** The name under which audit and state tables know a service. */
export function resourceOf(service: ServicePolicy): string {
  return resourceIdOf(targetOf(service));
}

/** The name under which audit and state tables know the pooler. */
export function poolerResourceOf({ cluster, service }: Pick<PoolerPolicy, 'cluster' | 'service'>): string {
  return `pooler/${cluster}/${service}`;
}

/** The database with its class, replicas and storage: one modification of it at a time. */
export function databaseResourceOf({ identifier }: Pick<DatabasePolicy, 'identifier'>): string {
  return `database/${identifier}`;
}

export function cacheResourceOf({
  replicationGroup,
}: Pick<NonNullable<FleetPolicy['cache']>, 'replicationGroup'>): string {
  return `cache/${replicationGroup}`;
}

export function autoscalerResourceOf({ namespace, name }: FleetPolicy['podAutoscalers'][number]): string {
  return `autoscaler/${namespace}/${name}`;
}

/** The size of the tasks of a service: a resource of its own, for a rolling deployment does not hold up its scaling. */
export function taskSizeResourceOf({ cluster, service }: ServicePolicy): string {
  return `task-size/${cluster}/${service}`;
}
