import {
  type ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  type ScalableTarget,
} from '@aws-sdk/client-application-auto-scaling';
import {
  DescribeReplicationGroupsCommand,
  type ElastiCacheClient,
  type NodeGroup,
  type ReplicationGroup,
} from '@aws-sdk/client-elasticache';
import type { CacheFacts } from '../../domain/infrastructure.ts';
import type { Unclear } from './database-facts.ts';
import { plainText } from './errors.ts';

export interface CacheClients {
  readonly elastiCache: ElastiCacheClient;
  readonly autoScaling: ApplicationAutoScalingClient;
}

/** @throws the error of AWS: a replication group that does not exist is one. */
export async function describeCache(
  { elastiCache, autoScaling }: CacheClients,
  replicationGroup: string,
): Promise<CacheFacts | Unclear> {
  const group = await describeGroup(elastiCache, replicationGroup);
  if ('unclear' in group) return group;
  const { ScalableTargets = [] } = await autoScaling.send(
    new DescribeScalableTargetsCommand({
      ServiceNamespace: 'elasticache',
      ResourceIds: [`replication-group/${replicationGroup}`],
    }),
  );
  return factsOf(group, ScalableTargets);
}

/** @throws the error of AWS */
export async function describeGroup(
  elastiCache: ElastiCacheClient,
  ReplicationGroupId: string,
): Promise<ReplicationGroup | Unclear> {
  const { ReplicationGroups: [found] = [] } = await elastiCache.send(
    new DescribeReplicationGroupsCommand({ ReplicationGroupId }),
  );
  return found ?? { unclear: `Amazon ElastiCache describes no replication group ${plainText(ReplicationGroupId)}` };
}

/** How Application Auto Scaling names what it scales of a replication group. */
const DIMENSIONS = {
  shards: 'elasticache:replication-group:NodeGroups',
  replicasPerShard: 'elasticache:replication-group:Replicas',
} as const;

function scaledUpTo(targets: readonly ScalableTarget[]): NonNullable<CacheFacts['scaledUpTo']> {
  const most = (dimension: string): number | undefined =>
    targets.find(({ ScalableDimension }) => ScalableDimension === dimension)?.MaxCapacity;
  const [shards, replicasPerShard] = [most(DIMENSIONS.shards), most(DIMENSIONS.replicasPerShard)];
  return {
    ...(shards === undefined ? {} : { shards }),
    ...(replicasPerShard === undefined ? {} : { replicasPerShard }),
  };
}

function factsOf(group: ReplicationGroup, targets: readonly ScalableTarget[]): CacheFacts | Unclear {
  const { CacheNodeType: nodeType, Status: status, NodeGroups: shards = [] } = group;
  if (nodeType === undefined || status === undefined || shards.length === 0) {
    return { unclear: 'Amazon ElastiCache gave no node type, status or shards' };
  }
  return {
    nodeType,
    status,
    engine: group.Engine === 'valkey' ? 'valkey' : 'redis',
    nodes: group.MemberClusters ?? [],
    shards: shards.length,
    replicasPerShard: leastReplicas(shards),
    isClusterMode: group.ClusterEnabled === true,
    scaledBy: targets.length > 0 ? 'application-auto-scaling' : 'nobody',
    ...(targets.length > 0 ? { scaledUpTo: scaledUpTo(targets) } : {}),
  };
}

/** Of the shard that has the fewest: while replicas come or go shards differ. */
export function leastReplicas(shards: readonly NodeGroup[]): number {
  return Math.max(0, Math.min(...shards.map(({ NodeGroupMembers = [] }) => NodeGroupMembers.length - 1)));
}
