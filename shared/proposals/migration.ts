import { SNAPSHOT_LEAD } from '../domain/infrastructure.ts';
import { DAY, earlier, type EpochMs, type Seconds } from '../domain/units.ts';

/** A snapshot of the name that the checklist gives it. */
export type SnapshotSighting =
  | { readonly kind: 'absent' }
  | { readonly kind: 'creating' }
  | { readonly kind: 'available'; readonly since: EpochMs }
  | { readonly kind: 'failed' };

export interface ReplicaSighting {
  readonly lagMillis: number | null;
  readonly connections: number | null;
}

/**
 * What is seen around the change of a database class. Every part is `null` where nobody looks or nothing can be seen: what
 * was not seen is not done.
 */
export interface MigrationSightings {
  /** The class that is wanted. */
  readonly to: string;
  readonly isSustained: boolean;
  readonly snapshot: SnapshotSighting | null;
  /** The low-traffic hours that were named with the decision. */
  readonly window: { readonly from: EpochMs; readonly to: EpochMs } | null;
  readonly instance: {
    readonly instanceClass: string;
    readonly status: string;
    readonly hasPendingChange: boolean;
  } | null;
  /** Failovers and restarts since the change was proposed, oldest first. */
  readonly interruptions: readonly EpochMs[] | null;
  /** Connections of clients, in the last hour before the interruption and now. */
  readonly connections: { readonly before: number; readonly now: number } | null;
  /** A replica that lags so long, or longer, answers with what was true a moment ago. */
  readonly mostLagMillis: number;
  /** Those that the database had or got; empty where there are none. */
  readonly replicas: readonly ReplicaSighting[] | null;
  /**
   * Whether pools and ceilings stand as the new limit allows: `raised` above what stood before; `fitting` under a limit that
   * has become lower; `beyond` it.
   */
  readonly bounds: 'raised' | 'fitting' | 'as-before' | 'beyond' | null;
  /** Where the result of a load test lies. */
  readonly loadTest: string | null;
  /** Whether the code of the base branch has the class. */
  readonly isMerged: boolean;
}

/** From the trigger to what has to be seen afterwards; a later phase never goes back to an earlier one by itself. */
export type MigrationPhase = 'prepare' | 'ready' | 'changing' | 'recovering' | 'verifying' | 'done';

/** What can be done next by us; everything else is a person's. */
export type MigrationAct = 'take-snapshot' | 'await-snapshot' | 'watch' | 'nothing';

export interface Migration {
  readonly phase: MigrationPhase;
  /** Keys of the steps of the checklist that were seen to be done. */
  readonly done: ReadonlySet<string>;
  readonly act: MigrationAct;
}

/** Of the connections before the interruption: the rest may have gone home. */
export const RECONNECTED_PERCENT = 90;

/**
 * Where the migration to another class stands, from what is seen alone: asked again, or after a crash, it gives the same.
 */
export function migrationOf(seen: MigrationSightings, now: EpochMs): Migration {
  const done = new Set(STEPS.filter(([, isDone]) => isDone(seen, now)).map(([key]) => key));
  const phase = phaseOf(seen, done);
  return { phase, done, act: actOf(phase, seen, now) };
}

const STEPS: readonly (readonly [key: string, isDone: (seen: MigrationSightings, now: EpochMs) => boolean])[] = [
  ['sustained', ({ isSustained }) => isSustained],
  ['snapshot', hasSnapshotFromBefore],
  ['window', isInWindow],
  ['applied', (seen) => isUnderWay(seen) || hasClass(seen)],
  ['failover', (seen) => interruptionOf(seen) !== null && (isUnderWay(seen) || hasClass(seen))],
  ['class', isConfirmed],
  ['reconnects', (seen) => isConfirmed(seen) && hasReconnected(seen)],
  ['lag', (seen) => isConfirmed(seen) && replicasKeepUp(seen)],
  ['traffic', (seen) => isConfirmed(seen) && replicasTakeTraffic(seen)],
  ['bounds', (seen) => isConfirmed(seen) && (seen.bounds === 'raised' || seen.bounds === 'fitting')],
  ['load-test', ({ loadTest }) => loadTest !== null],
];

/** What has been written since an older one would be lost with it. */
const SNAPSHOT_FRESH: Seconds = DAY;

