import type { FleetPolicy } from '../config/policy.ts';
import type { AuditRecord } from '../domain/audit.ts';
import type { ChangeOf, ProposableChange } from '../domain/change.ts';
import { ofWhatWasAsked } from '../domain/grown.ts';
import type { DatabaseFacts, DatabaseId } from '../domain/infrastructure.ts';
import type { Reading } from '../domain/reading.ts';
import { DAY, earlier, type EpochMs, later, type Seconds, utcDay } from '../domain/units.ts';
import type { CapacityReader, InfrastructureReader } from '../ports.ts';
import {
  isFreshSnapshot,
  migrationOf,
  type MigrationSightings,
  replicasKeepUp,
  type ReplicaSighting,
  replicasTakeTraffic,
  type SnapshotSighting,
  snapshotName,
} from './migration.ts';
import type { Standing } from './need-of-change.ts';
import type { SeenFacts } from './seen-facts.ts';

/** What a proposal needs to see of the platform. */
export interface Witness {
  readonly scaling: Pick<CapacityReader, 'readScaling'>;
  readonly infrastructure: InfrastructureReader;
  /** `null` where nobody looks after the migration of a database. */
  readonly keeper: DatabaseKeeper | null;
}

/** What is seen and done around the change of a database class. */
export interface DatabaseKeeper {
  /** `null`: it cannot be seen; so below. */
  readSnapshot(database: DatabaseId, name: string): Promise<SnapshotSighting | null>;
  /** Asking for one that is there already is no fault. What is refused stays unticked, for a person to see. */
  takeSnapshot(database: DatabaseId, name: string): Promise<'asked' | 'refused'>;
  /** Failovers and restarts since, oldest first. */
  readInterruptions(database: DatabaseId, since: EpochMs): Promise<readonly EpochMs[] | null>;
  /** `null` where there are no metrics of them. */
  readConnections(database: DatabaseId, before: EpochMs): Promise<MigrationSightings['connections']>;
  /** One of the replicas of a database, by its own name and the kind of the database. */
  readReplica(replica: DatabaseId): Promise<ReplicaSighting>;
}

export interface Seen {
  readonly standing: Standing;
  readonly facts: SeenFacts;
}

/** Whether the platform has what a change wants, and what its price depends on. */
export async function seeChange(
  { scaling, infrastructure }: Witness,
  change: ProposableChange,
  { services }: FleetPolicy,
): Promise<Seen> {
  const nothing: SeenFacts = { database: null, cache: null, task: null };
  switch (change.kind) {
    case 'set-capacity-bounds': {
      const [setup] = await scaling.readScaling([change.target]);
      if (setup?.kind !== 'seen') return { standing: 'unseen', facts: nothing };
      const isLive =
        setup.value !== null &&
        setup.value.bounds.max === change.to.max &&
        (change.from.min === change.to.min || setup.value.bounds.min === change.to.min);
      return { standing: isLive ? 'live' : 'not-live', facts: nothing };
    }
    case 'resize-task': {
      const isOurs = services.some(
        ({ cluster, service }) => cluster === change.service.cluster && service === change.service.service,
      );
      const [task] = isOurs ? await infrastructure.readTasks([change.service]) : [];
      return withFacts(
        task,
        (value) => isSame(value.size, change.to),
        (value) => ({ ...nothing, task: value }),
      );
    }
    case 'set-cache-shape':
    case 'change-cache-node-type': {
      const cache = await infrastructure.readCache(change.replicationGroup);
      return withFacts(
        cache,
        (value) => isSame(value, change.to),
        (value) => ({ ...nothing, cache: value }),
      );
    }
    default: {
      if (!('database' in change)) return { standing: 'unseen', facts: nothing };
      const database = await infrastructure.readDatabase(change.database);
      return withFacts(
        database,
        (value) => isSame(sizesOf(value, change), change.to),
        (value) => ({ ...nothing, database: value }),
      );
    }
  }
}

function withFacts<T>(
  reading: Reading<T> | undefined,
  isLive: (value: T) => boolean,
  factsOf: (value: T) => SeenFacts,
): Seen {
  if (reading?.kind !== 'seen') return { standing: 'unseen', facts: { database: null, cache: null, task: null } };
  return { standing: isLive(reading.value) ? 'live' : 'not-live', facts: factsOf(reading.value) };
}

/** Where nothing was said of a part, anything will do. */
function isSame(is: object, wanted: object): boolean {
  const found = new Map<string, unknown>(Object.entries(is));
  return Object.entries(wanted).every(([key, value]) => value === null || found.get(key) === value);
}

function sizesOf({ instanceClass, replicas, storage, acu }: DatabaseFacts, change: ProposableChange): object {
  return {
    instanceClass,
    ...storage,
    ...(change.kind === 'set-read-replicas'
      ? { replicas: ofWhatWasAsked(replicas.length, change.from.replicas, change.to.replicas) }
      : {}),
    ...(change.kind === 'provision-storage' && storage !== null
      ? { allocatedGiB: ofWhatWasAsked(storage.allocatedGiB, change.from.allocatedGiB, change.to.allocatedGiB) }
      : {}),
    ...(acu === null ? {} : { minAcu: acu.min, maxAcu: acu.max }),
  };
}

