import {
  CreateDBClusterSnapshotCommand,
  CreateDBSnapshotCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  DescribeEventsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { AwsDatabaseKeeper } from '../../../shared/adapters/aws/database-keeper.ts';
import { ManualClock } from '../../../shared/adapters/memory/manual-clock.ts';
import type { MetricQuery } from '../../../shared/domain/metric-query.ts';
import { type Reading, seen, type Series, unseen } from '../../../shared/domain/reading.ts';
import { DAY, earlier, later, MINUTE } from '../../../shared/domain/units.ts';
import { NOON } from '../../contracts/samples.ts';
import { BUG, PERMANENT, TRANSIENT } from './faults.ts';

const client = new RDSClient({ region: 'eu-central-1' });
const rds = mockClient(client);
const values = new Map<string, number>();
const metrics = {
  read: (queries: readonly MetricQuery[], now: number): Promise<readonly Reading<Series>[]> =>
    Promise.resolve(
      queries.map(({ metric, dimensions, periodSeconds }) => {
        const value = values.get(`${metric} ${Object.values(dimensions).join()}`);
        if (value === undefined) return unseen({ code: 'no-data' });
        return seen(
          {
            periodSeconds,
            points: [
              { at: earlier(now, 2 * MINUTE), value },
              { at: later(now, MINUTE), value: 999 },
            ],
          },
          now,
        );
      }),
    ),
};
const keeper = new AwsDatabaseKeeper(client, metrics, new ManualClock(NOON));
const INSTANCE = { kind: 'rds-instance', identifier: 'core-db' } as const;
const CLUSTER = { kind: 'aurora-cluster', identifier: 'core' } as const;
const NAME = 'pre-core-db-class-change-20261201';
const named = (name: string): Error =>
  Object.assign(new Error(name), { name, $fault: 'client', $metadata: { httpStatusCode: 404 } });

beforeEach(() => {
  rds.reset();
  values.clear();
});

describe('snapshots', () => {
  it.each([
    ['available', { kind: 'available', since: NOON }],
    ['creating', { kind: 'creating' }],
    ['failed', { kind: 'failed' }],
  ])('%s is seen', async (Status, then) => {
    const found = { Status, SnapshotCreateTime: new Date(NOON) };
    rds
      .on(DescribeDBSnapshotsCommand, { DBInstanceIdentifier: 'core-db', DBSnapshotIdentifier: NAME })
      .resolves({ DBSnapshots: [found] });
    rds
      .on(DescribeDBClusterSnapshotsCommand, { DBClusterIdentifier: 'core', DBClusterSnapshotIdentifier: NAME })
      .resolves({ DBClusterSnapshots: [found] });
    expect([await keeper.readSnapshot(INSTANCE, NAME), await keeper.readSnapshot(CLUSTER, NAME)]).toEqual([then, then]);
  });

  it('are absent where there is none, and unseen where AWS does not say', async () => {
    rds
      .on(DescribeDBSnapshotsCommand)
      .rejectsOnce(named('DBSnapshotNotFoundFault'))
      .resolvesOnce({})
      .rejectsOnce(TRANSIENT[0]![1])
      .rejectsOnce(PERMANENT[0]![1]);
    const seenSnapshots = [];
    for (let time = 0; time < 4; time += 1) seenSnapshots.push(await keeper.readSnapshot(INSTANCE, NAME));
    expect(seenSnapshots).toEqual([{ kind: 'absent' }, { kind: 'absent' }, null, null]);
  });

  it('are taken once, under their name and with a tag that says by whom', async () => {
    rds
      .on(CreateDBSnapshotCommand)
      .resolvesOnce({})
      .rejectsOnce(named('DBSnapshotAlreadyExistsFault'))
      .rejectsOnce(PERMANENT[0]![1]);
    rds.on(CreateDBClusterSnapshotCommand).resolves({});
    const asked = [];
    for (let time = 0; time < 3; time += 1) asked.push(await keeper.takeSnapshot(INSTANCE, NAME));
    expect(asked).toEqual(['asked', 'asked', 'refused']);
    expect(await keeper.takeSnapshot(CLUSTER, NAME)).toBe('asked');
    expect(rds.commandCalls(CreateDBSnapshotCommand)[0]?.args[0].input).toEqual({
      DBInstanceIdentifier: 'core-db',
      DBSnapshotIdentifier: NAME,
      Tags: [{ Key: 'managed-by', Value: 'fulcrum' }],
    });
  });

  it('hide no bug of ours', async () => {
    rds.onAnyCommand().rejects(BUG);
    await expect(keeper.readSnapshot(INSTANCE, NAME)).rejects.toBe(BUG);
    await expect(keeper.takeSnapshot(INSTANCE, NAME)).rejects.toBe(BUG);
    await expect(keeper.readInterruptions(INSTANCE, NOON)).rejects.toBe(BUG);
  });
});

describe('interruptions', () => {
  it('are failovers and restarts, oldest first, as far back as AWS keeps events', async () => {
    const at = (minutes: number, Message: string) => ({ Date: new Date(later(NOON, minutes * MINUTE)), Message });
    rds.on(DescribeEventsCommand).resolves({
      Events: [
        at(3, 'DB instance restarted'),
        at(1, 'Multi-AZ instance failover completed'),
        at(0, 'Multi-AZ instance failover started.'),
        at(2, 'Multi-AZ failover to standby complete - DNS propagation may take a few minutes.'),
        at(4, 'Completed failover to DB instance: core-1'),
        at(5, 'Backing up DB instance'),
      ],
    });
    expect(await keeper.readInterruptions(INSTANCE, earlier(NOON, 30 * DAY))).toEqual([
      later(NOON, MINUTE),
      later(NOON, 2 * MINUTE),
      later(NOON, 3 * MINUTE),
      later(NOON, 4 * MINUTE),
    ]);
    expect(rds.commandCalls(DescribeEventsCommand)[0]?.args[0].input).toEqual({
      SourceIdentifier: 'core-db',
      SourceType: 'db-instance',
      // A question that begins exactly 14 days ago has come too late when it arrives.
      StartTime: new Date(earlier(NOON, 14 * DAY - 10 * MINUTE)),
    });
  });

  it.each([
    { members: ['core-1'], then: [later(NOON, MINUTE), later(NOON, 2 * MINUTE)] },
    { members: ['core-1', 'core-2'], then: [later(NOON, 2 * MINUTE)] },
    { members: [], then: [later(NOON, 2 * MINUTE)] },
  ])('of a cluster of $members are those of the cluster, and of its writer where that is alone', async (of) => {
    rds
      .on(DescribeDBInstancesCommand, { Filters: [{ Name: 'db-cluster-id', Values: ['core'] }] })
      .resolves({ DBInstances: of.members.map((DBInstanceIdentifier) => ({ DBInstanceIdentifier })) });
    rds
      .on(DescribeEventsCommand, { SourceType: 'db-instance', SourceIdentifier: 'core-1' })
      .resolves({ Events: [{ Date: new Date(later(NOON, MINUTE)), Message: 'DB instance restarted' }] });
    rds
      .on(DescribeEventsCommand, { SourceType: 'db-cluster', SourceIdentifier: 'core' })
      .resolves({ Events: [{ Date: new Date(later(NOON, 2 * MINUTE)), Message: 'Completed failover to core-1' }] });
    expect(await keeper.readInterruptions(CLUSTER, NOON)).toEqual(of.then);
  });

  it('are unseen where AWS does not say', async () => {
    rds.on(DescribeDBInstancesCommand).resolvesOnce({}).rejects(PERMANENT[0]![1]);
    rds.on(DescribeEventsCommand).rejectsOnce(PERMANENT[0]![1]).resolves({});
    expect(await keeper.readInterruptions(CLUSTER, NOON)).toBeNull();
    expect(await keeper.readInterruptions(CLUSTER, NOON)).toBeNull();
  });
});

describe('connections and replicas', () => {
  it('are counted before the interruption and now, and nothing after the window', async () => {
    values.set('DatabaseConnections core-db', 80);
    expect(await keeper.readConnections(INSTANCE, NOON)).toEqual({ before: 80, now: 80 });
    expect(await keeper.readConnections(CLUSTER, NOON)).toBeNull();
  });

  it('lag below 0 is no lag of 0', async () => {
    values.set('ReplicaLag r1', -1).set('DatabaseConnections r1', 3);
    expect(await keeper.readReplica({ ...INSTANCE, identifier: 'r1' })).toEqual({ lagMillis: null, connections: 3 });
  });

  it('lag in milliseconds, and who reads from them', async () => {
    values.set('ReplicaLag r1', 0.04).set('DatabaseConnections r1', 3);
    const replica = (identifier: string) => ({ ...INSTANCE, identifier });
    expect(await keeper.readReplica(replica('r1'))).toEqual({ lagMillis: 40, connections: 3 });
    expect(await keeper.readReplica(replica('r2'))).toEqual({ lagMillis: null, connections: null });
  });

  it('of Aurora lag by its own metric, which is in milliseconds already', async () => {
    values.set('AuroraReplicaLag core-2', 18).set('DatabaseConnections core-2', 5);
    expect(await keeper.readReplica({ ...CLUSTER, identifier: 'core-2' })).toEqual({ lagMillis: 18, connections: 5 });
  });
});
