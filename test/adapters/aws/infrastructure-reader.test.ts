import { ApplicationAutoScalingClient, DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import {
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
  type ReplicationGroup,
} from '@aws-sdk/client-elasticache';
import {
  type DBCluster,
  type DBInstance,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeEventsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { AwsInfrastructureReader } from '../../../shared/adapters/aws/infrastructure-reader.ts';
import { ManualClock } from '../../../shared/adapters/memory/manual-clock.ts';
import { CORE_API, NOON } from '../../contracts/samples.ts';
import { awsError, BUG, PERMANENT, TRANSIENT } from './faults.ts';

const region = 'eu-central-1';
const clients = {
  rds: new RDSClient({ region }),
  elastiCache: new ElastiCacheClient({ region }),
  ecs: new ECSClient({ region }),
  autoScaling: new ApplicationAutoScalingClient({ region }),
};
const rds = mockClient(clients.rds);
const elastiCache = mockClient(clients.elastiCache);
const ecs = mockClient(clients.ecs);
const autoScaling = mockClient(clients.autoScaling);
const reader = new AwsInfrastructureReader(clients, new ManualClock(NOON));

beforeEach(() => {
  for (const mock of [rds, elastiCache, ecs, autoScaling]) mock.reset();
  autoScaling.on(DescribeScalableTargetsCommand).resolves({ ScalableTargets: [] });
  rds.on(DescribeEventsCommand).resolves({ Events: [] });
});

const MAIN = { kind: 'rds-instance', identifier: 'main' } as const;
const LEDGER = { kind: 'aurora-cluster', identifier: 'ledger' } as const;

const anInstance = (over: Partial<DBInstance> = {}): DBInstance => ({
  DBInstanceIdentifier: 'main',
  DBInstanceClass: 'db.t4g.medium',
  EngineVersion: '17.4',
  DBInstanceStatus: 'available',
  MultiAZ: true,
  StorageType: 'gp3',
  AllocatedStorage: 50,
  MaxAllocatedStorage: 200,
  Iops: 3000,
  StorageThroughput: 125,
  PendingModifiedValues: {},
  ...over,
});

const aCluster = (over: Partial<DBCluster> = {}): DBCluster => ({
  DBClusterIdentifier: 'ledger',
  EngineVersion: '16.6',
  Status: 'available',
  MultiAZ: true,
  ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 16 },
  DBClusterMembers: [
    { DBInstanceIdentifier: 'ledger-2', IsClusterWriter: false },
    { DBInstanceIdentifier: 'ledger-0', IsClusterWriter: true },
    { DBInstanceIdentifier: 'ledger-1', IsClusterWriter: false },
  ],
  ...over,
});

const aMember = (id: string, over: Partial<DBInstance> = {}): DBInstance => ({
  DBInstanceIdentifier: id,
  DBInstanceClass: 'db.serverless',
  DBInstanceStatus: 'available',
  ...over,
});

const aGroup = (over: Partial<ReplicationGroup> = {}): ReplicationGroup => ({
  ReplicationGroupId: 'sessions',
  CacheNodeType: 'cache.r7g.large',
  Engine: 'valkey',
  Status: 'available',
  ClusterEnabled: true,
  MemberClusters: ['sessions-0001-001', 'sessions-0001-002'],
  NodeGroups: [
    { NodeGroupId: '0001', NodeGroupMembers: [{}, {}, {}] },
    { NodeGroupId: '0002', NodeGroupMembers: [{}, {}] },
  ],
  ...over,
});

describe('a DB instance', () => {
  it('is told with its storage, its replicas in the region and what waits', async () => {
    const ReadReplicaDBInstanceIdentifiers = ['main-r2', 'main-r1', 'arn:aws:rds:us-east-1:111122223333:db:far'];
    rds
      .on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'main' })
      .resolves({ DBInstances: [anInstance({ ReadReplicaDBInstanceIdentifiers })] });
    expect(await reader.readDatabase(MAIN)).toEqual({
      kind: 'seen',
      at: NOON,
      value: {
        instanceClass: 'db.t4g.medium',
        deployment: 'multi-az',
        engineVersion: '17.4',
        status: 'available',
        storage: {
          ...{ type: 'gp3', allocatedGiB: 50, maxAllocatedGiB: 200, iops: 3000, throughputMibps: 125 },
          modifiedAt: [],
        },
        replicas: ['main-r1', 'main-r2'],
        acu: null,
        hasPendingChange: false,
        changedAt: null,
      },
    });
  });

  it.each([
    { what: 'without storage autoscaling', over: { MaxAllocatedStorage: undefined }, maxAllocatedGiB: null },
    { what: 'with it', over: {}, maxAllocatedGiB: 200 },
  ])('$what', async ({ over, maxAllocatedGiB }) => {
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [anInstance(over)] });
    expect(await reader.readDatabase(MAIN)).toMatchObject({ value: { storage: { maxAllocatedGiB } } });
  });

  it('of a type that knows no IOPS or throughput has none, which is not zero', async () => {
    const over = { StorageType: 'gp2', Iops: undefined, StorageThroughput: 0 };
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [anInstance(over)] });
    expect(await reader.readDatabase(MAIN)).toMatchObject({
      value: { storage: { type: 'gp2', iops: null, throughputMibps: null } },
    });
  });

  it.each([
    { pending: {}, isPending: false },
    { pending: { ProcessorFeatures: [] }, isPending: false },
    { pending: { DBInstanceClass: 'db.r6g.large' }, isPending: true },
    { pending: { AllocatedStorage: 100 }, isPending: true },
  ])('with $pending waits: $isPending', async ({ pending, isPending }) => {
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [anInstance({ PendingModifiedValues: pending })] });
    expect(await reader.readDatabase(MAIN)).toMatchObject({ value: { hasPendingChange: isPending } });
  });

  it.each([
    { what: 'no instance', instances: [], detail: 'Amazon RDS describes no DB instance main' },
    {
      what: 'an instance without a class',
      instances: [anInstance({ DBInstanceClass: undefined })],
      detail: 'Amazon RDS gave no class, version or status',
    },
    {
      what: 'magnetic storage',
      instances: [anInstance({ StorageType: 'standard' })],
      detail: 'storage of an unknown type: standard',
    },
    {
      what: 'no size',
      instances: [anInstance({ AllocatedStorage: undefined })],
      detail: 'Amazon RDS gave no storage size',
    },
  ])('that is answered with $what is unseen', async ({ instances, detail }) => {
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: instances });
    expect(await reader.readDatabase(MAIN)).toEqual({ kind: 'unseen', because: { code: 'unreadable', detail } });
  });

  it('that does not exist is unseen, and says so', async () => {
    rds.on(DescribeDBInstancesCommand).rejects(awsError('DBInstanceNotFoundFault', 404, 'DBInstance main not found.'));
    expect(await reader.readDatabase(MAIN)).toEqual({
      kind: 'unseen',
      because: { code: 'unreadable', detail: 'DBInstanceNotFoundFault: DBInstance main not found.' },
    });
  });
});

