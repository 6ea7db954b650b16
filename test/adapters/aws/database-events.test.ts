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
import { describeDatabase } from '../../../shared/adapters/aws/database-facts.ts';
import { DAY, earlier, type EpochMs, HOUR, MINUTE } from '../../../shared/domain/units.ts';
import { NOON } from '../../contracts/samples.ts';
import { awsError } from './faults.ts';

const client = new RDSClient({ region: 'eu-central-1' });
const rds = mockClient(client);
const MAIN = { kind: 'rds-instance', identifier: 'main' } as const;
const LEDGER = { kind: 'aurora-cluster', identifier: 'ledger' } as const;
const ago = (hours: number): EpochMs => earlier(NOON, hours * HOUR);
const MADE = earlier(NOON, 400 * DAY);

const anInstance = (over: Partial<DBInstance> = {}): DBInstance => ({
  ...{ DBInstanceIdentifier: 'main', DBInstanceClass: 'db.r6g.large', DBInstanceStatus: 'available' },
  ...{ Engine: 'postgres', EngineVersion: '17.4', StorageType: 'gp3', AllocatedStorage: 400 },
  InstanceCreateTime: new Date(MADE),
  ...over,
});

/** As RDS sends them, newest last or not. */
const tell = (source: string, ...events: readonly (readonly [hoursAgo: number, message: string])[]): void => {
  rds.on(DescribeEventsCommand, { SourceIdentifier: source }).resolves({
    Events: events.map(([hours, Message]) => ({
      SourceIdentifier: source,
      Message,
      Date: new Date(ago(hours)),
      EventCategories: ['configuration change'],
    })),
  });
};

beforeEach(() => {
  rds.reset();
  rds.on(DescribeEventsCommand).resolves({});
  rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [anInstance()] });
});

describe('when the class of an instance last changed', () => {
  const changedAt = async (): Promise<unknown> => {
    const facts = await describeDatabase(client, MAIN, NOON);
    return 'unclear' in facts ? facts.unclear : facts.changedAt;
  };

  it.each([
    { message: 'Finished applying modification to DB instance class', hours: 30 },
    { message: 'Finished applying modification to DB instance class.', hours: 30 },
    { message: ' Finished applying modification to database instance class', hours: 30 },
  ])('is told by “$message”', async ({ message, hours }) => {
    tell('main', [hours, message]);
    expect(await changedAt()).toBe(ago(hours));
  });

  it.each([
    'Applying modification to database instance class',
    'Finished applying modification to allocated storage',
    'Finished applying modification to convert to a Multi-AZ DB Instance',
    'Reset master credentials',
    'Updated to use DBParameterGroup db instance class',
  ])('is not told by “%s”, so it is when it was made', async (message) => {
    tell('main', [30, message]);
    expect(await changedAt()).toBe(MADE);
  });

  it('is the newest of several, whatever their order, and of all pages', async () => {
    const changed = 'Finished applying modification to DB instance class';
    const event = (hours: number) => ({ Message: changed, Date: new Date(ago(hours)) });
    rds
      .on(DescribeEventsCommand)
      .resolves({ Events: [event(40), event(90)], Marker: 'more' })
      .on(DescribeEventsCommand, { Marker: 'more' })
      .resolves({ Events: [event(20), event(300)] });
    expect(await changedAt()).toBe(ago(20));
    expect(rds.commandCalls(DescribeEventsCommand)[0]?.args[0].input).toMatchObject({
      SourceIdentifier: 'main',
      SourceType: 'db-instance',
      EventCategories: ['configuration change'],
      // RDS refuses one that begins exactly 14 days before.
      StartTime: new Date(earlier(NOON, 14 * DAY - 10 * MINUTE)),
    });
  });

  it('is when it was made, where that is later than what is told of one of the same name', async () => {
    tell('main', [300, 'Finished applying modification to DB instance class']);
    rds
      .on(DescribeDBInstancesCommand)
      .resolves({ DBInstances: [anInstance({ InstanceCreateTime: new Date(ago(5)) })] });
    expect(await changedAt()).toBe(ago(5));
  });

  it('is not known where RDS tells neither', async () => {
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [anInstance({ InstanceCreateTime: undefined })] });
    tell('main', [300, 'DB instance restarted']);
    expect(await changedAt()).toBeNull();
  });

  it('fails with the events: without them a proposal could be about another database', async () => {
    rds.on(DescribeEventsCommand).rejects(awsError('AccessDenied', 403));
    await expect(changedAt()).rejects.toThrow(/AccessDenied/);
  });
});

