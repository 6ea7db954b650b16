import type { PoolDemand } from '../capacity/pool-demand.ts';
import { largestPool, serverConnections, sizesFor } from '../capacity/pool-room.ts';
import { times } from '../capacity/factor.ts';
import type { LeverSettings } from '../config/policy.ts';
import type { PoolerInstanceSizes, PoolOwner } from '../domain/change.ts';
import { abstain, act, type Decision, hold } from '../domain/decision.ts';
import {
  type ObservedPooler,
  POOLER_SETTING_NAMES,
  POOLER_SIZES,
  type PoolerSample,
  type PoolerSizes,
  type PoolerSnapshot,
} from '../domain/pooler.ts';
import type { Reading, Series } from '../domain/reading.ts';
import type { ActReason, HoldReason } from '../domain/reason.ts';
import { type Connections, type EpochMs, HOUR, later, MINUTE, type Seconds, secondsBetween } from '../domain/units.ts';
import { defineLever } from './lever.ts';
import { isDue, poolerPeakQuery } from './metric-queries.ts';
import {
  isSame,
  largestSizes,
  newestOf,
  pooledDemands,
  poolSizeSettings,
  type PoolSizeSettings,
  roomPlan,
  type Standing,
  startingSizes,
} from './pool-size-standing.ts';
import { evaluateOwnPool, ownedResource, poolOwners } from './own-pool.ts';
import { isFull, isLongWait } from './pool-waits.ts';
import { growthsOf, watchNeeds, worseGrowth } from './pool-size-watch.ts';
import { poolerResourceOf } from './resources.ts';

/** What a calm day is judged by changes by the hour. */
const PEAK_EVERY: Seconds = HOUR;

export interface PoolSizeInput {
  readonly pooler: PoolerSnapshot;
  /** CPU of the database: whether it could serve more connections at all. */
  readonly databaseCpu: Reading<Series>;
  /** Whose own size this is about; absent for the size that all others have. */
  readonly owner?: PoolOwner;
}

/**
 * Sizes the pools of PgBouncer by the need that is measured, one number for all PgBouncers of a fleet:
 *
 *   made worse       CPU of the database or errors of the services have risen since the newest step: that one is taken back
 *   clients wait     in every look of the probe, and a transaction longer than `waitMillis`, or than `waitFactor` times
 *                    what it then takes
 *   new size         the largest need of a pool, at most × `maxStepFactor`, within what the connection math leaves
 *   a calm day       most connections in use × `calmHeadroomFactor` below the size: smaller by half of what is left over
 *
 *   2 PgBouncers of 25, 60 clients for each, 148 connections left  ->  need 60, room 74  ->  60
 *
 * Whether the database has room for more is for the diagnosis to say, which stops this lever when it has not; and a step
 * that has brought nothing is not followed by another.
 */
export function evaluatePoolSize(
  { pooler, databaseCpu }: PoolSizeInput,
  settings: PoolSizeSettings,
  now: EpochMs,
): Decision {
  const { instances } = pooler;
  if (instances.kind === 'unseen') return abstain({ code: 'blind', to: 'PgBouncer', because: instances.because });
  const blind = instances.value.find(({ samples }) => samples.kind === 'unseen');
  if (blind?.samples.kind === 'unseen') {
    // The math holds over all of them: one that cannot be seen stops the rest.
    return abstain({ code: 'blind', to: `PgBouncer ${blind.instance.id}`, because: blind.samples.because });
  }
  const seen = newestOf(instances.value);
  const [one] = seen;
  if (one === undefined) return abstain({ code: 'not-deployed', detail: 'no PgBouncer runs' });
  const unlimited = seen.filter(({ sizes }) => sizes.defaultPoolSize === 0).map(({ instance }) => instance);
  if (unlimited.length > 0) return hold({ code: 'pool-unlimited', instances: unlimited });

  const demands = pooledDemands(instances.value, settings.pooler);
  const standing: Standing = {
    pooler,
    seen,
    present: largestSizes(seen),
    demands,
    plan: roomPlan(pooler, demands, settings),
  };
  return (
    takeBackGrowth(standing, databaseCpu, settings, now) ??
    restoreLost(standing, settings) ??
    raiseClients(standing, instances.value, settings) ??
    grow(standing, databaseCpu, settings, now) ??
    withinLimit(standing, settings, now) ??
    makeDurable(standing, settings, now) ??
    shrink(standing, settings, now)
  );
}

