import type { ProposableChange } from '../../shared/domain/change.ts';
import type { DatabaseId } from '../../shared/domain/infrastructure.ts';
import { CORE_API } from '../support/builders/decisions.ts';

export const DATABASE: DatabaseId = { kind: 'rds-instance', identifier: 'core-db' };
export const CLUSTER: DatabaseId = { kind: 'aurora-cluster', identifier: 'core' };

const SIZES = { defaultPoolSize: 25, reservePoolSize: 5, maxClientConnections: 1_000 };

/** One of each kind that infrastructure code can say. A new kind does not compile without its sample. */
export const CHANGES: {
  readonly [
    Kind in Exclude<ProposableChange['kind'], 'ensure-target-tracking' | 'schedule-capacity' | 'keep-pool-sizes'>
  ]: Extract<ProposableChange, { kind: Kind }>;
} = {
  'set-capacity-bounds': {
    kind: 'set-capacity-bounds',
    target: CORE_API,
    from: { min: 2, max: 10 },
    to: { min: 2, max: 14 },
  },
  'tune-pgbouncer': {
    kind: 'tune-pgbouncer',
    pooler: { cluster: 'production', service: 'pgbouncer' },
    from: [{ instance: 'a', sizes: SIZES }],
    to: { ...SIZES, defaultPoolSize: 60 },
  },
  'resize-task': {
    kind: 'resize-task',
    service: CORE_API,
    family: 'core-api',
    from: { cpuUnits: 1024, memoryMiB: 2048 },
    to: { cpuUnits: 2048, memoryMiB: 4096 },
  },
  'change-database-class': {
    kind: 'change-database-class',
    database: DATABASE,
    from: { instanceClass: 'db.r6g.large' },
    to: { instanceClass: 'db.r6g.xlarge' },
  },
  'set-read-replicas': { kind: 'set-read-replicas', database: DATABASE, from: { replicas: 0 }, to: { replicas: 1 } },
  'set-storage-ceiling': {
    kind: 'set-storage-ceiling',
    database: DATABASE,
    from: { maxAllocatedGiB: null },
    to: { maxAllocatedGiB: 1_000 },
  },
  'provision-storage': {
    kind: 'provision-storage',
    database: DATABASE,
    from: { allocatedGiB: 200, iops: null, throughputMibps: null },
    to: { allocatedGiB: 400, iops: 12_000, throughputMibps: 500 },
  },
  'set-aurora-capacity': {
    kind: 'set-aurora-capacity',
    database: CLUSTER,
    from: { minAcu: 1, maxAcu: 8 },
    to: { minAcu: 1, maxAcu: 16 },
  },
  'set-cache-shape': {
    kind: 'set-cache-shape',
    replicationGroup: 'sessions',
    from: { shards: 2, replicasPerShard: 1 },
    to: { shards: 3, replicasPerShard: 1 },
  },
  'change-cache-node-type': {
    kind: 'change-cache-node-type',
    replicationGroup: 'sessions',
    from: { nodeType: 'cache.r7g.large' },
    to: { nodeType: 'cache.r7g.xlarge' },
  },
  'set-pod-ceiling': {
    kind: 'set-pod-ceiling',
    autoscaler: 'portal',
    namespace: 'public',
    from: { maxReplicas: 10 },
    to: { maxReplicas: 14 },
  },
  'set-own-pool-size': {
    kind: 'set-own-pool-size',
    pooler: { cluster: 'production', service: 'pgbouncer' },
    owner: { kind: 'database', name: 'reports' },
    from: { poolSize: 5 },
    to: { poolSize: 12 },
  },
};

export const EVERY_CHANGE: readonly ProposableChange[] = Object.values(CHANGES);
