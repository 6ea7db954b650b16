import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  type DeploymentConfiguration,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { CreateReplicationGroupCommand, type ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { CreateDBClusterCommand, CreateDBInstanceCommand, type RDSClient } from '@aws-sdk/client-rds';
import type { Emulator } from '../../../scripts/emulator.ts';
import { AuroraReplicas } from '../../../shared/adapters/aws/aurora-replicas.ts';
import { AuroraCapacity } from '../../../shared/adapters/aws/aurora-capacity.ts';
import { type AwsClients, elastiCacheClient, rdsClient } from '../../../shared/adapters/aws/clients.ts';
import { CacheNodeType, CacheShape } from '../../../shared/adapters/aws/cache-shape.ts';
import { AwsDatabaseKeeper } from '../../../shared/adapters/aws/database-keeper.ts';
import { databaseClass, storageCeiling } from '../../../shared/adapters/aws/database-modifier.ts';
import { AwsInfrastructureReader } from '../../../shared/adapters/aws/infrastructure-reader.ts';
import { TaskResizer } from '../../../shared/adapters/aws/task-resizer.ts';
import { systemClock } from '../../../shared/adapters/system-clock.ts';
import type { ScalableTargetId } from '../../../shared/domain/capacity.ts';
import type { TaskSize } from '../../../shared/domain/infrastructure.ts';
import { snapshotName } from '../../../shared/proposals/migration.ts';
import { describeInfrastructureContract, type InfrastructureSubject } from '../../contracts/infrastructure.contract.ts';
import { nothingToClose } from '../../contracts/subject.ts';
import { destroyAll, type EmulatedAws, startEmulatedAws } from '../servers/emulated-aws.ts';

const REGION = 'eu-central-1';

let aws: EmulatedAws;
let emulator: Emulator;
let clients: AwsClients;
let rds: RDSClient;
let elastiCache: ElastiCacheClient;

beforeAll(async () => {
  aws = await startEmulatedAws(REGION);
  ({ emulator, clients } = aws);
  [rds, elastiCache] = [rdsClient(REGION), elastiCacheClient(REGION)];
});
afterAll(async () => {
  destroyAll([rds, elastiCache]);
  await aws.stop();
});

it('reads a cache of the emulator, which knows no change of one', async () => {
  await emulator.reset();
  const reader = new AwsInfrastructureReader(
    { ecs: clients.ecs, rds, elastiCache, autoScaling: clients.autoScaling },
    systemClock,
  );
  expect(await reader.readCache('sessions')).toMatchObject({ kind: 'unseen', because: { code: 'unreadable' } });
  await elastiCache.send(
    new CreateReplicationGroupCommand({
      ReplicationGroupId: 'sessions',
      ReplicationGroupDescription: 'any',
      Engine: 'redis',
      CacheNodeType: 'cache.r7g.large',
      NumNodeGroups: 2,
      ReplicasPerNodeGroup: 1,
    }),
  );
  expect(await reader.readCache('sessions')).toMatchObject({
    kind: 'seen',
    value: { nodeType: 'cache.r7g.large', status: 'available', shards: 2, replicasPerShard: 1, scaledBy: 'nobody' },
  });
  const cache = { elastiCache, autoScaling: clients.autoScaling };
  const shape = {
    kind: 'set-cache-shape',
    replicationGroup: 'sessions',
    from: { shards: 2, replicasPerShard: 1 },
    to: { shards: 2, replicasPerShard: 2 },
  } as const;
  expect(await new CacheShape(cache).look(shape)).toEqual({ size: shape.from, busy: null });
  const nodeType = {
    kind: 'change-cache-node-type',
    replicationGroup: 'sessions',
    from: { nodeType: 'cache.r7g.large' },
    to: { nodeType: 'cache.r7g.xlarge' },
  } as const;
  expect(await new CacheNodeType(cache).look(nodeType)).toEqual({ size: nodeType.from, busy: null });
});

async function addService(
  { cluster, service }: ScalableTargetId,
  { cpuUnits, memoryMiB }: TaskSize,
  deploymentConfiguration: DeploymentConfiguration,
): Promise<void> {
  const { ecs } = clients;
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: service,
      cpu: String(cpuUnits),
      memory: String(memoryMiB),
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      containerDefinitions: [{ name: 'app', image: 'app', cpu: cpuUnits, memory: memoryMiB }],
    }),
  );
  await ecs.send(
    new CreateServiceCommand({
      cluster,
      serviceName: service,
      taskDefinition: service,
      desiredCount: 0,
      deploymentConfiguration,
    }),
  );
  await ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount: 0 }));
}