interface Occasion {
  readonly witness: Witness;
  readonly record: Pick<AuditRecord, 'reasons'> | null;
  /** When the same was first proposed. */
  readonly since: EpochMs;
  readonly isMerged: boolean;
  /** When that was first told; `null`: not yet. */
  readonly mergedToldAt: EpochMs | null;
  readonly bounds: MigrationSightings['bounds'];
  /** Where the result of a load test lies. */
  readonly loadTest: string | null;
  /** A replica that lags so long is behind. */
  readonly mostLagMillis: number;
  readonly now: EpochMs;
}

/**
 * After so long the snapshot waits until the change is merged: windows come every day, what was proposed may stand for
 * months, and when it first was cannot be told for ever.
 */
const SNAPSHOT_UNMERGED: Seconds = 14 * DAY;

/** A class that is merged and not applied for so long is forgotten: RDS keeps 100 snapshots by hand, and each costs. */
const SNAPSHOT_MERGED: Seconds = 7 * DAY;

/** The steps of the checklist that were seen to be done. A snapshot that is due is asked for on the way. */
export async function observeSteps(
  change: ProposableChange,
  { standing, facts }: Seen,
  occasion: Occasion,
): Promise<ReadonlySet<string>> {
  const { now, since, witness, isMerged, mergedToldAt } = occasion;
  // What is live before it is merged was not applied from the code.
  if (change.kind !== 'change-database-class') {
    return isMerged && standing === 'live' ? stepsOfLive(change, facts.database, occasion) : new Set();
  }
  const seen = await sightingsOf(change, facts.database, occasion);
  const { done, act } = migrationOf(seen, now);
  const until = isMerged ? later(mergedToldAt ?? now, SNAPSHOT_MERGED) : later(since, SNAPSHOT_UNMERGED);
  if (act === 'take-snapshot' && now < until) {
    // The name of one that is too old, or has failed, is taken.
    const day = seen.snapshot?.kind === 'absent' ? since : now;
    await witness.keeper?.takeSnapshot(change.database, snapshotOf(change.database, day));
  }
  return done;
}

async function stepsOfLive(
  change: ProposableChange,
  instance: DatabaseFacts | null,
  { witness: { keeper }, mostLagMillis }: Occasion,
): Promise<ReadonlySet<string>> {
  if (change.kind !== 'set-read-replicas' || keeper === null) return new Set(['applied']);
  const replicas = await readReplicas(keeper, change.database, instance);
  return new Set([
    'applied',
    ...(replicasTakeTraffic({ replicas }) ? ['routed'] : []),
    ...(replicasKeepUp({ replicas, mostLagMillis }) ? ['lag'] : []),
  ]);
}

/** `null` where nobody knows which there are. */
async function readReplicas(
  keeper: DatabaseKeeper,
  { kind }: DatabaseId,
  instance: DatabaseFacts | null,
): Promise<readonly ReplicaSighting[] | null> {
  return instance === null
    ? null
    : Promise.all(instance.replicas.map((identifier) => keeper.readReplica({ kind, identifier })));
}

/** The one of the checklist, or the one that has taken the place of it because it was too old or had failed. */
async function readSnapshot(
  keeper: DatabaseKeeper,
  database: DatabaseId,
  { since, at }: { readonly since: EpochMs; readonly at: EpochMs },
): Promise<SnapshotSighting | null> {
  const first = snapshotOf(database, since);
  const standing = await keeper.readSnapshot(database, first);
  if (standing === null || standing.kind === 'absent' || standing.kind === 'creating') return standing;
  if (isFreshSnapshot(standing, at)) return standing;
  const names = [at, earlier(at, DAY)].map((day) => snapshotOf(database, day)).filter((name) => name !== first);
  const others = await Promise.all(names.map((name) => keeper.readSnapshot(database, name)));
  const usable = others.find((other) => other?.kind === 'available' && other.since <= at);
  return usable ?? others.find((other) => other?.kind === 'creating') ?? standing;
}

function snapshotOf({ identifier }: DatabaseId, since: EpochMs): string {
  return snapshotName(identifier, utcDay(since).replaceAll('-', ''));
}

async function sightingsOf(
  { database, to }: ChangeOf<'change-database-class'>,
  instance: DatabaseFacts | null,
  { witness: { keeper }, record, since, isMerged, bounds, loadTest, mostLagMillis, now }: Occasion,
): Promise<MigrationSightings> {
  const quiet = record?.reasons.find((reason) => reason.code === 'quiet-hours');
  const unwatched: MigrationSightings = {
    to: to.instanceClass,
    isSustained: record !== null,
    snapshot: null,
    window: quiet === undefined ? null : { from: quiet.from, to: quiet.to },
    instance,
    interruptions: null,
    connections: null,
    mostLagMillis,
    replicas: null,
    bounds,
    loadTest,
    isMerged,
  };
  if (keeper === null) return unwatched;
  const [interruptions, replicas] = await Promise.all([
    keeper.readInterruptions(database, since),
    readReplicas(keeper, database, instance),
  ]);
  const last = interruptions?.at(-1);
  const isOver = instance?.instanceClass === to.instanceClass;
  const snapshot = await readSnapshot(keeper, database, { since, at: isOver ? (last ?? now) : now });
  const connections = last === undefined ? null : await keeper.readConnections(database, last);
  return { ...unwatched, snapshot, interruptions, replicas, connections };
}
