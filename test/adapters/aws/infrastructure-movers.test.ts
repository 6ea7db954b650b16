import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  DecreaseReplicaCountCommand,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
  IncreaseReplicaCountCommand,
  ModifyReplicationGroupCommand,
  ModifyReplicationGroupShardConfigurationCommand,
  type ReplicationGroup,
} from '@aws-sdk/client-elasticache';
import {
  type DBCluster,
  type DBInstance,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  ModifyDBClusterCommand,
  ModifyDBInstanceCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { AuroraCapacity } from '../../../shared/adapters/aws/aurora-capacity.ts';
import { AuroraReplicas } from '../../../shared/adapters/aws/aurora-replicas.ts';
import { CacheNodeType, CacheShape } from '../../../shared/adapters/aws/cache-shape.ts';
import { databaseClass, storageCeiling } from '../../../shared/adapters/aws/database-modifier.ts';
import { TransientError } from '../../../shared/domain/errors.ts';
import { awsError, BUG } from './faults.ts';

const region = 'eu-central-1';
const rdsClient = new RDSClient({ region });
const elastiCacheClient = new ElastiCacheClient({ region });
const autoScalingClient = new ApplicationAutoScalingClient({ region });
const rds = mockClient(rdsClient);
const elastiCache = mockClient(elastiCacheClient);
const autoScaling = mockClient(autoScalingClient);

beforeEach(() => {
  for (const mock of [rds, elastiCache, autoScaling]) mock.reset();
  autoScaling.on(DescribeScalableTargetsCommand).resolves({ ScalableTargets: [] });
});

const MAIN = { kind: 'rds-instance', identifier: 'main' } as const;
const LEDGER = { kind: 'aurora-cluster', identifier: 'ledger' } as const;
const answerInstance = (over: Partial<DBInstance> = {}): unknown =>
  rds.on(DescribeDBInstancesCommand).resolves({
    DBInstances: [
      { DBInstanceStatus: 'available', DBInstanceClass: 'db.t4g.medium', MaxAllocatedStorage: 100, ...over },
    ],
  });
const answerCluster = (over: Partial<DBCluster> = {}): unknown =>
  rds.on(DescribeDBClustersCommand).resolves({
    DBClusters: [
      { Status: 'available', ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 16 }, ...over },
    ],
  });

describe('the capacity of Aurora Serverless', () => {
  const aurora = new AuroraCapacity(rdsClient);
  const change = {
    kind: 'set-aurora-capacity',
    database: LEDGER,
    from: { minAcu: 0.5, maxAcu: 16 },
    to: { minAcu: 2, maxAcu: 32 },
  } as const;

  it('is seen and set at once', async () => {
    answerCluster();
    rds.on(ModifyDBClusterCommand).resolves({});
    expect(await aurora.look(change)).toEqual({ size: { minAcu: 0.5, maxAcu: 16 }, busy: null });
    expect(await aurora.move(change)).toBeNull();
    expect(rds.commandCalls(ModifyDBClusterCommand)[0]?.args[0].input).toEqual({
      DBClusterIdentifier: 'ledger',
      ServerlessV2ScalingConfiguration: { MinCapacity: 2, MaxCapacity: 32 },
      ApplyImmediately: true,
    });
  });

  it('keeps the time to a pause where it still may pause, and only there', async () => {
    const ServerlessV2ScalingConfiguration = { MinCapacity: 0, MaxCapacity: 16, SecondsUntilAutoPause: 600 };
    answerCluster({ ServerlessV2ScalingConfiguration });
    rds.on(ModifyDBClusterCommand).resolves({});
    await aurora.move({ ...change, to: { minAcu: 0, maxAcu: 32 } });
    await aurora.move(change);
    const sent = rds.commandCalls(ModifyDBClusterCommand).map(({ args: [{ input }] }) => {
      return input.ServerlessV2ScalingConfiguration?.SecondsUntilAutoPause;
    });
    expect(sent).toEqual([600, undefined]);
  });

  it.each([
    { over: { Status: 'modifying' }, busy: 'the cluster is modifying' },
    {
      over: { PendingModifiedValues: { EngineVersion: '17.1' } },
      busy: 'another modification waits for the maintenance window',
    },
  ])('is busy while $busy', async ({ over, busy }) => {
    answerCluster(over);
    expect(await aurora.look(change)).toMatchObject({ busy });
  });

  it('that a cluster does not have is refused', async () => {
    answerCluster({ ServerlessV2ScalingConfiguration: undefined });
    expect(await aurora.look(change)).toEqual({ code: 'rejected', detail: 'ledger is no Aurora Serverless v2' });
  });
});