/** What may open more than there is shall neither last nor stay unsaid; it is given back when it is not in use. */
function withinLimit(standing: Standing, settings: PoolSizeSettings, now: EpochMs): Decision | null {
  const { plan, present } = standing;
  const needed = plan === null ? 0 : serverConnections(plan, present);
  if (plan === null || needed <= plan.limit) return null;
  const smaller = shrink(standing, settings, now);
  if (smaller.kind === 'act') return smaller;
  const { poolers, limit } = plan;
  const poolSize = present.defaultPoolSize;
  return hold({ code: 'pools-exceed-connections', poolers, poolSize, needed, limit, room: largestPool(plan) });
}

/** First of all: what has made things worse is neither restored nor followed by more. */
function takeBackGrowth(
  standing: Standing,
  databaseCpu: Reading<Series>,
  settings: PoolSizeSettings,
  now: EpochMs,
): Decision | null {
  const growth = worseGrowth(standing, databaseCpu, settings, now);
  if (growth === null) return null;
  const { back, effect, worse } = growth;
  const change = { ...changeTo(back, standing.seen, settings), undoes: { ...effect, worse } };
  // A repair: it waits for no cooldown, and for no room in front of the database.
  return act(change, 'repair', { code: 'growth-made-worse', worse });
}

/** What a RELOAD or a restarted task has lost. A value that nobody configured is a person's hand, which is respected. */
function restoreLost(
  { pooler: { intended, durable }, seen, present, plan }: Standing,
  settings: PoolSizeSettings,
): Decision | null {
  if (intended === null) return null;
  const differing = seen.filter(({ sizes }) => !isSame(sizes, intended));
  if (differing.length === 0) return null;
  const startsWith = startingSizes(settings.pooler, durable);
  const isLost = ({ sizes }: PoolerInstanceSizes): boolean => startsWith.some((start) => isSame(sizes, start));
  const lost = differing.filter(isLost);
  const byHand = differing.filter((one) => !isLost(one)).map(({ instance }) => instance);
  if (byHand.length > 0) {
    // Where all stand at one value, a person has sized them all: the need is measured from there.
    if (byHand.length === seen.length && seen.every(({ sizes }) => isSame(sizes, present))) return null;
    return hold({ code: 'pool-sized-by-hand', instances: byHand, intended: intended.defaultPoolSize });
  }
  if (plan !== null && serverConnections(plan, intended) > plan.limit) return null;
  return act(changeTo(intended, seen, settings), 'repair', {
    code: 'pool-size-lost',
    instances: lost.map(({ instance }) => instance),
  });
}

/** Clients are turned away when `max_client_conn` is reached: that comes before any pool can help. */
function raiseClients(
  { seen, present }: Standing,
  instances: readonly ObservedPooler[],
  settings: PoolSizeSettings,
): Decision | null {
  const { lever, pooler, clientConnections } = settings;
  const clients = Math.max(...instances.map(({ samples }) => mostClients(samples)));
  const limit = Math.min(...seen.map(({ sizes }) => sizes.maxClientConnections));
  if (clients <= (limit * lever.clientsHighPercent) / 100) return null;
  const planned = Math.ceil(clientConnections / Math.max(1, pooler.tasks));
  const wanted = Math.max(Math.ceil(times(limit, 1.5)), planned);
  const maxClientConnections = Math.min(wanted, lever.maxClientConnections);
  if (maxClientConnections <= limit) return null;
  return act(changeTo({ ...present, maxClientConnections }, seen, settings), 'grow', {
    code: 'clients-near-limit',
    clients,
    limit,
  });
}

