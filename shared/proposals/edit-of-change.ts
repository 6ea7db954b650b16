import type { FleetPolicy } from '../config/policy.ts';
import type { ChangeOf, PoolerChange, ProposableChange } from '../domain/change.ts';
import { resourceIdOf } from '../domain/capacity.ts';
import type { DatabaseId } from '../domain/infrastructure.ts';
import { POOLER_SETTING_NAMES, POOLER_SIZES, type PoolerSizes } from '../domain/pooler.ts';
import type { Value } from '../infrastructure-code/at.ts';
import type { AttributeChange, InfrastructureEdit, ResourceIdentity } from '../infrastructure-code/edit.ts';

/**
 * What has to become different in infrastructure code for a change. `null` where code says nothing of it: scheduled actions
 * live for hours, and a missing policy is put right where it is.
 */
export function editOfChange(change: ProposableChange, fleet: PooledFleet): InfrastructureEdit | null {
  // Each kind has the edit of its own change, which the type of EDITS holds; the compiler cannot see it through the union.
  const edit = EDITS[change.kind] as (change: ProposableChange, fleet: PooledFleet) => InfrastructureEdit | null;
  return edit(change, fleet);
}

/** Where the sizes of PgBouncer stand, as policy says. */
export type PooledFleet = Pick<FleetPolicy, 'pooler'>;

const NOT_IN_CODE = (): null => null;

const EDITS: {
  readonly [Kind in ProposableChange['kind']]: (
    change: ChangeOf<Kind>,
    fleet: PooledFleet,
  ) => InfrastructureEdit | null;
} = {
  'set-capacity-bounds': (change) =>
    attributes(
      { type: 'aws_appautoscaling_target', identifiedBy: { resource_id: resourceIdOf(change.target) } },
      // The code is brought in step with what is needed, wherever it stands: live bounds move without it.
      inStep(['max_capacity'], change.to.max),
      ...(change.from.min === change.to.min ? [] : [inStep(['min_capacity'], change.to.min)]),
    ),
  'tune-pgbouncer': (change, { pooler }) => sizesOfPooler(change, pooler?.durable),
  'resize-task': (change) => ({
    kind: 'set-task-definition',
    family: change.family,
    changes: [
      { what: { kind: 'cpu' }, ...moved(change.from.cpuUnits, change.to.cpuUnits) },
      { what: { kind: 'memory' }, ...moved(change.from.memoryMiB, change.to.memoryMiB) },
    ],
  }),
  'change-database-class': (change) =>
    attributes(instancesOf(change.database), {
      attribute: ['instance_class'],
      ...moved(change.from.instanceClass, change.to.instanceClass),
    }),
  'set-read-replicas': (change) => ({
    kind: 'add-replica',
    of: {
      kind: change.database.kind === 'rds-instance' ? 'instance' : 'cluster',
      identifier: change.database.identifier,
    },
    identifier: `${change.database.identifier}-replica-${change.to.replicas}`,
  }),
  'set-storage-ceiling': (change) =>
    attributes(instancesOf(change.database), {
      attribute: ['max_allocated_storage'],
      present: change.from.maxAllocatedGiB === null ? { kind: 'absent' } : is(change.from.maxAllocatedGiB),
      to: change.to.maxAllocatedGiB ?? 0,
    }),
  'provision-storage': (change) =>
    attributes(
      instancesOf(change.database),
      ...numbersOf([
        // Storage autoscaling moves the size past the code: the code may say less than is there.
        [['allocated_storage'], 'anything', change.from.allocatedGiB, change.to.allocatedGiB],
        [['iops'], 'as-it-was', change.from.iops, change.to.iops],
        [['storage_throughput'], 'as-it-was', change.from.throughputMibps, change.to.throughputMibps],
      ]),
    ),
  'set-aurora-capacity': (change) =>
    attributes(
      { type: 'aws_rds_cluster', identifiedBy: { cluster_identifier: change.database.identifier } },
      ...numbersOf([
        [['serverlessv2_scaling_configuration', 'min_capacity'], 'anything', change.from.minAcu, change.to.minAcu],
        [['serverlessv2_scaling_configuration', 'max_capacity'], 'anything', change.from.maxAcu, change.to.maxAcu],
      ]),
    ),
  'change-cache-node-type': (change) =>
    attributes(
      { type: 'aws_elasticache_replication_group', identifiedBy: { replication_group_id: change.replicationGroup } },
      { attribute: ['node_type'], ...moved(change.from.nodeType, change.to.nodeType) },
    ),
  'set-cache-shape': (change) =>
    attributes(
      { type: 'aws_elasticache_replication_group', identifiedBy: { replication_group_id: change.replicationGroup } },
      ...numbersOf([
        [['num_node_groups'], 'as-it-was', change.from.shards, change.to.shards],
        [['replicas_per_node_group'], 'as-it-was', change.from.replicasPerShard, change.to.replicasPerShard],
      ]),
    ),
  'set-pod-ceiling': (change) => ({
    kind: 'set-autoscaler',
    name: change.autoscaler,
    namespace: change.namespace,
    changes: [{ field: 'maxReplicas', present: is(change.from.maxReplicas), to: change.to.maxReplicas }],
  }),
  'set-own-pool-size': ({ owner, from, to }) => ({
    kind: 'set-pgbouncer',
    path: null,
    changes: [
      {
        setting: 'pool_size',
        of: { section: owner.kind === 'database' ? 'databases' : 'users', entry: owner.name },
        ...moved(from.poolSize, to.poolSize),
      },
    ],
  }),
  'ensure-target-tracking': NOT_IN_CODE,
  'schedule-capacity': NOT_IN_CODE,
  'keep-pool-sizes': NOT_IN_CODE,
};