describe('the storage ceiling', () => {
  const ceiling = storageCeiling(rdsClient);
  const change = {
    kind: 'set-storage-ceiling',
    database: MAIN,
    from: { maxAllocatedGiB: 100 },
    to: { maxAllocatedGiB: 200 },
  } as const;

  it('is set without applying what somebody else has put off', async () => {
    answerInstance({ PendingModifiedValues: { DBInstanceClass: 'db.r6g.large' } });
    rds.on(ModifyDBInstanceCommand).resolves({});
    expect(await ceiling.look(change)).toEqual({ size: { maxAllocatedGiB: 100 }, busy: null });
    expect(await ceiling.move(change)).toBeNull();
    expect(rds.commandCalls(ModifyDBInstanceCommand)[0]?.args[0].input).toEqual({
      DBInstanceIdentifier: 'main',
      MaxAllocatedStorage: 200,
      ApplyImmediately: false,
    });
  });

  it.each([
    { status: 'available', busy: null },
    { status: 'storage-optimization', busy: null },
    { status: 'storage-full', busy: null },
    { status: 'modifying', busy: 'the instance is modifying' },
    { status: 'stopped', busy: 'the instance is stopped' },
  ])('of an instance that is $status', async ({ status, busy }) => {
    answerInstance({ DBInstanceStatus: status });
    expect(await ceiling.look(change)).toMatchObject({ busy });
  });

  it('that is off is seen as none', async () => {
    answerInstance({ MaxAllocatedStorage: undefined });
    expect(await ceiling.look(change)).toMatchObject({ size: { maxAllocatedGiB: null } });
  });

  it('is never taken away', async () => {
    expect(await ceiling.move({ ...change, to: { maxAllocatedGiB: null } })).toMatchObject({ code: 'rejected' });
    expect(rds.calls()).toHaveLength(0);
  });

  it('of an Aurora cluster is refused', async () => {
    expect(await ceiling.look({ ...change, database: LEDGER })).toMatchObject({ code: 'rejected' });
  });
});

describe('the class of a database', () => {
  const mover = databaseClass(rdsClient);
  const change = {
    kind: 'change-database-class',
    database: MAIN,
    from: { instanceClass: 'db.t4g.medium' },
    to: { instanceClass: 'db.r6g.large' },
  } as const;

  it('is changed at once', async () => {
    answerInstance();
    rds.on(ModifyDBInstanceCommand).resolves({});
    expect(await mover.look(change)).toEqual({ size: { instanceClass: 'db.t4g.medium' }, busy: null });
    expect(await mover.move(change)).toBeNull();
    expect(rds.commandCalls(ModifyDBInstanceCommand)[0]?.args[0].input).toEqual({
      DBInstanceIdentifier: 'main',
      DBInstanceClass: 'db.r6g.large',
      ApplyImmediately: true,
    });
  });

  it('waits while something else is put off: it would be applied along', async () => {
    answerInstance({ PendingModifiedValues: { EngineVersion: '17.5' } });
    expect(await mover.look(change)).toMatchObject({ busy: 'another modification waits for the maintenance window' });
  });
});

