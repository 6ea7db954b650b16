import { assertNever } from './assert-never.ts';
import type { InfrastructureChange } from './change.ts';
import type { StorageProvision, TaskSize } from './infrastructure.ts';

/** What a change of the infrastructure does, with the numbers before and after. */
export function describeInfrastructureChange(change: InfrastructureChange): string {
  switch (change.kind) {
    case 'resize-task':
      return `resize the tasks of ${change.service.service}: ${taskSize(change.from)} → ${taskSize(change.to)}`;
    case 'change-database-class':
      return `change the class of ${change.database.identifier}: ${change.from.instanceClass} → ${change.to.instanceClass}`;
    case 'set-read-replicas':
      return `read replicas of ${change.database.identifier}: ${change.from.replicas} → ${change.to.replicas}`;
    case 'set-storage-ceiling':
      return `storage ceiling of ${change.database.identifier}: ${gibibytes(change.from.maxAllocatedGiB)} → ${gibibytes(change.to.maxAllocatedGiB)}`;
    case 'provision-storage':
      return `storage of ${change.database.identifier}: ${provision(change.from)} → ${provision(change.to)}`;
    case 'set-aurora-capacity':
      return `capacity of ${change.database.identifier}: ${change.from.minAcu}–${change.from.maxAcu} → ${change.to.minAcu}–${change.to.maxAcu} ACU`;
    case 'change-cache-node-type':
      return `change the nodes of ${change.replicationGroup}: ${change.from.nodeType} → ${change.to.nodeType}`;
    case 'set-cache-shape':
      return `shape of ${change.replicationGroup}: ${shape(change.from)} → ${shape(change.to)}`;
    case 'set-pod-ceiling':
      return `maxReplicas of ${change.namespace}/${change.autoscaler}: ${change.from.maxReplicas} → ${change.to.maxReplicas}`;
    case 'set-own-pool-size':
      return `pool_size of the ${change.owner.kind} ${change.owner.name}: ${change.from.poolSize} → ${change.to.poolSize}`;
    default:
      return assertNever(change);
  }
}

function taskSize({ cpuUnits, memoryMiB }: TaskSize): string {
  return `${cpuUnits / 1024} vCPU and ${memoryMiB / 1024} GiB`;
}

function gibibytes(size: number | null): string {
  return size === null ? 'none' : `${size} GiB`;
}

function provision({ allocatedGiB, iops, throughputMibps }: StorageProvision): string {
  return [
    `${allocatedGiB} GiB`,
    ...(iops === null ? [] : [`${iops} IOPS`]),
    ...(throughputMibps === null ? [] : [`${throughputMibps} MiB/s`]),
  ].join(', ');
}

function shape({ shards, replicasPerShard }: { readonly shards: number; readonly replicasPerShard: number }): string {
  const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
  return `${counted(shards, 'shard')} with ${counted(replicasPerShard, 'replica')}`;
}
