import type { ContainerDefinition, RegisterTaskDefinitionCommandInput, Tag, TaskDefinition } from '@aws-sdk/client-ecs';

/** What DescribeTaskDefinition tells and RegisterTaskDefinition refuses (Amazon ECS API reference). */
const TOLD_ONLY = new Set([
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'deregisteredAt',
  'deleteRequestedAt',
  'registeredBy',
]);

/** The input for a new revision of a task definition that differs in what `change` does to its containers. */
export function revisionOf(
  { definition, tags }: { readonly definition: TaskDefinition; readonly tags: readonly Tag[] },
  change: (container: ContainerDefinition) => ContainerDefinition,
): RegisterTaskDefinitionCommandInput {
  const taken = Object.fromEntries(Object.entries(definition).filter(([key]) => !TOLD_ONLY.has(key)));
  return {
    ...taken,
    family: definition.family,
    containerDefinitions: (definition.containerDefinitions ?? []).map(change),
    // An empty list is refused.
    ...(tags.length === 0 ? {} : { tags: [...tags] }),
  };
}