describe('a cache', () => {
  const clients = { elastiCache: elastiCacheClient, autoScaling: autoScalingClient };
  const shape = new CacheShape(clients);
  const of = (from: readonly [number, number], to: readonly [number, number]) => ({
    kind: 'set-cache-shape' as const,
    replicationGroup: 'sessions',
    from: { shards: from[0], replicasPerShard: from[1] },
    to: { shards: to[0], replicasPerShard: to[1] },
  });
  const answer = (over: Partial<ReplicationGroup> = {}): unknown =>
    elastiCache.on(DescribeReplicationGroupsCommand).resolves({
      ReplicationGroups: [
        {
          Status: 'available',
          CacheNodeType: 'cache.r7g.large',
          ClusterEnabled: true,
          NodeGroups: ['0010', '0001', '0002'].map((NodeGroupId) => ({ NodeGroupId, NodeGroupMembers: [{}, {}] })),
          ...over,
        },
      ],
    });

  it('gets more shards, or gives back the newest', async () => {
    answer();
    elastiCache.on(ModifyReplicationGroupShardConfigurationCommand).resolves({});
    expect(await shape.look(of([3, 1], [4, 1]))).toEqual({ size: { shards: 3, replicasPerShard: 1 }, busy: null });
    expect(await shape.move(of([3, 1], [4, 1]))).toBeNull();
    expect(await shape.move(of([3, 1], [2, 1]))).toBeNull();
    const sent = elastiCache.commandCalls(ModifyReplicationGroupShardConfigurationCommand);
    expect(sent.map(({ args: [{ input }] }) => input)).toEqual([
      { ReplicationGroupId: 'sessions', NodeGroupCount: 4, ApplyImmediately: true },
      { ReplicationGroupId: 'sessions', NodeGroupCount: 2, ApplyImmediately: true, NodeGroupsToRemove: ['0010'] },
    ]);
  });

  it('gets more replicas, or fewer', async () => {
    elastiCache.on(IncreaseReplicaCountCommand).resolves({});
    elastiCache.on(DecreaseReplicaCountCommand).resolves({});
    expect(await shape.move(of([3, 1], [3, 2]))).toBeNull();
    expect(await shape.move(of([3, 2], [3, 1]))).toBeNull();
    const input = { ReplicationGroupId: 'sessions', ApplyImmediately: true };
    expect(elastiCache.commandCalls(IncreaseReplicaCountCommand)[0]?.args[0].input).toEqual({
      ...input,
      NewReplicaCount: 2,
    });
    expect(elastiCache.commandCalls(DecreaseReplicaCountCommand)[0]?.args[0].input).toEqual({
      ...input,
      NewReplicaCount: 1,
    });
  });

  it.each([
    { when: 'both are to change', change: of([3, 1], [4, 2]), over: {}, says: 'one after the other' },
    { when: 'it has no cluster mode', change: of([1, 1], [2, 1]), over: { ClusterEnabled: false }, says: 'one shard' },
  ])('is refused when $when', async ({ change, over, says }) => {
    answer(over);
    expect(await shape.look(change)).toMatchObject({ code: 'rejected', detail: expect.stringContaining(says) });
  });

  it('is left to Application Auto Scaling where that scales it', async () => {
    answer();
    autoScaling.on(DescribeScalableTargetsCommand).resolves({ ScalableTargets: [{} as never] });
    expect(await shape.look(of([3, 1], [4, 1]))).toMatchObject({
      code: 'rejected',
      detail: 'sessions: Application Auto Scaling scales it: move its bounds instead',
    });
  });

  it('is busy while it is being changed', async () => {
    answer({ Status: 'modifying' });
    expect(await shape.look(of([3, 1], [4, 1]))).toMatchObject({ busy: 'the cache is modifying' });
  });

  it('gets other nodes', async () => {
    const nodes = new CacheNodeType(clients);
    const change = {
      kind: 'change-cache-node-type',
      replicationGroup: 'sessions',
      from: { nodeType: 'cache.r7g.large' },
      to: { nodeType: 'cache.r7g.xlarge' },
    } as const;
    answer();
    elastiCache.on(ModifyReplicationGroupCommand).resolves({});
    expect(await nodes.look(change)).toEqual({ size: { nodeType: 'cache.r7g.large' }, busy: null });
    expect(await nodes.move(change)).toBeNull();
    expect(elastiCache.commandCalls(ModifyReplicationGroupCommand)[0]?.args[0].input).toEqual({
      ReplicationGroupId: 'sessions',
      CacheNodeType: 'cache.r7g.xlarge',
      ApplyImmediately: true,
    });
  });
});

