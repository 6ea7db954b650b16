import type { PoolDemand } from '../capacity/pool-demand.ts';
import { serverConnections } from '../capacity/pool-room.ts';
import { times } from '../capacity/factor.ts';
import type { PoolOwner } from '../domain/change.ts';
import { abstain, act, type Decision, hold } from '../domain/decision.ts';
import type { PoolerSnapshot } from '../domain/pooler.ts';
import type { Reading, Series } from '../domain/reading.ts';
import { largestSizes, newestOf, pooledDemands, type PoolSizeSettings, roomPlan } from './pool-size-standing.ts';
import { isFull, isLongWait } from './pool-waits.ts';

export interface OwnPoolInput {
  readonly pooler: PoolerSnapshot;
  readonly databaseCpu: Reading<Series>;
  readonly owner: PoolOwner;
}

/** Databases and users whose pools have a size of their own; none while a PgBouncer cannot be seen. */
export function poolOwners({ instances }: PoolerSnapshot, { pooler }: PoolSizeSettings): readonly PoolOwner[] {
  if (instances.kind === 'unseen' || instances.value.some(({ samples }) => samples.kind === 'unseen')) return [];
  const owners = pooledDemands(instances.value, pooler).flatMap((demand) => ownerOf(demand) ?? []);
  return [...new Map(owners.map((owner) => [`${owner.kind}/${owner.name}`, owner])).values()];
}

function ownerOf({ ownedBy, database, user }: PoolDemand): PoolOwner | null {
  return ownedBy === null ? null : { kind: ownedBy, name: ownedBy === 'database' ? database : user };
}

/** `pooler/production/pgbouncer/database/reports` */
export function ownedResource(pooler: string, { kind, name }: PoolOwner): string {
  return `${pooler}/${kind}/${name}`;
}

/**
 * The size of pools that have one of their own, by the same need and the same connection math as the others. No command of
 * PgBouncer changes it, so it is proposed for its configuration file, at the entry of the database or user.
 */
export function evaluateOwnPool({ pooler, databaseCpu, owner }: OwnPoolInput, settings: PoolSizeSettings): Decision {
  const { instances } = pooler;
  if (instances.kind === 'unseen') return abstain({ code: 'blind', to: 'PgBouncer', because: instances.because });
  const { lever } = settings;
  const demands = pooledDemands(instances.value, settings.pooler);
  const owned = demands.filter((demand) => isSame(ownerOf(demand), owner));
  const unlimited = owned.filter(({ poolSize }) => poolSize === 0);
  if (unlimited.length > 0) {
    const [ids, pools] = [unlimited.map(({ instance }) => instance), unlimited.map(({ pool }) => pool)];
    return hold({ code: 'pool-unlimited', instances: [...new Set(ids)], pools: [...new Set(pools)] });
  }
  const waiting = owned
    .filter((demand) => demand.leastWaiting > 0 && isLongWait(demand, lever))
    .sort((a, b) => b.needed - a.needed);
  const [first] = waiting;
  if (first === undefined) return hold({ code: 'nobody-waits' });
  const pool = waiting.find(isFull);
  if (pool === undefined) {
    const { pool: name, meanWaiting: clientsWaiting, mostOpen: open, poolSize, keptBy } = first;
    return hold({ code: 'pool-not-full', pool: name, clientsWaiting, open, poolSize, keptBy });
  }
  if (databaseCpu.kind === 'unseen' && settings.database !== null && lever.whenBlind === 'hold') {
    return abstain({ code: 'blind', to: 'the CPU of the database', because: databaseCpu.because });
  }

  const { poolSize } = pool;
  const needed = Math.ceil(pool.needed);
  const step = Math.max(poolSize + 1, Math.floor(times(poolSize, lever.maxStepFactor)));
  const largest = Math.min(lever.maxPoolSize, poolSize + roomFor(owned, demands, pooler, settings));
  const to = Math.min(Math.max(needed, poolSize + 1), step, largest);
  if (to <= poolSize) {
    const limit = roomPlan(pooler, demands, settings)?.limit ?? 0;
    return hold({ code: 'no-connections-left', needed, room: largest, limit });
  }
  const { cluster, service } = settings.pooler;
  const change = {
    kind: 'set-own-pool-size',
    pooler: { cluster, service },
    owner,
    from: { poolSize },
    to: { poolSize: to },
  } as const;
  const { pool: name, meanWaiting: clientsWaiting, waitMillis } = pool;
  return act(change, 'grow', { code: 'clients-wait', pool: name, clientsWaiting, waitMillis, needed, poolSize });
}

function isSame(one: PoolOwner | null, other: PoolOwner): boolean {
  return one?.kind === other.kind && one.name === other.name;
}

/** How much larger each of these pools may become, on every PgBouncer. */
function roomFor(
  owned: readonly PoolDemand[],
  demands: readonly PoolDemand[],
  pooler: PoolerSnapshot,
  settings: PoolSizeSettings,
): number {
  const plan = roomPlan(pooler, demands, settings);
  if (plan === null || pooler.instances.kind === 'unseen') return Infinity;
  const left = plan.limit - serverConnections(plan, largestSizes(newestOf(pooler.instances.value)));
  const pools = new Set(owned.map(({ pool }) => pool)).size;
  return Math.max(0, Math.floor(left / (plan.poolers * pools)));
}
