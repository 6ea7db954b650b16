import {
  type DBCluster,
  type DBInstance,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  paginateDescribeDBInstances,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { DatabaseFacts, DatabaseId, DatabaseStorageFacts } from '../../domain/infrastructure.ts';
import type { EpochMs } from '../../domain/units.ts';
import { type InstanceHistory, readHistory, readWriterChange } from './database-events.ts';
import { plainText } from './errors.ts';

/** What a description lacks to be understood. */
export interface Unclear {
  readonly unclear: string;
}

/** The class by which Aurora Serverless v2 is known (Amazon RDS API reference, CreateDBInstance). */
const SERVERLESS_CLASS = 'db.serverless';

/** “aurora-iopt1” (Amazon RDS API reference, DBCluster, `StorageType`). */
const IO_OPTIMIZED = 'aurora-iopt1';

/** @throws the error of AWS: a database that does not exist is one. */
export async function describeDatabase(
  rds: RDSClient,
  { kind, identifier }: DatabaseId,
  now: EpochMs,
): Promise<DatabaseFacts | Unclear> {
  if (kind === 'rds-instance') {
    const instance = await describeInstance(rds, identifier);
    return 'unclear' in instance ? instance : instanceFacts(instance, await readHistory(rds, identifier, now));
  }
  const [cluster, members] = await Promise.all([describeCluster(rds, identifier), membersOf(rds, identifier)]);
  if ('unclear' in cluster) return cluster;
  const writer = writerOf(cluster, members);
  if (writer === undefined) return { unclear: 'the cluster has no writer at this moment' };
  return clusterFacts(
    cluster,
    members,
    writer,
    await classChangeOf(rds, writer, members, { cluster: identifier, now }),
  );
}

function writerOf({ DBClusterMembers = [] }: DBCluster, members: readonly DBInstance[]): DBInstance | undefined {
  const name = DBClusterMembers.find(({ IsClusterWriter }) => IsClusterWriter)?.DBInstanceIdentifier;
  return members.find(({ DBInstanceIdentifier }) => DBInstanceIdentifier === name);
}

/** A failover brings another class only where the members have several. */
async function classChangeOf(
  rds: RDSClient,
  writer: DBInstance,
  members: readonly DBInstance[],
  { cluster, now }: { readonly cluster: string; readonly now: EpochMs },
): Promise<EpochMs | null> {
  const isMixed = members.some(({ DBInstanceClass }) => DBInstanceClass !== writer.DBInstanceClass);
  const [{ classChangedAt }, writerChangedAt] = await Promise.all([
    readHistory(rds, writer.DBInstanceIdentifier ?? '', now),
    isMixed ? readWriterChange(rds, cluster, now) : null,
  ]);
  return latest(writer.InstanceCreateTime?.getTime() ?? null, classChangedAt, writerChangedAt);
}

function latest(...instants: readonly (EpochMs | null)[]): EpochMs | null {
  const known = instants.filter((at) => at !== null);
  return known.length === 0 ? null : Math.max(...known);
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

/** @throws the error of AWS */
export async function membersOf(rds: RDSClient, cluster: string): Promise<readonly DBInstance[]> {
  const members: DBInstance[] = [];
  const pages = paginateDescribeDBInstances(
    { client: rds },
    { Filters: [{ Name: 'db-cluster-id', Values: [cluster] }] },
  );
  for await (const { DBInstances = [] } of pages) members.push(...DBInstances);
  return members;
}

function instanceFacts(
  instance: DBInstance,
  { classChangedAt, storageModifiedAt }: InstanceHistory,
): DatabaseFacts | Unclear {
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
    storage: { ...storage, modifiedAt: storageModifiedAt },
    deployment: instance.MultiAZ === true ? 'multi-az' : 'single-az',
    // A replica in another region, which is named by its ARN, takes no reads of this one.
    replicas: (instance.ReadReplicaDBInstanceIdentifiers ?? []).filter((name) => !name.startsWith('arn:')).toSorted(),
    acu: null,
    hasPendingChange: hasPendingChange(instance),
    changedAt: latest(instance.InstanceCreateTime?.getTime() ?? null, classChangedAt),
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

function clusterFacts(
  cluster: DBCluster,
  instances: readonly DBInstance[],
  { DBInstanceClass: instanceClass }: DBInstance,
  changedAt: EpochMs | null,
): DatabaseFacts | Unclear {
  const { EngineVersion: engineVersion, Status: status } = cluster;
  if (instanceClass === undefined || engineVersion === undefined || status === undefined) {
    return { unclear: 'Amazon RDS gave no class, version or status' };
  }
  return {
    instanceClass,
    engineVersion,
    status: statusOf(status, instances),
    storage: null,
    deployment: cluster.MultiAZ === true ? 'multi-az' : 'single-az',
    // It is told only where it is not the standard one.
    auroraStorage: cluster.StorageType === IO_OPTIMIZED ? 'io-optimized' : 'standard',
    replicas: readersOf(cluster),
    acu: instances.some((instance) => instance.DBInstanceClass === SERVERLESS_CLASS) ? acuOf(cluster) : null,
    hasPendingChange: hasPendingChange(cluster) || instances.some(hasPendingChange),
    changedAt,
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
