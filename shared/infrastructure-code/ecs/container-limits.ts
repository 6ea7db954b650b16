import type { TaskDefinitionChange } from '../edit.ts';
import { attributeOf, type Expression } from '../hcl/syntax.ts';
import type { FoundResource } from '../terraform/find-resource.ts';
import type { Here, Known, Resolver, Step } from '../terraform/resolver.ts';
import type { Range } from '../text.ts';
import { sameValue } from '../values.ts';
import { NO_INSTANCE } from './json-definitions.ts';

type What = TaskDefinitionChange['what'];

/** What a container may have of its task, as the code says it. */
export interface ContainerLimit {
  readonly container: string;
  readonly field: Extract<What, { kind: 'limit' }>['field'];
  /** The expression as it stands in the container, before it is followed. */
  readonly range: Range;
  readonly value: Known;
}

/** Fields of a container that can give it the whole of what its task has. */
const FIELDS: Readonly<Record<What['kind'], readonly ContainerLimit['field'][]>> = {
  cpu: ['cpu'],
  memory: ['memory', 'memoryReservation'],
  environment: [],
  limit: [],
};

/** Amazon ECS takes at most ten containers in a task. */
const MOST_CONTAINERS = 10;

/** Limits of the containers of a task in Terraform; none where the code does not spell its containers out. */
export function limitsInTerraform(
  resolver: Resolver,
  { matches }: Pick<FoundResource, 'matches'>,
  kind: What['kind'],
): readonly ContainerLimit[] {
  return matches.flatMap(({ block, instance }) => {
    const expression = attributeOf(block.body, 'container_definitions')?.expression;
    return expression === undefined ? [] : limitsIn(resolver, { expression, instance, hops: [] }, [], kind);
  });
}

/** As `limitsInTerraform`, of a task definition in JSON. */
export function limitsInJson(
  resolver: Resolver,
  expression: Expression,
  kind: What['kind'],
): readonly ContainerLimit[] {
  return limitsIn(resolver, { expression, instance: NO_INSTANCE, hops: [] }, ['containerDefinitions'], kind);
}

function limitsIn(resolver: Resolver, here: Here, way: readonly Step[], kind: What['kind']): readonly ContainerLimit[] {
  const limits: ContainerLimit[] = [];
  for (let index = 0; index < MOST_CONTAINERS; index += 1) {
    const traced = resolver.trace(here, [...way, index], 'value');
    if (traced.kind === 'refused' || traced.value.expression.kind !== 'object') return limits;
    const { expression, instance } = traced.value;
    const known = new Map(
      expression.elements.flatMap(({ key, value }) => {
        const found = resolver.evaluate(value, instance);
        return key.kind === 'literal' && found.kind === 'found'
          ? [[String(key.value), { range: value.range, value: found.value }] as const]
          : [];
      }),
    );
    const container = known.get('name')?.value;
    for (const field of FIELDS[kind]) {
      const limit = known.get(field);
      if (limit !== undefined && typeof container === 'string') limits.push({ container, field, ...limit });
    }
  }
  return limits;
}

/** Those that give a container the whole of what its task has. */
export function wholeOf(limits: readonly ContainerLimit[], value: Known): readonly ContainerLimit[] {
  return limits.filter((limit) => limit.value !== null && value !== null && sameValue(limit.value, value));
}