describe('an Aurora cluster', () => {
  it('is told by its writer, with its readers and its capacity, member pages and all', async () => {
    rds.on(DescribeDBClustersCommand, { DBClusterIdentifier: 'ledger' }).resolves({ DBClusters: [aCluster()] });
    rds
      .on(DescribeDBInstancesCommand, { Filters: [{ Name: 'db-cluster-id', Values: ['ledger'] }] })
      .resolvesOnce({ DBInstances: [aMember('ledger-1')], Marker: 'more' })
      .resolvesOnce({ DBInstances: [aMember('ledger-2'), aMember('ledger-0')] });
    expect(await reader.readDatabase(LEDGER)).toEqual({
      kind: 'seen',
      at: NOON,
      value: {
        instanceClass: 'db.serverless',
        deployment: 'multi-az',
        engineVersion: '16.6',
        status: 'available',
        storage: null,
        auroraStorage: 'standard',
        replicas: ['ledger-1', 'ledger-2'],
        acu: { min: 0.5, max: 16 },
        hasPendingChange: false,
        changedAt: null,
      },
    });
  });

  it('of provisioned instances has no capacity to move, though it may be configured', async () => {
    rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [aCluster()] });
    const members = ['ledger-0', 'ledger-1'].map((id) => aMember(id, { DBInstanceClass: 'db.r6g.large' }));
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: members });
    expect(await reader.readDatabase(LEDGER)).toMatchObject({ value: { instanceClass: 'db.r6g.large', acu: null } });
  });

  it('that is I/O-Optimized says so: it is billed otherwise', async () => {
    rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [aCluster({ StorageType: 'aurora-iopt1' })] });
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [aMember('ledger-0')] });
    expect(await reader.readDatabase(LEDGER)).toMatchObject({ value: { auroraStorage: 'io-optimized' } });
  });

  it('is as busy as its busiest instance, and waits for what any of them waits for', async () => {
    rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [aCluster()] });
    rds.on(DescribeDBInstancesCommand).resolves({
      DBInstances: [
        aMember('ledger-0'),
        aMember('ledger-1', {
          DBInstanceStatus: 'creating',
          PendingModifiedValues: { DBInstanceClass: 'db.r6g.large' },
        }),
      ],
    });
    expect(await reader.readDatabase(LEDGER)).toMatchObject({ value: { status: 'creating', hasPendingChange: true } });
  });

  it('without a writer at this moment is unseen', async () => {
    rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [aCluster({ DBClusterMembers: [] })] });
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [] });
    expect(await reader.readDatabase(LEDGER)).toMatchObject({ kind: 'unseen', because: { code: 'unreadable' } });
  });
});