/** Whether a snapshot is young enough to change the class after it at an instant. */
export function isFreshSnapshot(snapshot: SnapshotSighting, at: EpochMs): boolean {
  return snapshot.kind === 'available' && snapshot.since >= earlier(at, SNAPSHOT_FRESH);
}

/**
 * Until the change is merged any will do, for nobody knows when that will be; then it has to be a fresh one. One that was
 * finished after the instance went down holds what the migration has made of the data.
 */
function hasSnapshotFromBefore(seen: MigrationSightings, now: EpochMs): boolean {
  const { snapshot } = seen;
  if (snapshot?.kind !== 'available') return false;
  // A failover before that has nothing to do with the change.
  if (!isUnderWay(seen) && !hasClass(seen)) return !seen.isMerged || isFreshSnapshot(snapshot, now);
  const interruption = interruptionOf(seen);
  return interruption === null ? !hasClass(seen) : snapshot.since <= interruption;
}

function isInWindow(seen: MigrationSightings): boolean {
  const { window } = seen;
  const interruption = interruptionOf(seen);
  return window !== null && interruption !== null && interruption >= window.from && interruption < window.to;
}

function interruptionOf({ interruptions }: MigrationSightings): EpochMs | null {
  return interruptions?.at(-1) ?? null;
}

function hasClass({ instance, to }: MigrationSightings): boolean {
  return instance?.instanceClass === to;
}

function isUnderWay({ instance }: MigrationSightings): boolean {
  return instance !== null && (instance.hasPendingChange || instance.status === 'modifying');
}

function isConfirmed(seen: MigrationSightings): boolean {
  return hasClass(seen) && seen.instance?.status === 'available' && !seen.instance.hasPendingChange;
}

function hasReconnected({ connections }: MigrationSightings): boolean {
  return (
    connections !== null && connections.now > 0 && connections.now >= connections.before * (RECONNECTED_PERCENT / 100)
  );
}

type Replicas = MigrationSightings['replicas'];

export function replicasKeepUp({
  replicas,
  mostLagMillis,
}: Pick<MigrationSightings, 'replicas' | 'mostLagMillis'>): boolean {
  return everyReplica(replicas, ({ lagMillis }) => lagMillis !== null && lagMillis < mostLagMillis);
}

export function replicasTakeTraffic({ replicas }: Pick<MigrationSightings, 'replicas'>): boolean {
  return everyReplica(replicas, ({ connections }) => (connections ?? 0) > 0);
}

/** A database without replicas has none that lag; one whose replicas cannot be seen has not been looked at. */
function everyReplica(replicas: Replicas, isFine: (replica: ReplicaSighting) => boolean): boolean {
  return replicas !== null && replicas.length > 0 && replicas.every(isFine);
}

function phaseOf(seen: MigrationSightings, done: ReadonlySet<string>): MigrationPhase {
  if (!isConfirmed(seen)) {
    if (isUnderWay(seen) || hasClass(seen)) return 'changing';
    return done.has('snapshot') && seen.isMerged ? 'ready' : 'prepare';
  }
  if (!done.has('reconnects')) return 'recovering';
  const replicasAreFine = seen.replicas?.length === 0 || (done.has('lag') && done.has('traffic'));
  return replicasAreFine && done.has('bounds') && done.has('load-test') ? 'done' : 'verifying';
}

function actOf(phase: MigrationPhase, { snapshot, window, isMerged }: MigrationSightings, now: EpochMs): MigrationAct {
  switch (phase) {
    case 'prepare': {
      if (snapshot === null) return 'nothing';
      if (snapshot.kind === 'creating') return 'await-snapshot';
      const isNear = window !== null && now >= earlier(window.from, SNAPSHOT_LEAD) && now < window.to;
      // Merged and with a fresh one it would be ready.
      const isDue = isMerged || (snapshot.kind !== 'available' && isNear);
      return isDue ? 'take-snapshot' : 'nothing';
    }
    case 'ready':
    case 'changing':
    case 'recovering':
    case 'verifying':
      return 'watch';
    case 'done':
      return 'nothing';
  }
}

/**
 * The name of the snapshot of a change that was proposed on a day, or of a later one by the day on which it was asked for:
 * `pre-core-db-class-change-20261201`. It is unique in account and region, where other databases are changed on the same day. With an identifier of at most 63 characters it
 * stays far below the 255 that RDS takes.
 */
export function snapshotName(database: string, day: string): string {
  return `pre-${database}-class-change-${day}`;
}
