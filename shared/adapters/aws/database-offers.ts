import {
  type DBInstance,
  DescribeValidDBInstanceModificationsCommand,
  type DoubleRange,
  type OrderableDBInstanceOption,
  paginateDescribeOrderableDBInstanceOptions,
  type Range,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { DatabaseId, StorageOffer, ValueRange } from '../../domain/infrastructure.ts';
import { describeCluster, describeInstance, type Unclear } from './database-facts.ts';
import { plainText } from './errors.ts';

/** The most that one call answers (API reference, DescribeOrderableDBInstanceOptions). */
const PAGE_SIZE = 1000;

/** What a class must go with. */
interface Setting {
  readonly engine: string;
  readonly version: string;
  readonly storageType: string;
  readonly isMultiAz: boolean;
  readonly zones: readonly string[];
}

/**
 * The names of the classes to which it can be changed where it stands.
 *
 * @throws the error of AWS
 */
export async function orderableClasses(rds: RDSClient, database: DatabaseId): Promise<readonly string[] | Unclear> {
  const setting = await settingOf(rds, database);
  if ('unclear' in setting) return setting;
  const { engine, version } = setting;
  const names = new Set<string>();
  const pages = paginateDescribeOrderableDBInstanceOptions(
    { client: rds, pageSize: PAGE_SIZE },
    { Engine: engine, EngineVersion: version, Vpc: true },
  );
  for await (const { OrderableDBInstanceOptions: options = [] } of pages) {
    for (const option of options) if (fits(option, setting)) names.add(option.DBInstanceClass ?? '');
  }
  names.delete('');
  // The class that it has would be among them.
  if (names.size === 0) return { unclear: `Amazon RDS names no class for ${plainText(`${engine} ${version}`)}` };
  return [...names].toSorted();
}

async function settingOf(rds: RDSClient, { kind, identifier }: DatabaseId): Promise<Setting | Unclear> {
  if (kind === 'aurora-cluster') {
    const cluster = await describeCluster(rds, identifier);
    if ('unclear' in cluster) return cluster;
    // It is told only where it is not the standard one.
    const storageType =
      cluster.StorageType === undefined || cluster.StorageType === '' ? 'aurora' : cluster.StorageType;
    return settled(cluster, { storageType, isMultiAz: false, zones: [] });
  }
  const instance = await describeInstance(rds, identifier);
  if ('unclear' in instance) return instance;
  const zones = [instance.AvailabilityZone, instance.SecondaryAvailabilityZone].filter((zone) => zone !== undefined);
  return settled(instance, { storageType: instance.StorageType, isMultiAz: instance.MultiAZ === true, zones });
}

function settled(
  { Engine: engine, EngineVersion: version }: Pick<DBInstance, 'Engine' | 'EngineVersion'>,
  { storageType, ...rest }: Pick<Setting, 'isMultiAz' | 'zones'> & { readonly storageType: string | undefined },
): Setting | Unclear {
  return engine === undefined || version === undefined || storageType === undefined
    ? { unclear: 'Amazon RDS gave no engine, version or type of storage' }
    : { engine, version, storageType, ...rest };
}

function fits(option: OrderableDBInstanceOption, { storageType, isMultiAz, zones }: Setting): boolean {
  const { StorageType, MultiAZCapable, AvailabilityZones = [] } = option;
  const offeredIn = new Set(AvailabilityZones.map(({ Name }) => Name));
  return (
    StorageType === storageType &&
    !(isMultiAz && MultiAZCapable === false) &&
    (offeredIn.size === 0 || zones.every((zone) => offeredIn.has(zone)))
  );
}

/**
 * What its storage may become, of the type that it has.
 *
 * @throws the error of AWS
 */
export async function storageOffer(rds: RDSClient, { kind, identifier }: DatabaseId): Promise<StorageOffer | Unclear> {
  if (kind !== 'rds-instance') return { unclear: 'Aurora sizes its storage itself' };
  const [instance, { ValidDBInstanceModificationsMessage: valid }] = await Promise.all([
    describeInstance(rds, identifier),
    rds.send(new DescribeValidDBInstanceModificationsCommand({ DBInstanceIdentifier: identifier })),
  ]);
  if ('unclear' in instance) return instance;
  const ofType = valid?.Storage?.find(({ StorageType }) => StorageType === instance.StorageType);
  if (ofType === undefined) {
    return { unclear: `Amazon RDS does not say what ${plainText(instance.StorageType ?? 'its storage')} may become` };
  }
  return {
    allocatedGiB: rangesOf(ofType.StorageSize),
    iops: rangesOf(ofType.ProvisionedIops),
    iopsPerGiB: rangesOf(ofType.IopsToStorageRatio),
    throughputMibps: rangesOf(ofType.ProvisionedStorageThroughput),
    mibpsPerIops: rangesOf(ofType.StorageThroughputToIopsRatio),
    autoscales: ofType.SupportsStorageAutoscaling !== false,
  };
}

function rangesOf(ranges: readonly (Range | DoubleRange)[] = []): readonly ValueRange[] {
  return ranges.flatMap(({ From: from, To: to }) => (from === undefined || to === undefined ? [] : [{ from, to }]));
}