function mostClients(samples: Reading<readonly PoolerSample[]>): Connections {
  return samples.kind === 'unseen' ? 0 : Math.max(...samples.value.map(({ reading }) => reading.clientConnections));
}

function grow(
  standing: Standing,
  databaseCpu: Reading<Series>,
  settings: PoolSizeSettings,
  now: EpochMs,
): Decision | null {
  const { lever } = settings;
  const waiting = standing.demands
    .filter((demand) => demand.leastWaiting > 0 && isLongWait(demand, lever))
    .sort((a, b) => b.needed - a.needed);
  const tunable = waiting.find((demand) => isFull(demand) && demand.ownedBy === null);
  const because = [...ofEachPool(waiting.filter(isFull)), ...ofEachPool(waiting.filter((demand) => !isFull(demand)))];
  const [first, ...others] = because;
  if (tunable === undefined) return first === undefined ? null : hold(first, ...others);

  const unlimited = standing.demands.filter(({ ownedBy, poolSize }) => ownedBy !== null && poolSize === 0);
  if (unlimited.length > 0) {
    const [instances, pools] = [unlimited.map(({ instance }) => instance), unlimited.map(({ pool }) => pool)];
    return hold({ code: 'pool-unlimited', instances: [...new Set(instances)], pools: [...new Set(pools)] }, ...because);
  }
  const useless = uselessStep(standing, lever, now);
  if (useless !== null) return hold(useless, ...because);
  // More connections in front of a database that nobody sees may be what breaks it.
  if (databaseCpu.kind === 'unseen' && settings.database !== null && lever.whenBlind === 'hold') {
    return abstain({ code: 'blind', to: 'the CPU of the database', because: databaseCpu.because });
  }
  return growTo(tunable, standing, settings);
}

/** Why pools are not tuned in which clients wait. The same pool stands on every PgBouncer: the largest need is told. */
function ofEachPool(waiting: readonly PoolDemand[]): readonly HoldReason[] {
  const byPool = new Map(
    waiting
      .filter((demand) => demand.ownedBy !== null || !isFull(demand))
      .toReversed()
      .map((one) => [one.pool, one]),
  );
  return [...byPool.values()].map((demand): HoldReason => {
    const { pool, poolSize, needed, meanWaiting: clientsWaiting, mostOpen: open, keptBy } = demand;
    return isFull(demand)
      ? { code: 'pool-has-own-size', pool, poolSize, needed: Math.ceil(needed) }
      : { code: 'pool-not-full', pool, clientsWaiting, open, poolSize, keptBy };
  });
}

function growTo(pool: PoolDemand, standing: Standing, settings: PoolSizeSettings): Decision {
  const { present, plan, seen } = standing;
  const { lever } = settings;
  const needed = Math.ceil(pool.needed);
  const step = Math.max(present.defaultPoolSize + 1, Math.floor(times(present.defaultPoolSize, lever.maxStepFactor)));
  const wanted = Math.min(Math.max(needed, present.defaultPoolSize + 1), step, lever.maxPoolSize);
  const largest = plan === null ? Infinity : largestPool(plan);
  const sizes = sizesFor(wanted, largest, present.reservePoolSize);
  if (sizes.defaultPoolSize <= present.defaultPoolSize) {
    return hold({
      code: 'no-connections-left',
      needed,
      room: Math.min(largest, lever.maxPoolSize),
      limit: plan?.limit ?? 0,
    });
  }
  const because: ActReason = {
    code: 'clients-wait',
    pool: pool.pool,
    clientsWaiting: pool.meanWaiting,
    waitMillis: pool.waitMillis,
    needed,
    poolSize: present.defaultPoolSize,
  };
  return act(changeTo({ ...present, ...sizes }, seen, settings), 'grow', because);
}

