import {
  type DBInstance,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeOrderableDBInstanceOptionsCommand,
  DescribeValidDBInstanceModificationsCommand,
  type OrderableDBInstanceOption,
  RDSClient,
} from '@aws-sdk/client-rds';
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { AwsInfrastructureReader } from '../../../shared/adapters/aws/infrastructure-reader.ts';
import { ManualClock } from '../../../shared/adapters/memory/manual-clock.ts';
import { NOON } from '../../contracts/samples.ts';
import { awsError, BUG } from './faults.ts';

const region = 'eu-central-1';
const client = new RDSClient({ region });
const rds = mockClient(client);
const others = {
  elastiCache: new ElastiCacheClient({ region }),
  ecs: new ECSClient({ region }),
  autoScaling: new ApplicationAutoScalingClient({ region }),
};
const reader = new AwsInfrastructureReader({ rds: client, ...others }, new ManualClock(NOON));
const MAIN = { kind: 'rds-instance', identifier: 'main' } as const;
const LEDGER = { kind: 'aurora-cluster', identifier: 'ledger' } as const;

const anInstance = (over: Partial<DBInstance> = {}): DBInstance => ({
  ...{ DBInstanceIdentifier: 'main', Engine: 'postgres', EngineVersion: '17.4', StorageType: 'gp3', MultiAZ: true },
  ...{ AvailabilityZone: 'eu-central-1a', SecondaryAvailabilityZone: 'eu-central-1b' },
  ...over,
});

const zones = (...letters: readonly string[]) => letters.map((letter) => ({ Name: `eu-central-1${letter}` }));
/** As RDS describes one class with one type of storage. */
const anOption = (
  DBInstanceClass: string,
  over: Partial<OrderableDBInstanceOption> = {},
): OrderableDBInstanceOption => ({
  ...{ Engine: 'postgres', EngineVersion: '17.4', DBInstanceClass, LicenseModel: 'postgresql-license' },
  ...{ AvailabilityZones: zones('a', 'b', 'c'), MultiAZCapable: true, ReadReplicaCapable: true, Vpc: true },
  ...{ StorageType: 'gp3', SupportsIops: true, SupportsStorageThroughput: true, SupportsStorageAutoscaling: true },
  ...{ MinStorageSize: 20, MaxStorageSize: 65_536, MinIopsPerDbInstance: 12_000, MaxIopsPerDbInstance: 64_000 },
  ...over,
});

beforeEach(() => {
  rds.reset();
  rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [anInstance()] });
});

describe('the classes that can be ordered', () => {
  const classes = async (...options: readonly OrderableDBInstanceOption[]): Promise<unknown> => {
    rds.on(DescribeOrderableDBInstanceOptionsCommand).resolves({ OrderableDBInstanceOptions: [...options] });
    const reading = await reader.readOrderableClasses(MAIN);
    return reading.kind === 'seen' ? reading.value : reading.because;
  };

  it('are those of its engine and version, of all pages, each once', async () => {
    rds
      .on(DescribeOrderableDBInstanceOptionsCommand)
      .resolves({ OrderableDBInstanceOptions: [anOption('db.r6g.xlarge'), anOption('db.r6g.large')], Marker: '2' })
      .on(DescribeOrderableDBInstanceOptionsCommand, { Marker: '2' })
      .resolves({ OrderableDBInstanceOptions: [anOption('db.t4g.large'), anOption('db.r6g.large')] });
    expect(await reader.readOrderableClasses(MAIN)).toEqual({
      kind: 'seen',
      at: NOON,
      value: ['db.r6g.large', 'db.r6g.xlarge', 'db.t4g.large'],
    });
    expect(rds.commandCalls(DescribeOrderableDBInstanceOptionsCommand)[0]?.args[0].input).toMatchObject({
      ...{ Engine: 'postgres', EngineVersion: '17.4', Vpc: true, MaxRecords: 1000 },
    });
  });

  it.each<{ when: string; over: Partial<OrderableDBInstanceOption>; instance?: Partial<DBInstance>; is: boolean }>([
    { when: 'it goes with other storage only', over: { StorageType: 'io1' }, is: false },
    { when: 'it cannot have a standby', over: { MultiAZCapable: false }, is: false },
    { when: 'it need not', over: { MultiAZCapable: false }, instance: { MultiAZ: false }, is: true },
    { when: 'the zone of the standby has none', over: { AvailabilityZones: zones('a', 'c') }, is: false },
    {
      when: 'its own zone has',
      over: { AvailabilityZones: zones('a') },
      instance: { SecondaryAvailabilityZone: undefined },
      is: true,
    },
    { when: 'RDS names no zones', over: { AvailabilityZones: undefined }, is: true },
  ])('when $when', async ({ over, instance = {}, is }) => {
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [anInstance(instance)] });
    const names = await classes(anOption('db.r6g.large'), anOption('db.r6g.xlarge', over));
    expect(names).toEqual(is ? ['db.r6g.large', 'db.r6g.xlarge'] : ['db.r6g.large']);
  });

  it.each([
    { StorageType: undefined, offered: 'aurora' },
    { StorageType: 'aurora-iopt1', offered: 'aurora-iopt1' },
  ])('of a cluster of storage $StorageType are those with $offered', async ({ StorageType, offered }) => {
    const cluster = { Engine: 'aurora-postgresql', EngineVersion: '16.6', StorageType };
    rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [cluster] });
    rds.on(DescribeOrderableDBInstanceOptionsCommand).resolves({
      OrderableDBInstanceOptions: [
        anOption('db.r6g.large', { StorageType: offered }),
        anOption('db.r6g.xlarge', { StorageType: 'other' }),
      ],
    });
    expect(await reader.readOrderableClasses(LEDGER)).toMatchObject({ value: ['db.r6g.large'] });
  });

  it('are unseen, not none, where RDS names none or refuses', async () => {
    const detail = 'Amazon RDS names no class for postgres 17.4';
    expect(await classes()).toEqual({ code: 'unreadable', detail });
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [anInstance({ Engine: undefined })] });
    expect(await classes()).toMatchObject({ detail: 'Amazon RDS gave no engine, version or type of storage' });
    rds.on(DescribeDBInstancesCommand).resolves({});
    expect(await classes()).toMatchObject({ detail: 'Amazon RDS describes no DB instance main' });
    rds.on(DescribeDBInstancesCommand).rejects(awsError('AccessDenied', 403));
    expect(await classes()).toMatchObject({ detail: expect.stringContaining('AccessDenied') });
    rds.on(DescribeDBInstancesCommand).rejects(BUG);
    await expect(classes()).rejects.toBe(BUG);
  });
});