describe('replicas of Aurora', () => {
  const mover = new AuroraReplicas({ rds: rdsClient, autoScaling: autoScalingClient });
  const change = {
    kind: 'set-read-replicas',
    database: LEDGER,
    from: { replicas: 1 },
    to: { replicas: 2 },
  } as const;
  const members = (readers: number): Partial<DBCluster> => ({
    DBClusterMembers: Array.from({ length: readers + 1 }, (_, index) => ({
      DBInstanceIdentifier: `ledger-${index}`,
      IsClusterWriter: index === 0,
    })),
  });
  const registered = (MinCapacity: number, MaxCapacity: number): unknown =>
    autoScaling
      .on(DescribeScalableTargetsCommand, { ResourceIds: ['cluster:ledger'] })
      .resolves({ ScalableTargets: [{ MinCapacity, MaxCapacity } as never] });

  it.each([
    { readers: 1, min: 0, replicas: 1 },
    { readers: 1, min: 2, replicas: 2 },
    { readers: 3, min: 2, replicas: 3 },
  ])('with $readers there and $min asked for are $replicas', async ({ readers, min, replicas }) => {
    answerCluster(members(readers));
    registered(min, 5);
    expect(await mover.look(change)).toEqual({ size: { replicas }, busy: null });
  });

  it.each([
    { max: 5, sent: 5 },
    { max: 1, sent: 2 },
  ])('are made by raising the least, and the most of $max where it is below', async ({ max, sent }) => {
    registered(1, max);
    autoScaling.on(RegisterScalableTargetCommand).resolves({});
    expect(await mover.move(change)).toBeNull();
    expect(autoScaling.commandCalls(RegisterScalableTargetCommand)[0]?.args[0].input).toEqual({
      ServiceNamespace: 'rds',
      ScalableDimension: 'rds:cluster:ReadReplicaCount',
      ResourceId: 'cluster:ledger',
      MinCapacity: 2,
      MaxCapacity: sent,
    });
  });

  it.each([
    { when: 'of a DB instance', over: { database: MAIN } },
    { when: 'that are to become fewer', over: { from: { replicas: 3 } } },
  ])('$when are made by a pull request', async ({ over }) => {
    expect(await mover.look({ ...change, ...over })).toMatchObject({
      code: 'rejected',
      detail: expect.stringContaining('by a pull request'),
    });
  });
});

describe('what AWS answers', () => {
  const ceiling = storageCeiling(rdsClient);
  const change = {
    kind: 'set-storage-ceiling',
    database: MAIN,
    from: { maxAllocatedGiB: 100 },
    to: { maxAllocatedGiB: 200 },
  } as const;

  it.each([
    { name: 'AccessDenied', status: 403, code: 'not-permitted' },
    { name: 'DBInstanceNotFoundFault', status: 404, code: 'not-found' },
    { name: 'InvalidParameterCombinationException', status: 400, code: 'rejected' },
    { name: 'StorageQuotaExceededFault', status: 400, code: 'limit-exceeded' },
    { name: 'InsufficientDBInstanceCapacityFault', status: 400, code: 'limit-exceeded' },
  ])('$name: $code', async ({ name, status, code }) => {
    rds.on(DescribeDBInstancesCommand).rejects(awsError(name, status));
    rds.on(ModifyDBInstanceCommand).rejects(awsError(name, status));
    expect(await ceiling.look(change)).toMatchObject({ code });
    expect(await ceiling.move(change)).toMatchObject({ code });
  });

  it.each(['ThrottlingException', 'InvalidDBInstanceStateFault'])('%s: later', async (name) => {
    rds.on(DescribeDBInstancesCommand).rejects(awsError(name, 400));
    rds.on(ModifyDBInstanceCommand).rejects(awsError(name, 400));
    await expect(ceiling.look(change)).rejects.toThrow(TransientError);
    await expect(ceiling.move(change)).rejects.toThrow(TransientError);
  });

  it('a bug of ours is not taken for an answer', async () => {
    rds.on(DescribeDBInstancesCommand).rejects(BUG);
    await expect(ceiling.look(change)).rejects.toBe(BUG);
  });
});
