import type { PoolerPolicy, ServicePolicy } from '../config/policy.ts';
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