describe('a cache', () => {
  it('is told by the shard with the fewest replicas', async () => {
    elastiCache
      .on(DescribeReplicationGroupsCommand, { ReplicationGroupId: 'sessions' })
      .resolves({ ReplicationGroups: [aGroup()] });
    expect(await reader.readCache('sessions')).toMatchObject({
      kind: 'seen',
      at: NOON,
      value: {
        nodeType: 'cache.r7g.large',
        engine: 'valkey',
        status: 'available',
        shards: 2,
        replicasPerShard: 1,
        isClusterMode: true,
        scaledBy: 'nobody',
      },
    });
  });

  it('that Application Auto Scaling scales is told so', async () => {
    elastiCache.on(DescribeReplicationGroupsCommand).resolves({ ReplicationGroups: [aGroup({ Engine: 'redis' })] });
    autoScaling
      .on(DescribeScalableTargetsCommand, {
        ServiceNamespace: 'elasticache',
        ResourceIds: ['replication-group/sessions'],
      })
      .resolves({
        ScalableTargets: [
          {
            ServiceNamespace: 'elasticache',
            ResourceId: 'replication-group/sessions',
            ScalableDimension: 'elasticache:replication-group:NodeGroups',
            MinCapacity: 1,
            MaxCapacity: 5,
            RoleARN: 'any',
            CreationTime: new Date(NOON),
          },
        ],
      });
    expect(await reader.readCache('sessions')).toMatchObject({
      value: { engine: 'redis', scaledBy: 'application-auto-scaling', scaledUpTo: { shards: 5 } },
    });
  });

  it('is unseen where it is not told whether something else scales it: two must not move one thing', async () => {
    elastiCache.on(DescribeReplicationGroupsCommand).resolves({ ReplicationGroups: [aGroup()] });
    autoScaling.on(DescribeScalableTargetsCommand).rejects(awsError('AccessDeniedException', 400));
    expect(await reader.readCache('sessions')).toMatchObject({
      kind: 'unseen',
      because: { detail: expect.stringContaining('AccessDeniedException') },
    });
  });

  it.each([{ NodeGroups: [] }, { CacheNodeType: undefined }, { Status: undefined }])(
    'without %j is unseen, not empty',
    async (over) => {
      elastiCache.on(DescribeReplicationGroupsCommand).resolves({ ReplicationGroups: [aGroup(over)] });
      expect((await reader.readCache('sessions')).kind).toBe('unseen');
    },
  );
});

describe.each([...TRANSIENT, ...PERMANENT])('%s', (_name, error) => {
  it('leaves everything unseen with the reason, never zero', async () => {
    rds.on(DescribeDBInstancesCommand).rejects(error);
    elastiCache.on(DescribeReplicationGroupsCommand).rejects(error);
    ecs.on(DescribeServicesCommand).rejects(error);
    const readings = [
      await reader.readDatabase(MAIN),
      await reader.readCache('sessions'),
      ...(await reader.readTasks([CORE_API])),
    ];
    for (const reading of readings) expect(reading).toMatchObject({ kind: 'unseen', because: { code: 'unreadable' } });
  });
});

it('a bug of ours is not taken for news of AWS', async () => {
  rds.on(DescribeDBInstancesCommand).rejects(BUG);
  ecs.on(DescribeServicesCommand).rejects(BUG);
  await expect(reader.readDatabase(MAIN)).rejects.toBe(BUG);
  await expect(reader.readTasks([CORE_API])).rejects.toBe(BUG);
});