async function addInstance(DBInstanceIdentifier: string): Promise<void> {
  await rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier,
      DBInstanceClass: 'db.t4g.medium',
      Engine: 'postgres',
      MasterUsername: 'main',
      MasterUserPassword: 'never used',
      StorageType: 'gp3',
      AllocatedStorage: 50,
      MaxAllocatedStorage: 100,
    }),
  );
}

async function addCluster(DBClusterIdentifier: string): Promise<void> {
  await rds.send(
    new CreateDBClusterCommand({
      DBClusterIdentifier,
      Engine: 'aurora-postgresql',
      MasterUsername: 'main',
      MasterUserPassword: 'never used',
      ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 16 },
    }),
  );
  await rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: `${DBClusterIdentifier}-0`,
      DBClusterIdentifier,
      DBInstanceClass: 'db.serverless',
      Engine: 'aurora-postgresql',
    }),
  );
}

describe('the keeper of databases in the emulator', () => {
  const MAIN = { kind: 'rds-instance', identifier: 'main' } as const;
  const LEDGER = { kind: 'aurora-cluster', identifier: 'ledger' } as const;

  it.each([MAIN, LEDGER])('takes one snapshot of a name, and finds it: $kind', async (database) => {
    await emulator.reset();
    await addInstance('main');
    await addCluster('ledger');
    const keeper = new AwsDatabaseKeeper(rds, { read: () => Promise.resolve([]) }, systemClock);
    const name = snapshotName(database.identifier, '20261201');
    expect(await keeper.readSnapshot(database, name)).toEqual({ kind: 'absent' });
    expect(await keeper.takeSnapshot(database, name)).toBe('asked');
    expect(await keeper.takeSnapshot(database, name)).toBe('asked');
    expect(await keeper.readSnapshot(database, name)).toMatchObject({ kind: 'available' });
    expect(await keeper.readInterruptions(database, 0)).toEqual([]);
  });
});

it('raises the least replicas of a cluster and leaves a higher most as it is', async () => {
  await emulator.reset();
  await addCluster('ledger');
  const { autoScaling } = clients;
  const target = {
    ServiceNamespace: 'rds',
    ScalableDimension: 'rds:cluster:ReadReplicaCount',
    ResourceId: 'cluster:ledger',
  } as const;
  await autoScaling.send(new RegisterScalableTargetCommand({ ...target, MinCapacity: 1, MaxCapacity: 5 }));
  const database = { kind: 'aurora-cluster', identifier: 'ledger' } as const;
  const change = { kind: 'set-read-replicas', database, from: { replicas: 1 }, to: { replicas: 2 } } as const;
  const mover = new AuroraReplicas({ rds, autoScaling });
  expect(await mover.look(change)).toEqual({ size: { replicas: 1 }, busy: null });
  expect(await mover.move(change)).toBeNull();
  const { ScalableTargets } = await autoScaling.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace: 'rds', ResourceIds: [target.ResourceId] }),
  );
  expect(ScalableTargets).toMatchObject([{ ...target, MinCapacity: 2, MaxCapacity: 5 }]);
});

it('takes no answer about offers for an offer of nothing', async () => {
  await emulator.reset();
  await addInstance('main');
  const { ecs, autoScaling } = clients;
  const reader = new AwsInfrastructureReader({ ecs, rds, autoScaling, elastiCache }, systemClock);
  // The emulator names no class for PostgreSQL, and fails when it is asked for modifications.
  const unreadable = { kind: 'unseen', because: { code: 'unreadable' } };
  const database = { kind: 'rds-instance', identifier: 'main' } as const;
  expect(await reader.readOrderableClasses(database)).toMatchObject(unreadable);
  expect(await reader.readStorageOffer(database)).toMatchObject(unreadable);
});

describeInfrastructureContract('ECS and RDS in the emulator', async (): Promise<InfrastructureSubject> => {
  await emulator.reset();
  const { ecs, autoScaling } = clients;
  await ecs.send(new CreateClusterCommand({ clusterName: 'production' }));
  const reader = { ecs, rds, elastiCache, autoScaling };
  return {
    port: {
      reader: new AwsInfrastructureReader(reader, systemClock),
      tasks: new TaskResizer(ecs),
      acu: new AuroraCapacity(rds),
      ceiling: storageCeiling(rds),
      databaseClass: databaseClass(rds),
      replicas: new AuroraReplicas({ rds, autoScaling }),
    },
    close: nothingToClose,
    addInstance,
    addCluster,
    addService: (target, size) =>
      addService(target, size, { deploymentCircuitBreaker: { enable: true, rollback: true } }),
    addUnguardedService: (target, size) =>
      addService(target, size, { deploymentCircuitBreaker: { enable: true, rollback: false } }),
    // Everything is done at once there.
    settle: () => Promise.resolve(),
  };
});
