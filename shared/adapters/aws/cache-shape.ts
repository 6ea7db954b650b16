import {
  DecreaseReplicaCountCommand,
  type ElastiCacheClient,
  IncreaseReplicaCountCommand,
  ModifyReplicationGroupCommand,
  ModifyReplicationGroupShardConfigurationCommand,
} from '@aws-sdk/client-elasticache';
import type { ChangeOf } from '../../domain/change.ts';
import type { CacheFacts, CacheShapeSize } from '../../domain/infrastructure.ts';
import type { FailureReason } from '../../domain/reason.ts';
import type { InfrastructureMover, Standing } from '../../infrastructure-port.ts';
import { type CacheClients, describeCache, describeGroup } from './cache-facts.ts';
import { AVAILABLE } from './database-facts.ts';
import { attempt, refusalWhile } from './refusals.ts';

type Change = ChangeOf<'set-cache-shape'>;

/** Shards, or replicas of each shard, of a replication group. */
export class CacheShape implements InfrastructureMover<Change> {
  readonly #clients: CacheClients;

  constructor(clients: CacheClients) {
    this.#clients = clients;
  }

  async look(change: Change): Promise<Standing<CacheShapeSize> | FailureReason> {
    const { replicationGroup } = change;
    try {
      const facts = await describeCache(this.#clients, replicationGroup);
      if ('unclear' in facts) return { code: 'not-found', detail: facts.unclear };
      const objection = objectionTo(change, facts);
      if (objection !== null) return { code: 'rejected', detail: `${replicationGroup}: ${objection}` };
      const { shards, replicasPerShard, status } = facts;
      return { size: { shards, replicasPerShard }, busy: status === AVAILABLE ? null : `the cache is ${status}` };
    } catch (error) {
      return refusalWhile(`looking at ${replicationGroup}`, error);
    }
  }

  async move({ replicationGroup, from, to }: Change): Promise<FailureReason | null> {
    const { elastiCache } = this.#clients;
    if (from.shards !== to.shards) return this.#reshard(replicationGroup, to.shards);
    const input = {
      ReplicationGroupId: replicationGroup,
      NewReplicaCount: to.replicasPerShard,
      ApplyImmediately: true,
    };
    return attempt(`setting the replicas of ${replicationGroup}`, () =>
      to.replicasPerShard > from.replicasPerShard
        ? elastiCache.send(new IncreaseReplicaCountCommand(input))
        : elastiCache.send(new DecreaseReplicaCountCommand(input)),
    );
  }

  async #reshard(replicationGroup: string, shards: number): Promise<FailureReason | null> {
    const { elastiCache } = this.#clients;
    try {
      const surplus = await surplusShards(elastiCache, replicationGroup, shards);
      if ('unclear' in surplus) return { code: 'not-found', detail: surplus.unclear };
      await elastiCache.send(
        new ModifyReplicationGroupShardConfigurationCommand({
          ReplicationGroupId: replicationGroup,
          NodeGroupCount: shards,
          ApplyImmediately: true,
          ...(surplus.length === 0 ? {} : { NodeGroupsToRemove: [...surplus] }),
        }),
      );
      return null;
    } catch (error) {
      return refusalWhile(`setting the shards of ${replicationGroup}`, error);
    }
  }
}

/** AWS wants to be told which shards are to go: the newest, which have the highest numbers. */
async function surplusShards(elastiCache: ElastiCacheClient, replicationGroup: string, shards: number) {
  const group = await describeGroup(elastiCache, replicationGroup);
  if ('unclear' in group) return group;
  const ids = (group.NodeGroups ?? []).flatMap(({ NodeGroupId }) => NodeGroupId ?? []);
  return ids.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).slice(shards);
}

/** Why the shape is none of ours to change. */
function objectionTo({ from, to }: Change, { scaledBy, isClusterMode }: CacheFacts): string | null {
  if (scaledBy === 'application-auto-scaling') return 'Application Auto Scaling scales it: move its bounds instead';
  const isResharded = from.shards !== to.shards;
  if (isResharded && from.replicasPerShard !== to.replicasPerShard)
    return 'shards and replicas change one after the other';
  return isResharded && !isClusterMode ? 'without cluster mode it has one shard' : null;
}

type NodeTypeChange = ChangeOf<'change-cache-node-type'>;

/** The node type of all nodes of a replication group. ElastiCache replaces them online, replicas first. */
export class CacheNodeType implements InfrastructureMover<NodeTypeChange> {
  readonly #clients: CacheClients;

  constructor(clients: CacheClients) {
    this.#clients = clients;
  }

  async look({ replicationGroup }: NodeTypeChange): Promise<Standing<NodeTypeChange['to']> | FailureReason> {
    try {
      const facts = await describeCache(this.#clients, replicationGroup);
      if ('unclear' in facts) return { code: 'not-found', detail: facts.unclear };
      const { nodeType, status } = facts;
      return { size: { nodeType }, busy: status === AVAILABLE ? null : `the cache is ${status}` };
    } catch (error) {
      return refusalWhile(`looking at ${replicationGroup}`, error);
    }
  }

  move({ replicationGroup, to }: NodeTypeChange): Promise<FailureReason | null> {
    return attempt(`changing the nodes of ${replicationGroup}`, () =>
      this.#clients.elastiCache.send(
        new ModifyReplicationGroupCommand({
          ReplicationGroupId: replicationGroup,
          CacheNodeType: to.nodeType,
          ApplyImmediately: true,
        }),
      ),
    );
  }
}