/** The newest step up, if it has brought too little and clients wait all the same. */
function uselessStep(
  { pooler, present }: Standing,
  lever: LeverSettings['pool-size'],
  now: EpochMs,
): HoldReason | null {
  const [effect] = growthsOf(pooler);
  if (effect === undefined) return null;
  const { before, after } = effect;
  const until = later(effect.at, lever.effectMemorySeconds);
  const wasGrowth = after.defaultPoolSize > before.defaultPoolSize;
  const standsWhereItLed = present.defaultPoolSize === (effect.outcome === 'kept' ? after : before).defaultPoolSize;
  if (!wasGrowth || !standsWhereItLed || now >= until) return null;
  const [from, to] = [before.defaultPoolSize, after.defaultPoolSize];
  if (effect.outcome === 'taken-back' && effect.worse !== undefined) {
    return { code: 'growth-was-taken-back', from, to, worse: effect.worse, until };
  }
  const gainPercent = 100 * (after.transactionsPerSecond / Math.max(before.transactionsPerSecond, 1e-9) - 1);
  if (effect.outcome === 'kept' && gainPercent >= lever.usefulGainPercent) return null;
  return { code: 'more-did-not-help', from, to, gainPercent, until };
}

/** What has stood for a while shall survive a restart. */
function makeDurable(
  { pooler: { intended, intendedAt, durable }, seen, demands, plan }: Standing,
  { lever, pooler: { cluster, service } }: PoolSizeSettings,
  now: EpochMs,
): Decision | null {
  if (durable === null || intended === null || intendedAt === null) return null;
  // What may still be taken back is not for ever yet.
  const settled = Math.max(lever.durableAfterSeconds, lever.watchMinutes * MINUTE);
  if (now < later(intendedAt, settled) || !seen.every(({ sizes }) => isSame(sizes, intended))) {
    return null;
  }
  if (durable.kind === 'unseen') {
    return abstain({ code: 'blind', to: 'the sizes that PgBouncer starts with', because: durable.because });
  }
  const { sizes, revision, rollout, mostTasksPercent = 0 } = durable.value;
  const differing = POOLER_SIZES.flatMap((size) => {
    const is = sizes[size];
    return is === null || is === intended[size] ? [] : [{ size, is, shouldBe: intended[size] }];
  });
  if (differing.length === 0) return null;
  if (rollout === 'in-progress') return hold({ code: 'poolers-rolling', revision });
  const open = demands.reduce((sum, { mostOpen }) => sum + mostOpen, 0);
  // The old ones keep what they have open until the last client has left, and the new ones open as much.
  const needed = Math.ceil((open * mostTasksPercent) / 100) + (plan?.directConnections ?? 0);
  if (plan !== null && needed > plan.limit) {
    return hold({ code: 'no-room-to-replace', open, mostTasksPercent, needed, limit: plan.limit });
  }
  const part = (of: (one: (typeof differing)[number]) => Connections): Partial<PoolerSizes> =>
    Object.fromEntries(differing.map((one) => [one.size, of(one)]));
  return act(
    {
      kind: 'keep-pool-sizes',
      pooler: { cluster, service },
      from: { revision, sizes: part(({ is }) => is) },
      to: { sizes: part(({ shouldBe }) => shouldBe) },
    },
    'repair',
    {
      code: 'pool-size-not-durable',
      durable: differing.map(({ size, is, shouldBe }) => ({ what: POOLER_SETTING_NAMES[size], is, shouldBe })),
      revision,
    },
  );
}