describe('what storage may become', () => {
  const modifications = (StorageType: string) => ({
    ...{
      StorageType,
      StorageSize: [
        { From: 400, To: 400, Step: 1 },
        { From: 440, To: 65_536, Step: 1 },
      ],
    },
    ...{ ProvisionedIops: [{ From: 12_000, To: 64_000, Step: 1 }], IopsToStorageRatio: [{ From: 0.5, To: 500 }] },
    ...{ ProvisionedStorageThroughput: [{ From: 500, To: 4000, Step: 1 }] },
    ...{ StorageThroughputToIopsRatio: [{ From: 0, To: 0.25 }], SupportsStorageAutoscaling: true },
  });
  const told = (...Storage: readonly object[]): void => {
    rds
      .on(DescribeValidDBInstanceModificationsCommand, { DBInstanceIdentifier: 'main' })
      .resolves({ ValidDBInstanceModificationsMessage: { Storage: [...Storage] } });
  };

  it('is told of the type that it has', async () => {
    told({ StorageType: 'gp2', StorageSize: [{ From: 5, To: 9 }] }, modifications('gp3'));
    expect(await reader.readStorageOffer(MAIN)).toEqual({
      kind: 'seen',
      at: NOON,
      value: {
        allocatedGiB: [
          { from: 400, to: 400 },
          { from: 440, to: 65_536 },
        ],
        iops: [{ from: 12_000, to: 64_000 }],
        iopsPerGiB: [{ from: 0.5, to: 500 }],
        throughputMibps: [{ from: 500, to: 4000 }],
        mibpsPerIops: [{ from: 0, to: 0.25 }],
        autoscales: true,
      },
    });
  });

  it('has no range where AWS names none', async () => {
    told({ StorageType: 'gp3', SupportsStorageAutoscaling: false, ProvisionedIops: [{ From: 1 }] });
    expect(await reader.readStorageOffer(MAIN)).toMatchObject({
      value: { allocatedGiB: [], iops: [], mibpsPerIops: [], autoscales: false },
    });
  });

  it('is unseen of another type alone, of Aurora, and where RDS refuses', async () => {
    const details: unknown[] = [];
    const note = async (of: typeof MAIN | typeof LEDGER): Promise<void> => {
      const reading = await reader.readStorageOffer(of);
      details.push(reading.kind === 'unseen' ? reading.because : reading.value);
    };
    told(modifications('io1'));
    await note(MAIN);
    await note(LEDGER);
    rds.on(DescribeValidDBInstanceModificationsCommand).rejects(awsError('InvalidDBInstanceState', 400));
    await note(MAIN);
    expect(details).toMatchObject([
      { detail: 'Amazon RDS does not say what gp3 may become' },
      { detail: 'Aurora sizes its storage itself' },
      { detail: expect.stringContaining('InvalidDBInstanceState') },
    ]);
  });
});