/** In the ini file, unless policy says where they stand; of those only the sizes that have a name there. */
function sizesOfPooler(
  { from, to, family }: PoolerChange,
  durable: NonNullable<FleetPolicy['pooler']>['durable'],
): InfrastructureEdit | null {
  const moving = POOLER_SIZES.filter((size) => from[0]?.sizes[size] !== to[size]);
  const inStepWith = (size: keyof PoolerSizes) => ({ present: { kind: 'anything' }, to: to[size] }) as const;
  if (durable === undefined) {
    const changes = moving.map((size) => ({ setting: POOLER_SETTING_NAMES[size], ...inStepWith(size) }));
    return { kind: 'set-pgbouncer', path: null, changes };
  }
  const { names, container = '' } = durable;
  const named = moving.flatMap((size) => {
    const name = names[size];
    return name === undefined ? [] : [{ name, ...inStepWith(size) }];
  });
  if (named.length === 0) return null;
  return durable.kind === 'ssm-parameter'
    ? { kind: 'set-parameters', changes: named.map(({ name, ...change }) => ({ parameter: name, ...change })) }
    : {
        kind: 'set-task-definition',
        family: family ?? null,
        changes: named.map(({ name, ...change }) => ({
          what: { kind: 'environment', container, variable: name },
          ...change,
        })),
      };
}

function attributes(resource: ResourceIdentity, ...changes: readonly AttributeChange[]): InfrastructureEdit {
  return { kind: 'set-attributes', resource, changes };
}

/** The instance itself, or the instances of a cluster. */
function instancesOf({ kind, identifier }: DatabaseId): ResourceIdentity {
  return kind === 'rds-instance'
    ? { type: 'aws_db_instance', identifiedBy: { identifier } }
    : { type: 'aws_rds_cluster_instance', identifiedBy: { cluster_identifier: identifier } };
}

function is(value: Value): AttributeChange['present'] {
  return { kind: 'is', value };
}

function moved(from: Value, to: Value): Pick<AttributeChange, 'present' | 'to'> {
  return { present: is(from), to };
}

function inStep(attribute: AttributeChange['attribute'], to: Value): AttributeChange {
  return { attribute, present: { kind: 'anything' }, to };
}

type NumberMove = readonly [AttributeChange['attribute'], 'anything' | 'as-it-was', number | null, number | null];

/** Those that move; a number that is taken away is left to the size that brings its own. */
function numbersOf(moves: readonly NumberMove[]): readonly AttributeChange[] {
  return moves.flatMap(([attribute, expected, from, to]) => {
    if (to === null || from === to) return [];
    const present: AttributeChange['present'] =
      expected === 'anything' ? { kind: 'anything' } : from === null ? { kind: 'absent' } : is(from);
    return [{ attribute, present, to }];
  });
}
