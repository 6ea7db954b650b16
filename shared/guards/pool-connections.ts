import { largestPool, poolRoomPlan, type PoolRoomPlan, serverConnections, sizesFor } from '../capacity/pool-room.ts';
import type { ChangeOf } from '../domain/change.ts';
import type { Act } from '../domain/decision.ts';
import type { Connections } from '../domain/units.ts';
import { pooledDemands } from '../levers/pool-size-standing.ts';
import { planAt } from './connection-plan.ts';
import { type GuardContext, type GuardFinding, PASS, veto } from './guard.ts';

/**
 * Whether the database has room for the pools that are wanted, over all PgBouncers that run or are configured, and with
 * what services open past the pooler at their ceilings of now. Judges growth: sizes that stand are not undone here.
 */
export function checkPoolConnections(context: GuardContext): GuardFinding {
  const { wanted } = context;
  const { change } = wanted;
  if (change.kind !== 'tune-pgbouncer') return PASS;
  const plan = planOf(context, change.from.length);
  if (plan === null) return PASS;
  // Of sizes that differ all become the same: what is no growth for the largest is one for the others.
  const isGrowth = change.from.some(({ sizes }) => connectionsOf(change.to) > connectionsOf(sizes));
  const needed = serverConnections(plan, change.to);
  if (!isGrowth || needed <= plan.limit) return PASS;
  return (
    trimmedPools(wanted, change, plan) ??
    veto({ code: 'connections-exceeded', side: 'server', needed, limit: plan.limit })
  );
}

function connectionsOf(sizes: {
  readonly defaultPoolSize: Connections;
  readonly reservePoolSize: Connections;
}): Connections {
  return sizes.defaultPoolSize + sizes.reservePoolSize;
}

/** `null` where no database bounds the pools. */
function planOf({ policy, snapshot, bounds }: GuardContext, counted: number): PoolRoomPlan | null {
  const { pooler, database } = policy;
  if (pooler === undefined || database === undefined || snapshot.pooler === null) return null;
  const { instances, maxConnections } = snapshot.pooler;
  const live = maxConnections.kind === 'seen' ? maxConnections.value : database.maxConnections;
  const tasksOf = (name: string, configuredMax: number): number => bounds.get(name)?.max ?? configuredMax;
  const { services, database: planned } = planAt(policy, tasksOf);
  const direct = services
    .filter(({ connectsTo }) => connectsTo === 'database')
    .reduce((sum, { tasks, connectionsPerTask }) => sum + tasks * connectionsPerTask, 0);
  const ofProbe = pooler.console?.database === undefined ? 0 : pooler.tasks;
  const observed = instances.kind === 'seen' ? instances.value : [];
  return poolRoomPlan(pooledDemands(observed, pooler), {
    instances,
    tasks: Math.max(pooler.tasks, counted),
    databaseUserPairs: pooler.databaseUserPairs,
    directConnections: direct + ofProbe + (planned?.directConnections ?? 0),
    limit: Math.floor((live * database.usableShare) / 100),
  });
}

/** `null` where nothing would be left of the growth. */
function trimmedPools(wanted: Act, change: ChangeOf<'tune-pgbouncer'>, plan: PoolRoomPlan): GuardFinding | null {
  const sizes = sizesFor(change.to.defaultPoolSize, largestPool(plan), change.to.reservePoolSize);
  const grows = change.from.every((one) => sizes.defaultPoolSize > one.sizes.defaultPoolSize);
  if (!grows) return null;
  const because = {
    code: 'pool-trimmed-to-connections',
    wanted: change.to.defaultPoolSize,
    limit: plan.limit,
  } as const;
  const to = { ...change, to: { ...change.to, ...sizes } };
  return { kind: 'trim', to: { ...wanted, change: to, because: [...wanted.because, because] }, because };
}
