import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { CreateReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { CreateDBClusterCommand, CreateDBInstanceCommand, type RDSClient } from '@aws-sdk/client-rds';
import { type Emulator, startEmulator } from '../../../scripts/emulator.ts';
import { AuroraCapacity } from '../../../shared/adapters/aws/aurora-capacity.ts';
import {
  type AwsClients,
  awsClients,
  elastiCacheClient,
  rdsClient as rdsClientOf,
} from '../../../shared/adapters/aws/clients.ts';
import { databaseClass, storageCeiling } from '../../../shared/adapters/aws/database-modifier.ts';
import { AwsInfrastructureReader } from '../../../shared/adapters/aws/infrastructure-reader.ts';
import { TaskResizer } from '../../../shared/adapters/aws/task-resizer.ts';
import { systemClock } from '../../../shared/adapters/system-clock.ts';
import { describeInfrastructureContract, type InfrastructureSubject } from '../../contracts/infrastructure.contract.ts';
import { nothingToClose } from '../../contracts/subject.ts';

const REGION = 'eu-central-1';
/** The first run on a machine installs the emulator. */
const INSTALL_TIMEOUT_MS = 300_000;

let emulator: Emulator;
let clients: AwsClients;
let rds: RDSClient;

beforeAll(async () => {
  emulator = await startEmulator();
  process.env['AWS_ENDPOINT_URL'] = emulator.url;
  process.env['AWS_ACCESS_KEY_ID'] = 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
  clients = awsClients(REGION);
  rds = rdsClientOf(REGION);
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
  for (const client of [...(Object.values(clients) as { destroy(): void }[]), rds]) client.destroy();
  await emulator.stop();
});

it('reads a cache of the emulator, which knows no change of one', async () => {
  await emulator.reset();
  const elastiCache = elastiCacheClient(REGION);
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
  elastiCache.destroy();
});

describeInfrastructureContract('ECS and RDS in the emulator', async (): Promise<InfrastructureSubject> => {
  await emulator.reset();
  const { ecs, autoScaling } = clients;
  await ecs.send(new CreateClusterCommand({ clusterName: 'production' }));
  const reader = { ecs, rds, elastiCache: elastiCacheClient(REGION), autoScaling };
  return {
    port: {
      reader: new AwsInfrastructureReader(reader, systemClock),
      tasks: new TaskResizer(ecs),
      acu: new AuroraCapacity(rds),
      ceiling: storageCeiling(rds),
      databaseClass: databaseClass(rds),
    },
    close: nothingToClose,
    addInstance: async (DBInstanceIdentifier) => {
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
    },
    addCluster: async (DBClusterIdentifier) => {
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
    },
    addService: async ({ cluster, service }, { cpuUnits, memoryMiB }) => {
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
          deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
        }),
      );
      await ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount: 0 }));
    },
    // Everything is done at once there.
    settle: () => Promise.resolve(),
  };
});