function shrink(standing: Standing, settings: PoolSizeSettings, now: EpochMs): Decision {
  const { pooler, present, seen } = standing;
  const { lever } = settings;
  const poolSize = present.defaultPoolSize;
  const floor = Math.max(lever.minPoolSize, settings.pooler.defaultPoolSize);
  if (poolSize <= floor) return hold({ code: 'nobody-waits' });
  const { peakActive } = pooler;
  if (peakActive.kind === 'unseen' && peakActive.because.code === 'not-asked') {
    return hold({ code: 'not-due', everySeconds: PEAK_EVERY });
  }
  const peak = calmPeak(peakActive, lever.calmHours, now);
  // Missing hours are not calm hours.
  if (peak === null) return hold({ code: 'nobody-waits' });
  const enough = Math.ceil(times(peak, lever.calmHeadroomFactor));
  if (enough >= poolSize) return hold({ code: 'pool-not-calm', peakActive: peak, poolSize });
  const defaultPoolSize = Math.max(floor, enough, Math.ceil(poolSize / 2));
  if (defaultPoolSize >= poolSize) return hold({ code: 'nobody-waits' });
  const reservePoolSize = reserveBeside(defaultPoolSize, standing, settings);
  return act(changeTo({ ...present, defaultPoolSize, reservePoolSize }, seen, settings), 'shrink', {
    code: 'pool-calm',
    hours: lever.calmHours,
    peakActive: peak,
    poolSize,
  });
}

/** What has given way to a larger pool comes back with the smaller one, as far as the math and what is given back allow. */
function reserveBeside(
  defaultPoolSize: Connections,
  { present, plan }: Standing,
  { pooler }: PoolSizeSettings,
): Connections {
  const allowed = Math.min(
    present.defaultPoolSize + present.reservePoolSize,
    plan === null ? Infinity : largestPool(plan),
  );
  return Math.max(present.reservePoolSize, Math.min(pooler.reservePoolSize, allowed - defaultPoolSize));
}

/** Most connections in use over so many hours; `null` where an hour is missing. */
function calmPeak(peakActive: Reading<Series>, hours: number, now: EpochMs): Connections | null {
  if (peakActive.kind === 'unseen') return null;
  const points = peakActive.value.points.filter(({ at }) => secondsBetween(at, now) <= (hours + 1) * HOUR);
  if (points.length < hours || points.some(({ value }) => !(value >= 0 && Number.isFinite(value)))) return null;
  return Math.max(...points.map(({ value }) => value));
}

function changeTo(to: PoolerSizes, from: readonly PoolerInstanceSizes[], { pooler }: PoolSizeSettings) {
  const { cluster, service } = pooler;
  return { kind: 'tune-pgbouncer', pooler: { cluster, service }, from, to } as const;
}

export const poolSize = defineLever<PoolSizeInput, PoolSizeSettings>({
  name: 'pool-size',
  look: 'pooler',
  purpose: 'Tunes PgBouncer while it runs, when clients wait although the database has room.',
  needs: ({ tuning }, policy, now) => {
    const { name, pooler, levers } = policy;
    if (pooler === undefined) return [];
    const watched = watchNeeds(tuning, policy, now);
    if (!isDue(now, PEAK_EVERY)) return watched;
    return [...watched, { slot: 'poolerPeak', query: poolerPeakQuery(name, levers['pool-size'].calmHours) }];
  },
  cases: ({ pooler, database }, policy) => {
    if (policy.pooler === undefined || pooler === null) return [];
    const settings = poolSizeSettings(policy, policy.pooler);
    const input = { pooler, databaseCpu: database?.cpu ?? NO_DATABASE };
    const resource = poolerResourceOf(policy.pooler);
    return [
      { resource, service: null, input, settings },
      ...poolOwners(pooler, settings).map((owner) => ({
        resource: ownedResource(resource, owner),
        service: null,
        input: { ...input, owner },
        settings,
      })),
    ];
  },
  evaluate: ({ owner, ...input }, settings, now) =>
    owner === undefined ? evaluatePoolSize(input, settings, now) : evaluateOwnPool({ ...input, owner }, settings),
});

const NO_DATABASE = { kind: 'unseen', because: { code: 'not-asked' } } as const;