describe('when the storage was modified', () => {
  const BEGUN = 'Applying modification to allocated storage';
  const DONE = 'Finished applying modification to allocated storage';
  const BY_ITSELF = 'Finished applying autoscaling-initiated modification to allocated storage.';

  it.each<{ when: string; events: readonly (readonly [number, string])[]; are: readonly number[] }>([
    { when: 'nobody has', events: [], are: [] },
    {
      when: 'it began and ended',
      events: [
        [3, BEGUN],
        [2.5, DONE],
      ],
      are: [2.5],
    },
    { when: 'it ended', events: [[2.5, DONE]], are: [2.5] },
    {
      when: 'its end was not told',
      events: [
        [9, BEGUN],
        [3, BEGUN],
        [2.5, DONE],
      ],
      are: [9, 2.5],
    },
    { when: 'it is under way', events: [[0.2, BEGUN]], are: [0.2] },
    {
      when: 'RDS did by itself',
      events: [
        [5, 'Applying autoscaling-initiated modification to allocated storage.'],
        [4, BY_ITSELF],
      ],
      are: [4],
    },
    {
      when: 'only IOPS were changed',
      events: [
        [7, 'Finished applying modification to provisioned IOPS'],
        [6, 'Finished applying modification to storage throughput'],
      ],
      are: [7, 6],
    },
    {
      when: 'it was more than a day ago',
      events: [
        [24, DONE],
        [23.9, DONE],
      ],
      are: [23.9],
    },
    {
      when: 'something else was changed',
      events: [
        [3, 'Finished applying modification to DB instance class'],
        [2, 'Allocated storage has been exhausted'],
      ],
      are: [],
    },
  ])('when $when', async ({ events, are }) => {
    tell('main', ...events);
    expect(await describeDatabase(client, MAIN, NOON)).toMatchObject({ storage: { modifiedAt: are.map(ago) } });
  });
});

describe('when the class of the writer of a cluster last changed', () => {
  const aCluster: DBCluster = {
    ...{ DBClusterIdentifier: 'ledger', Engine: 'aurora-postgresql', EngineVersion: '16.6', Status: 'available' },
    DBClusterMembers: [
      { DBInstanceIdentifier: 'ledger-0', IsClusterWriter: false },
      { DBInstanceIdentifier: 'ledger-1', IsClusterWriter: true },
    ],
  };
  const members = (reader: string, writer: string): void => {
    rds.on(DescribeDBInstancesCommand).resolves({
      DBInstances: [
        anInstance({ DBInstanceIdentifier: 'ledger-0', DBInstanceClass: reader }),
        anInstance({ DBInstanceIdentifier: 'ledger-1', DBInstanceClass: writer }),
      ],
    });
  };
  const changedAt = async (): Promise<unknown> => {
    const facts = await describeDatabase(client, LEDGER, NOON);
    return 'unclear' in facts ? facts.unclear : facts.changedAt;
  };

  beforeEach(() => {
    rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [aCluster] });
    tell('ledger-0', [10, 'Finished applying modification to DB instance class']);
    tell('ledger-1', [50, 'Finished applying modification to DB instance class']);
    tell(
      'ledger',
      [7, 'Started cross AZ failover to DB instance: ledger-1'],
      [6, 'Completed failover to DB instance: ledger-1'],
    );
  });

  it('is what is told of the writer alone', async () => {
    members('db.r6g.large', 'db.r6g.large');
    expect(await changedAt()).toBe(ago(50));
  });

  it('is the failover, where the members have several classes', async () => {
    members('db.r6g.large', 'db.r6g.xlarge');
    expect(await changedAt()).toBe(ago(6));
  });

  it('is unclear without a writer', async () => {
    rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [{ ...aCluster, DBClusterMembers: [] }] });
    expect(await changedAt()).toBe('the cluster has no writer at this moment');
  });
});
