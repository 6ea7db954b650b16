import { isValidSize, nearestSizes } from '../../capacity/fargate-sizes.ts';
import { describeValue, type Finding } from '../problem.ts';
import type { ServiceConfiguration } from '../schema.ts';
import type { Part, SoundFleet } from '../sound-parts.ts';
import { duplicates, isDuplicateOf } from './duplicates.ts';

/** Whether the numbers of each service agree with each other and with what Fargate offers. */
export function checkServices({ services }: SoundFleet): readonly Finding[] {
  return services.flatMap((service) => [
    ...boundsInOrder(service),
    ...sizeIsOffered(service),
    ...requestMetricIsComplete(service),
  ]);
}

/** Whether every connection that the services open leads somewhere that is described. */
export function checkConnections({ path, services, has, database }: SoundFleet): readonly Finding[] {
  const poolerLeadsNowhere: readonly Finding[] =
    has.pooler && !has.database
      ? [
          {
            path: [...path, 'pooler'],
            at: 'key',
            message: 'found a pooler without a database',
            expected: 'the database section that its server connections lead to',
          },
        ]
      : [];
  const direct = (database?.value.directConnections ?? []).map(({ name }, index) => ({
    key: name,
    path: [...(database?.path ?? []), 'directConnections', index, 'name'],
  }));
  return [
    ...poolerLeadsNowhere,
    ...duplicates(direct).map(isDuplicateOf),
    ...services.flatMap((service) => poolsLeadSomewhere(service, has)),
  ];
}

function boundsInOrder({ path, value: { min, max, hardLimit } }: Part<ServiceConfiguration>): readonly Finding[] {
  const atMost = (key: string, is: number, limitKey: string, limit: number): readonly Finding[] =>
    is <= limit
      ? []
      : [
          {
            path: [...path, key],
            at: 'value',
            found: is,
            message: `found ${is}`,
            expected: `at most ${limitKey}, which is ${limit}`,
          },
        ];
  return [...atMost('min', min, 'max', max), ...atMost('max', max, 'hardLimit', hardLimit)];
}

function sizeIsOffered({ path, value: { task } }: Part<ServiceConfiguration>): readonly Finding[] {
  if (isValidSize(task)) return [];
  const nearest = nearestSizes(task, 3).map(({ cpuUnits, memoryMiB }) => `${cpuUnits} with ${memoryMiB}`);
  return [
    {
      path: [...path, 'task'],
      at: 'value',
      found: { cpuUnits: task.cpuUnits, memoryMiB: task.memoryMiB },
      message: `found ${task.cpuUnits} CPU units with ${task.memoryMiB} MiB`,
      expected: 'a pair that Fargate offers',
      suggestion: `nearest are ${nearest.join(', ')}`,
    },
  ];
}

/** Either identifier alone would silently give no metric. */
function requestMetricIsComplete({ path, value }: Part<ServiceConfiguration>): readonly Finding[] {
  const needs = (key: 'targetGroup' | 'loadBalancer', other: 'targetGroup' | 'loadBalancer'): readonly Finding[] =>
    value[key] === undefined || value[other] !== undefined
      ? []
      : [
          {
            path: [...path, key],
            at: 'key',
            message: `found "${key}" alone`,
            expected: `"${other}" beside it, since the request metric needs both`,
          },
        ];
  return [...needs('targetGroup', 'loadBalancer'), ...needs('loadBalancer', 'targetGroup')];
}

function poolsLeadSomewhere(
  { path, value: { connectsTo, pools } }: Part<ServiceConfiguration>,
  has: SoundFleet['has'],
): readonly Finding[] {
  const sameName = duplicates(pools.map(({ name }, index) => ({ key: name, path: [...path, 'pools', index, 'name'] })));
  return [...poolsMatchTarget(), ...sameName.map(isDuplicateOf)];

  function poolsMatchTarget(): readonly Finding[] {
    const at = 'value';
    const target = [...path, 'connectsTo'];
    if (connectsTo === 'nothing') {
      if (pools.length === 0) return [];
      return [
        {
          path: [...path, 'pools'],
          at: 'key',
          message: 'found pools that lead nowhere',
          expected: '"connectsTo" with "pooler" or "database", so that their connections are counted',
        },
      ];
    }
    const message = `found ${describeValue(connectsTo)}`;
    if (!has[connectsTo]) {
      return [{ path: target, at, found: connectsTo, message, expected: `a "${connectsTo}" section in the fleet` }];
    }
    if (pools.length > 0) return [];
    return [{ path: target, at, found: connectsTo, message, expected: 'pools, so that their connections are counted' }];
  }
}
