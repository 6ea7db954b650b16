import {
  CreateDBClusterSnapshotCommand,
  CreateDBSnapshotCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotsCommand,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { DatabaseId } from '../../domain/infrastructure.ts';
import type { MetricQuery } from '../../domain/metric-query.ts';
import { earlier, type EpochMs, HOUR, MINUTE, type Seconds } from '../../domain/units.ts';
import type { Clock, MetricReader } from '../../ports.ts';
import type { MigrationSightings, ReplicaSighting, SnapshotSighting } from '../../proposals/migration.ts';
import type { DatabaseKeeper } from '../../proposals/witness.ts';
import { readEvents } from './database-events.ts';
import { membersOf } from './database-facts.ts';
import { isFromAws } from './errors.ts';

/** RDS-EVENT-0049, -0015, -0071 and -0006: “failover completed”, “complete”, “Completed failover to …”, “restarted”. */
const INTERRUPTION = /failover\b.*\bcompleted?\b|completed failover|DB instance restarted/i;

/** Readers of Aurora publish no `ReplicaLag`, and theirs is in milliseconds (Amazon Aurora User Guide, “Instance-level metrics”). */
const LAG = {
  'rds-instance': { metric: 'ReplicaLag', millis: 1000 },
  'aurora-cluster': { metric: 'AuroraReplicaLag', millis: 1 },
} as const satisfies Record<DatabaseId['kind'], object>;

/** Looks after the migration of a database in Amazon RDS. What AWS does not answer is unseen; it throws only bugs. */
export class AwsDatabaseKeeper implements DatabaseKeeper {
  readonly #rds: RDSClient;
  readonly #metrics: MetricReader;
  readonly #clock: Clock;

  constructor(rds: RDSClient, metrics: MetricReader, clock: Clock) {
    this.#rds = rds;
    this.#metrics = metrics;
    this.#clock = clock;
  }

  async readSnapshot({ kind, identifier }: DatabaseId, name: string): Promise<SnapshotSighting | null> {
    try {
      if (kind === 'rds-instance') {
        const { DBSnapshots: [found] = [] } = await this.#rds.send(
          new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: identifier, DBSnapshotIdentifier: name }),
        );
        return sightingOf(found?.Status, found?.SnapshotCreateTime);
      }
      const { DBClusterSnapshots: [found] = [] } = await this.#rds.send(
        new DescribeDBClusterSnapshotsCommand({ DBClusterIdentifier: identifier, DBClusterSnapshotIdentifier: name }),
      );
      return sightingOf(found?.Status, found?.SnapshotCreateTime);
    } catch (error) {
      return isNamed(error, /SnapshotNotFound/) ? { kind: 'absent' } : unseen(error);
    }
  }

  async takeSnapshot({ kind, identifier }: DatabaseId, name: string): Promise<'asked' | 'refused'> {
    const Tags = [{ Key: 'managed-by', Value: 'fulcrum' }];
    try {
      await (kind === 'rds-instance'
        ? this.#rds.send(
            new CreateDBSnapshotCommand({ DBInstanceIdentifier: identifier, DBSnapshotIdentifier: name, Tags }),
          )
        : this.#rds.send(
            new CreateDBClusterSnapshotCommand({
              DBClusterIdentifier: identifier,
              DBClusterSnapshotIdentifier: name,
              Tags,
            }),
          ));
      return 'asked';
    } catch (error) {
      if (isNamed(error, /SnapshotAlreadyExists/)) return 'asked';
      unseen(error);
      return 'refused';
    }
  }

  async readInterruptions({ kind, identifier }: DatabaseId, since: EpochMs): Promise<readonly EpochMs[] | null> {
    try {
      const now = this.#clock.now();
      const sources = [{ kind, identifier }, ...(kind === 'aurora-cluster' ? await this.#onlyMember(identifier) : [])];
      const events = await Promise.all(sources.map((source) => readEvents(this.#rds, { ...source, since }, now)));
      return events
        .flat()
        .toSorted((a, b) => a.at - b.at)
        .flatMap(({ at, message }) => (INTERRUPTION.test(message) ? [at] : []));
    } catch (error) {
      return unseen(error);
    }
  }

  /** A cluster without readers fails over to nobody: that its writer restarts is an event of the writer alone. */
  async #onlyMember(cluster: string): Promise<readonly DatabaseId[]> {
    const [only, ...others] = await membersOf(this.#rds, cluster);
    const identifier = others.length === 0 ? only?.DBInstanceIdentifier : undefined;
    return identifier === undefined ? [] : [{ kind: 'rds-instance', identifier }];
  }

  async readConnections({ kind, identifier }: DatabaseId, at: EpochMs): Promise<MigrationSightings['connections']> {
    const dimension = kind === 'rds-instance' ? 'DBInstanceIdentifier' : 'DBClusterIdentifier';
    const [before, now] = await Promise.all([
      this.#most('DatabaseConnections', { [dimension]: identifier }, HOUR, earlier(at, MINUTE)),
      this.#most('DatabaseConnections', { [dimension]: identifier }, 10 * MINUTE, this.#clock.now()),
    ]);
    return before === null || now === null ? null : { before, now };
  }

  async readReplica({ kind, identifier }: DatabaseId): Promise<ReplicaSighting> {
    const dimensions = { DBInstanceIdentifier: identifier };
    const now = this.#clock.now();
    const { metric, millis } = LAG[kind];
    const [lag, connections] = await Promise.all([
      this.#most(metric, dimensions, 10 * MINUTE, now),
      this.#most('DatabaseConnections', dimensions, 10 * MINUTE, now),
    ]);
    return { lagMillis: lag === null ? null : lag * millis, connections };
  }

  /** The highest value of a window that ends at the instant; `null` where nothing was measured. */
  async #most(
    metric: string,
    dimensions: MetricQuery['dimensions'],
    windowSeconds: Seconds,
    until: EpochMs,
  ): Promise<number | null> {
    const query: MetricQuery = {
      namespace: 'AWS/RDS',
      metric,
      dimensions,
      statistic: 'Maximum',
      periodSeconds: MINUTE,
      windowSeconds,
    };
    const [series] = await this.#metrics.read([query], until);
    if (series?.kind !== 'seen') return null;
    const values = series.value.points.filter(({ at }) => at < until).map(({ value }) => value);
    // Below 0 it is no measurement: other engines of RDS say -1 of a lag while nothing is replicated.
    return values.length === 0 || values.some((value) => !(value >= 0)) ? null : Math.max(...values);
  }
}

function sightingOf(status: string | undefined, since: Date | undefined): SnapshotSighting {
  if (status === undefined) return { kind: 'absent' };
  if (status === 'available' && since !== undefined) return { kind: 'available', since: since.getTime() };
  return /^(?:failed|incompatible)/.test(status) ? { kind: 'failed' } : { kind: 'creating' };
}

function isNamed(error: unknown, name: RegExp): boolean {
  return error instanceof Error && name.test(error.name);
}

/** @throws the error when it is not from AWS: a reader hides no bug */
function unseen(error: unknown): null {
  if (!isFromAws(error)) throw error;
  return null;
}
