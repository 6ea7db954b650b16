import type { Finding, Path } from '../problem.ts';
import type { SoundFleet } from '../sound-parts.ts';
import { duplicates, isDuplicateOf } from './duplicates.ts';

/** Whether names are unique, and whether every resource of AWS has one owner: two would undo each other's changes. */
export function checkOwnership(fleets: readonly SoundFleet[]): readonly Finding[] {
  const names = fleets.flatMap(({ path, name }) =>
    name === undefined ? [] : [{ key: name, path: [...path, 'name'] }],
  );
  const services = fleets.flatMap((fleet) =>
    duplicates(fleet.services.map(({ path, value }) => ({ key: value.name, path: [...path, 'name'] }))),
  );
  const resources = fleets.flatMap(resourcesOf);
  return [
    ...[...duplicates(names), ...services].map(isDuplicateOf),
    ...duplicates(resources).map(({ key, path, first }): Finding => ({
      path,
      at: 'value',
      found: key,
      message: `${key} has two owners`,
      seeAlso: first,
    })),
  ];
}

function resourcesOf(fleet: SoundFleet): readonly { readonly key: string; readonly path: Path }[] {
  const { path, region, account, services, pooler, database, replicationGroup } = fleet;
  if (region === undefined || account === undefined) return [];
  const where = `in account ${account}, ${region}`;
  const ecs = (cluster: string, service: string): string => `ECS service ${cluster}/${service} ${where}`;
  return [
    ...services.map(({ path: at, value }) => ({ key: ecs(value.cluster, value.service ?? value.name), path: at })),
    ...(pooler === undefined ? [] : [{ key: ecs(pooler.value.cluster, pooler.value.service), path: pooler.path }]),
    ...(database === undefined
      ? []
      : [{ key: `${database.value.kind} ${database.value.identifier} ${where}`, path: database.path }]),
    ...(replicationGroup === undefined
      ? []
      : [{ key: `replication group ${replicationGroup} ${where}`, path: [...path, 'cache', 'replicationGroup'] }]),
  ];
}
