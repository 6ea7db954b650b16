import type { PoolDemand } from './pool-demand.ts';
import type { ObservedPooler, PoolerSizes } from '../domain/pooler.ts';
import type { Reading } from '../domain/reading.ts';
import type { Connections, Tasks } from '../domain/units.ts';

/** What the server side of the connection math rests on, as it was seen. */
export interface PoolRoomPlan {
  /** PgBouncer tasks: those that run, or those that are configured, whichever are more. */
  readonly poolers: Tasks;
  /** Most pools of one PgBouncer that have the default size. */
  readonly defaultPools: number;
  /** Server connections of all pools of one PgBouncer with a size of their own, with their reserve. */
  readonly ownConnections: Connections;
  /** Everything that does not go through the pooler. */
  readonly directConnections: Connections;
  /** What may be planned with of `max_connections`. */
  readonly limit: Connections;
}

/** Server connections that the fleet can open at most with such sizes. */
export function serverConnections(plan: PoolRoomPlan, { defaultPoolSize, reservePoolSize }: SomeSizes): Connections {
  const ofOne = plan.defaultPools * (defaultPoolSize + reservePoolSize) + plan.ownConnections;
  return plan.poolers * ofOne + plan.directConnections;
}

type SomeSizes = Pick<PoolerSizes, 'defaultPoolSize' | 'reservePoolSize'>;

/**
 * The largest default pool with its reserve for which the math holds; 0 where not even one connection does.
 *
 *   2 PgBouncers, 1 pool, 12 direct, 160 of 200 usable   ->   (160 − 12) ÷ 2 = 74 connections for size and reserve
 */
export function largestPool(plan: PoolRoomPlan): Connections {
  const left = plan.limit - plan.directConnections - plan.poolers * plan.ownConnections;
  return Math.max(0, Math.floor(left / (plan.poolers * Math.max(1, plan.defaultPools))));
}

/**
 * Sizes for a need: the reserve gives way before the pool stays too small, because it holds connections that nobody gets
 * until somebody has waited for long.
 */
export function sizesFor(wanted: Connections, largest: Connections, reservePoolSize: Connections): SomeSizes {
  const defaultPoolSize = Math.min(wanted, largest);
  return { defaultPoolSize, reservePoolSize: Math.min(reservePoolSize, largest - defaultPoolSize) };
}

/** What is known of the fleet besides what was seen of its pools. */
export interface PoolRoomFacts {
  readonly instances: Reading<readonly ObservedPooler[]>;
  /** PgBouncer tasks and pools of each as they are configured: those that nobody uses at the moment come back. */
  readonly tasks: Tasks;
  readonly databaseUserPairs: number;
  readonly directConnections: Connections;
  readonly limit: Connections;
}

/** The plan of a fleet as it was seen, or as it is configured where that is more. */
export function poolRoomPlan(demands: readonly PoolDemand[], facts: PoolRoomFacts): PoolRoomPlan {
  const { instances, tasks, databaseUserPairs, directConnections, limit } = facts;
  const observed = instances.kind === 'seen' ? instances.value : [];
  const byInstance = [...Map.groupBy(demands, ({ instance }) => instance).entries()];
  const defaultPools = byInstance.map(([, pools]) => pools.filter(({ ownedBy }) => ownedBy === null).length);
  const ownPools = new Set(demands.filter(({ ownedBy }) => ownedBy !== null).map(({ pool }) => pool)).size;
  const own = byInstance.map(([id, pools]) => ownConnections(pools, defaultReserve(observed, id)));
  return {
    poolers: Math.max(tasks, observed.length),
    defaultPools: Math.max(databaseUserPairs - ownPools, ...defaultPools),
    ownConnections: Math.max(0, ...own),
    directConnections,
    limit,
  };
}

/** What pools open besides the default sizes: those with a size of their own all of it, others the reserve of their own. */
function ownConnections(pools: readonly PoolDemand[], reserve: Connections): Connections {
  return pools.reduce(
    (sum, { ownedBy, poolSize, reservePoolSize, perhapsMore }) =>
      sum + perhapsMore + (ownedBy !== null ? poolSize + reservePoolSize : Math.max(0, reservePoolSize - reserve)),
    0,
  );
}

function defaultReserve(observed: readonly ObservedPooler[], id: string): Connections {
  const samples = observed.find(({ instance }) => instance.id === id)?.samples;
  return (samples?.kind === 'seen' ? samples.value.at(-1)?.reading.sizes.reservePoolSize : undefined) ?? 0;
}
