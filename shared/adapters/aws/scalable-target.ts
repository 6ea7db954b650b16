import { resourceIdOf, type ScalableTargetId } from '../../domain/capacity.ts';

/** How Application Auto Scaling names the task count of ECS services. */
export const ECS_TARGET = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;

export function scalableTarget(target: ScalableTargetId): typeof ECS_TARGET & { readonly ResourceId: string } {
  return { ...ECS_TARGET, ResourceId: resourceIdOf(target) };
}
