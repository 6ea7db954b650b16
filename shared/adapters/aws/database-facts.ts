import {
  type DBCluster,
  type DBInstance,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  paginateDescribeDBInstances,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { DatabaseFacts, DatabaseId, DatabaseStorageFacts } from '../../domain/infrastructure.ts';
import { plainText } from './errors.ts';

/** What a description lacks to be understood. */
export interface Unclear {
  readonly unclear: string;
}

/** The class by which Aurora Serverless v2 is known (Amazon RDS API reference, CreateDBInstance). */
const SERVERLESS_CLASS = 'db.serverless';

/** @throws the error of AWS: a database that does not exist is one. */
export async function describeDatabase(rds: RDSClient, database: DatabaseId): Promise<DatabaseFacts | Unclear> {
  return database.kind === 'rds-instance'
    ? instanceFacts(await describeInstance(rds, database.identifier))
    : clusterFacts(await describeCluster(rds, database.identifier), await membersOf(rds, database.identifier));
}

/** @throws the error of AWS */
export async function describeInstance(rds: RDSClient, DBInstanceIdentifier: string): Promise<DBInstance | Unclear> {
  const { DBInstances: [found] = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
  return found ?? { unclear: `Amazon RDS describes no DB instance ${plainText(DBInstanceIdentifier)}` };
}

/** @throws the error of AWS */
export async function describeCluster(rds: RDSClient, DBClusterIdentifier: string): Promise<DBCluster | Unclear> {
  const { DBClusters: [found] = [] } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier }));
  return found ?? { unclear: `Amazon RDS describes no DB cluster ${plainText(DBClusterIdentifier)}` };
}

async function membersOf(rds: RDSClient, cluster: string): Promise<readonly DBInstance[]> {
  const members: DBInstance[] = [];
  const pages = paginateDescribeDBInstances(
    { client: rds },
    { Filters: [{ Name: 'db-cluster-id', Values: [cluster] }] },
  );
  for await (const { DBInstances = [] } of pages) members.push(...DBInstances);
  return members;
}

function instanceFacts(instance: DBInstance | Unclear): DatabaseFacts | Unclear {
  if ('unclear' in instance) return instance;
  const { DBInstanceClass: instanceClass, EngineVersion: engineVersion, DBInstanceStatus: status } = instance;
  if (instanceClass === undefined || engineVersion === undefined || status === undefined) {
    return { unclear: 'Amazon RDS gave no class, version or status' };
  }
  const storage = storageOf(instance);
  if ('unclear' in storage) return storage;
  return {
    instanceClass,
    engineVersion,
    status,
    storage,
    deployment: instance.MultiAZ === true ? 'multi-az' : 'single-az',
    // A replica in another region, which is named by its ARN, takes no reads of this one.
    replicas: (instance.ReadReplicaDBInstanceIdentifiers ?? []).filter((name) => !name.startsWith('arn:')).toSorted(),
    acu: null,
    hasPendingChange: hasPendingChange(instance),
  };
}

const STORAGE_TYPES = ['gp2', 'gp3', 'io1', 'io2'] as const satisfies readonly DatabaseStorageFacts['type'][];

function storageOf({
  StorageType,
  AllocatedStorage,
  MaxAllocatedStorage,
  Iops,
  StorageThroughput,
}: DBInstance): DatabaseStorageFacts | Unclear {
  const type = STORAGE_TYPES.find((known) => known === StorageType);
  if (type === undefined) return { unclear: `storage of an unknown type: ${plainText(StorageType ?? 'none')}` };
  if (AllocatedStorage === undefined) return { unclear: 'Amazon RDS gave no storage size' };
  return {
    type,
    allocatedGiB: AllocatedStorage,
    maxAllocatedGiB: MaxAllocatedStorage ?? null,
    iops: Iops ?? null,
    // Types that know no throughput say 0.
    throughputMibps: StorageThroughput === undefined || StorageThroughput === 0 ? null : StorageThroughput,
  };
}

function clusterFacts(cluster: DBCluster | Unclear, instances: readonly DBInstance[]): DatabaseFacts | Unclear {
  if ('unclear' in cluster) return cluster;
  const writerName = cluster.DBClusterMembers?.find(({ IsClusterWriter }) => IsClusterWriter)?.DBInstanceIdentifier;
  const writer = instances.find(({ DBInstanceIdentifier }) => DBInstanceIdentifier === writerName);
  const instanceClass = writer?.DBInstanceClass;
  const { EngineVersion: engineVersion, Status: status } = cluster;
  if (instanceClass === undefined || engineVersion === undefined || status === undefined) {
    return { unclear: 'the cluster has no writer at this moment, or Amazon RDS gave no version or status' };
  }
  return {
    instanceClass,
    engineVersion,
    status: statusOf(status, instances),
    storage: null,
    deployment: cluster.MultiAZ === true ? 'multi-az' : 'single-az',
    replicas: readersOf(cluster),
    acu: instances.some((instance) => instance.DBInstanceClass === SERVERLESS_CLASS) ? acuOf(cluster) : null,
    hasPendingChange: hasPendingChange(cluster) || instances.some(hasPendingChange),
  };
}

/** A cluster says that it is available while an instance of it is still being made. */
function statusOf(ofCluster: string, instances: readonly DBInstance[]): string {
  if (ofCluster !== AVAILABLE) return ofCluster;
  return instances.find(({ DBInstanceStatus }) => DBInstanceStatus !== AVAILABLE)?.DBInstanceStatus ?? ofCluster;
}

export const AVAILABLE = 'available';

export function acuOf({ ServerlessV2ScalingConfiguration }: DBCluster): DatabaseFacts['acu'] {
  const { MinCapacity: min, MaxCapacity: max } = ServerlessV2ScalingConfiguration ?? {};
  return min === undefined || max === undefined ? null : { min, max };
}

export function readersOf({ DBClusterMembers = [] }: DBCluster): readonly string[] {
  return DBClusterMembers.flatMap(({ IsClusterWriter, DBInstanceIdentifier }) =>
    IsClusterWriter === true || DBInstanceIdentifier === undefined ? [] : [DBInstanceIdentifier],
  ).toSorted();
}

/** Whether `ApplyImmediately` would apply something that somebody else has put off to the maintenance window. */
export function hasPendingChange({
  PendingModifiedValues: pending = {},
}: Pick<DBInstance, 'PendingModifiedValues'> | Pick<DBCluster, 'PendingModifiedValues'>): boolean {
  return Object.values(pending).some(
    (value: unknown) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
}
