import { databaseClass } from '../capacity/database-classes.ts';
import { type InfrastructureChange, isInfrastructureChange, type ProposableChange } from '../domain/change.ts';
import { POOLER_SETTING_NAMES, POOLER_SIZES } from '../domain/pooler.ts';
import type { ValueChange } from '../pull-requests/describe.ts';

/** What a reviewer reads as before and after; what stays is left out, the first is the value of the title. */
export function valueChanges(change: ProposableChange): readonly [ValueChange, ...ValueChange[]] {
  const moved = pairsOf(change).filter(({ from, to }) => from !== to);
  const [first, ...others] = moved;
  if (first === undefined) throw new RangeError(`a ${change.kind} that moves nothing`);
  return [first, ...others];
}

function pairsOf(change: ProposableChange): readonly ValueChange[] {
  if (isInfrastructureChange(change)) return infrastructurePairs(change);
  switch (change.kind) {
    case 'set-capacity-bounds':
      return [
        pair('max capacity', change.from.max, change.to.max, 'tasks'),
        pair('min capacity', change.from.min, change.to.min, 'tasks'),
      ];
    case 'tune-pgbouncer':
      return POOLER_SIZES.map((size) =>
        pair(POOLER_SETTING_NAMES[size], change.from[0]?.sizes[size] ?? null, change.to[size]),
      );
    case 'ensure-target-tracking':
    case 'schedule-capacity':
    case 'keep-pool-sizes':
      return [];
  }
}

function infrastructurePairs(change: InfrastructureChange): readonly ValueChange[] {
  switch (change.kind) {
    case 'resize-task':
      return [
        pair('task CPU', change.from.cpuUnits / 1024, change.to.cpuUnits / 1024, 'vCPU'),
        pair('task memory', change.from.memoryMiB / 1024, change.to.memoryMiB / 1024, 'GiB'),
      ];
    case 'change-database-class':
      return classPairs(change.from.instanceClass, change.to.instanceClass);
    case 'set-read-replicas':
      return [pair('read replicas', change.from.replicas, change.to.replicas)];
    case 'set-storage-ceiling':
      return [pair('storage ceiling', change.from.maxAllocatedGiB, change.to.maxAllocatedGiB, 'GiB')];
    case 'provision-storage':
      return [
        pair('storage', change.from.allocatedGiB, change.to.allocatedGiB, 'GiB'),
        pair('IOPS', change.from.iops, change.to.iops),
        pair('throughput', change.from.throughputMibps, change.to.throughputMibps, 'MiB/s'),
      ];
    case 'set-aurora-capacity':
      return [
        pair('maximum capacity', change.from.maxAcu, change.to.maxAcu, 'ACU'),
        pair('minimum capacity', change.from.minAcu, change.to.minAcu, 'ACU'),
      ];
    case 'change-cache-node-type':
      return [{ what: 'node type', from: change.from.nodeType, to: change.to.nodeType }];
    case 'set-cache-shape':
      return [
        pair('shards', change.from.shards, change.to.shards),
        pair('replicas of each shard', change.from.replicasPerShard, change.to.replicasPerShard),
      ];
    case 'set-pod-ceiling':
      return [pair('maxReplicas', change.from.maxReplicas, change.to.maxReplicas, 'pods')];
    case 'set-own-pool-size':
      return [pair(`pool_size of ${change.owner.name}`, change.from.poolSize, change.to.poolSize, 'connections')];
  }
}

function pair(what: string, from: number | null, to: number | null, unit = ''): ValueChange {
  const say = (value: number | null): string => (value === null ? 'unset' : `${value} ${unit}`.trimEnd());
  return { what, from: say(from), to: say(to) };
}

/** What comes with a class; what is not known of it is left out. `max_connections` is the default of RDS. */
function classPairs(from: string, to: string): readonly ValueChange[] {
  const [before, after] = [databaseClass(from), databaseClass(to)];
  const named = { what: 'instance class', from, to };
  if (before === null || after === null) return [named];
  return [
    named,
    pair('vCPU', before.vcpus, after.vcpus),
    pair('memory', before.memoryGiB, after.memoryGiB, 'GiB'),
    pair('max_connections by default', before.maxConnections, after.maxConnections),
  ];
}
