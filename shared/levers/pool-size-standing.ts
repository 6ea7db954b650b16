import { type PoolDemand, poolDemands } from '../capacity/pool-demand.ts';
import { type PoolRoomPlan, poolRoomPlan } from '../capacity/pool-room.ts';
import type { DatabasePolicy, FleetPolicy, LeverSettings, PoolerPolicy } from '../config/policy.ts';
import type { PoolerInstanceSizes } from '../domain/change.ts';
import type { ObservedPooler, PoolerSizes, PoolerSnapshot } from '../domain/pooler.ts';
import type { Connections } from '../domain/units.ts';

export interface PoolSizeSettings {
  readonly pooler: PoolerPolicy;
  readonly database: Pick<DatabasePolicy, 'maxConnections' | 'usableShare' | 'cpuHighPercent'> | null;
  /** Connections that do not go through the pooler, of services and people. */
  readonly directConnections: Connections;
  /** Most connections that all services open to the pooler together at their ceilings. */
  readonly clientConnections: Connections;
  readonly lever: LeverSettings['pool-size'];
}

/** Of every pool but the one through which the probe asks the database for its limit. */
export function pooledDemands(
  instances: readonly ObservedPooler[],
  { console }: Pick<PoolerPolicy, 'console'>,
): readonly PoolDemand[] {
  const isOfProbe = ({ database, user, meanWaiting, mostActive }: PoolDemand): boolean =>
    database === console?.database && user === console.user && meanWaiting === 0 && mostActive <= 1;
  return instances.flatMap(poolDemands).filter((demand) => !isOfProbe(demand));
}

/** How the PgBouncers of a fleet stand, as the lever for the size of their pools looks at them. */
export interface Standing {
  readonly pooler: PoolerSnapshot;
  readonly seen: readonly PoolerInstanceSizes[];
  /** The largest sizes that stand: what the connection math has to hold for now. */
  readonly present: PoolerSizes;
  readonly demands: readonly PoolDemand[];
  /** `null` without a database: nothing bounds the pools. */
  readonly plan: PoolRoomPlan | null;
}

export function newestOf(instances: readonly ObservedPooler[]): readonly PoolerInstanceSizes[] {
  return instances.flatMap(({ instance, samples }) => {
    const newest = samples.kind === 'seen' ? samples.value.at(-1) : undefined;
    return newest === undefined ? [] : [{ instance: instance.id, sizes: newest.reading.sizes }];
  });
}

export function largestSizes(seen: readonly PoolerInstanceSizes[]): PoolerSizes {
  const most = (size: keyof PoolerSizes): Connections => Math.max(...seen.map(({ sizes }) => sizes[size]));
  return {
    defaultPoolSize: most('defaultPoolSize'),
    reservePoolSize: most('reservePoolSize'),
    maxClientConnections: most('maxClientConnections'),
  };
}

export function roomPlan(
  { maxConnections, instances }: PoolerSnapshot,
  demands: readonly PoolDemand[],
  { pooler: { tasks, databaseUserPairs }, database, directConnections }: PoolSizeSettings,
): PoolRoomPlan | null {
  if (database === null) return null;
  const live = maxConnections.kind === 'seen' ? maxConnections.value : database.maxConnections;
  const limit = Math.floor((live * database.usableShare) / 100);
  return poolRoomPlan(demands, { instances, tasks, databaseUserPairs, directConnections, limit });
}

/** What a PgBouncer that starts or reads its file again may stand at: as configured, and as we have made it since. */
export function startingSizes(
  { defaultPoolSize, reservePoolSize, maxClientConnections }: PoolerPolicy,
  durable: PoolerSnapshot['durable'],
): readonly PoolerSizes[] {
  const configured = { defaultPoolSize, reservePoolSize, maxClientConnections };
  if (durable?.kind !== 'seen') return [configured];
  const { sizes } = durable.value;
  const kept = {
    defaultPoolSize: sizes.defaultPoolSize ?? defaultPoolSize,
    reservePoolSize: sizes.reservePoolSize ?? reservePoolSize,
    maxClientConnections: sizes.maxClientConnections ?? maxClientConnections,
  };
  return [configured, kept];
}

export function isSame(a: PoolerSizes, b: PoolerSizes): boolean {
  return (
    a.defaultPoolSize === b.defaultPoolSize &&
    a.reservePoolSize === b.reservePoolSize &&
    a.maxClientConnections === b.maxClientConnections
  );
}

export function poolSizeSettings({ services, database, levers }: FleetPolicy, pooler: PoolerPolicy): PoolSizeSettings {
  const opened = (to: 'pooler' | 'database'): Connections =>
    services
      .filter(({ connectsTo }) => connectsTo === to)
      .reduce(
        (sum, { max, pools }) => sum + max * pools.reduce((all, { maxConnections }) => all + maxConnections, 0),
        0,
      );
  const direct = database?.directConnections.reduce((sum, { connections }) => sum + connections, 0) ?? 0;
  // The probe asks the database through any of them.
  const ofProbe = pooler.console?.database === undefined ? 0 : pooler.tasks;
  return {
    pooler,
    database:
      database === undefined
        ? null
        : {
            maxConnections: database.maxConnections,
            usableShare: database.usableShare,
            cpuHighPercent: database.cpuHighPercent,
          },
    directConnections: direct + ofProbe + opened('database'),
    clientConnections: opened('pooler'),
    lever: levers['pool-size'],
  };
}
