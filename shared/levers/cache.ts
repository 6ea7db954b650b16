import {
  cacheNodeType,
  type CacheNodeType,
  cacheNodeTypeWithMoreMemory,
  type CacheShape,
  cacheShapeProblems,
  nextCacheNodeType,
} from '../capacity/cache-nodes.ts';
import type { LeverSettings } from '../config/policy.ts';
import { abstain, act, type Decision, hold } from '../domain/decision.ts';
import type { CacheFacts } from '../domain/infrastructure.ts';
import type { Reading, Unseen } from '../domain/reading.ts';
import type { ActReason } from '../domain/reason.ts';
import type { FleetSnapshot } from '../domain/snapshot.ts';
import { type EpochMs, HOUR, later } from '../domain/units.ts';
import { cameTrueAt } from './came-true.ts';
import { cacheHours, type CacheHours, cacheQueries } from './cache-metrics.ts';
import { breachesOf, infrastructureNeed, valuesOf } from './infrastructure-look.ts';
import { defineLever } from './lever.ts';
import { cacheResourceOf } from './resources.ts';

const HOURS_OF_A_DAY = 24;

export interface CacheInput {
  readonly replicationGroup: string;
  readonly facts: Reading<CacheFacts>;
  readonly hours: CacheHours;
  /** When it became what it is; `null`, or absent: not known. */
  readonly changedAt?: EpochMs | null;
}

export interface CacheSettings {
  readonly lever: LeverSettings['cache'];
}

/**
 * Grows a cache by what it is short of, and only where more would be used:
 *
 *   memory, in cluster mode   shards = ceil(shards × use ÷ memoryTargetPercent): 3 at 90 %, target 60 %  ->  5
 *   memory, without           the next node type: with more memory for as many vCPUs, or else the next size
 *   engine CPU of replicas    one replica more
 *   engine CPU of a primary   one replica more where most commands read, or else one shard more, or the next node type
 *
 * Evictions alone are no need: a cache that pushes keys out and still finds what is asked for does its work. Misses without
 * evictions are no need either: memory would not have kept what was never there. It never makes a cache smaller, and
 * leaves one alone that Application Auto Scaling scales.
 */
export function evaluateCache(
  { replicationGroup, facts, hours, changedAt = null }: CacheInput,
  settings: CacheSettings,
  now: EpochMs,
): Decision {
  if (facts.kind === 'unseen') return abstain({ code: 'blind', to: 'the cache', because: facts.because });
  const { status, scaledBy, shards, replicasPerShard } = facts.value;
  if (scaledBy === 'application-auto-scaling') {
    return hold({ code: 'scaled-by-aws', shards, replicasPerShard, ...pinnedBy(facts.value) });
  }
  if (status !== 'available') return abstain({ code: 'cache-changing', status });
  // What was full or busy then was another cache.
  const { of } = settings.lever.sustained;
  if (changedAt !== null && now < later(changedAt, of * HOUR)) {
    return hold({ code: 'changed-lately', at: changedAt, days: Math.ceil(of / HOURS_OF_A_DAY) });
  }

  const found = { replicationGroup, facts: facts.value, hours, settings };
  const memory = memoryShort(hours, settings);
  if (memory !== null) return moreMemory(found, memory);
  const replica = engineBusy(hours, settings, 'replica');
  if (replica !== null) return moreReaders(found, replica);
  const primary = engineBusy(hours, settings, 'primary');
  if (primary !== null) return morePrimary(found, primary);
  const unseen = firstUnseen(hours);
  if (unseen !== null) return abstain({ code: 'blind', to: unseen.what, because: unseen.reading.because });
  return hold(...calm(hours, settings));
}

/** Whether AWS may not add what it would. */
function pinnedBy({ shards, replicasPerShard, scaledUpTo = {} }: CacheFacts): {
  readonly pinned?: 'shards' | 'replicas';
} {
  if (shards >= (scaledUpTo.shards ?? Infinity)) return { pinned: 'shards' };
  return replicasPerShard >= (scaledUpTo.replicasPerShard ?? Infinity) ? { pinned: 'replicas' } : {};
}

interface Found {
  readonly replicationGroup: string;
  readonly facts: CacheFacts;
  readonly hours: CacheHours;
  readonly settings: CacheSettings;
}

interface MemoryShort {
  readonly because: ActReason;
  readonly memoryPercent: number;
}

/** Memory is short where it is high and nothing gives way, or where what gives way is missed. */
function memoryShort(
  { memoryPercents, evictions, hitPercent }: CacheHours,
  { lever }: CacheSettings,
): MemoryShort | null {
  const memory = valuesOf(memoryPercents);
  if (memory.kind === 'unseen' || evictions.kind === 'unseen') return null;
  const { sustained, memoryHighPercent: limitPercent, hitPercent: leastHits } = lever;
  const high = breachesOf(memory.value, (percent) => percent > limitPercent);
  const evicting = breachesOf(evictions.value, (count) => count > lever.evictionsPerHour);
  const of = memory.value.length;
  if (evicting.breaching >= sustained.datapoints) {
    // Blind to its hits, or without any request: nothing says that what is pushed out is missed.
    if (hitPercent.kind === 'unseen' || hitPercent.value === null || hitPercent.value >= leastHits) return null;
    const evidence = { evictionsPerHour: evicting.mean, hitPercent: hitPercent.value, limitPercent: leastHits };
    const because = { code: 'cache-evicts', hours: evicting.breaching, of, ...evidence } as const;
    return { because, memoryPercent: Math.max(high.mean, limitPercent) };
  }
  if (high.breaching < sustained.datapoints) return null;
  const evidence = { hours: high.breaching, of, memoryPercent: high.mean, limitPercent };
  return { because: { code: 'cache-memory-short', ...evidence }, memoryPercent: high.mean };
}

function moreMemory(
  { facts, settings: { lever }, ...found }: Found,
  { because, memoryPercent }: MemoryShort,
): Decision {
  if (!facts.isClusterMode) return largerNodes({ facts, settings: { lever }, ...found }, because);
  const needed = Math.ceil((facts.shards * memoryPercent) / lever.memoryTargetPercent);
  return reshaped({ facts, settings: { lever }, ...found }, { shards: Math.max(needed, facts.shards + 1) }, because);
}

function engineBusy(
  { primaryCpuPercents, replicaCpuPercents, readPercent }: CacheHours,
  { lever }: CacheSettings,
  role: 'primary' | 'replica',
): ActReason | null {
  const percents = valuesOf(role === 'primary' ? primaryCpuPercents : replicaCpuPercents);
  if (percents.kind === 'unseen') return null;
  const limitPercent = lever.engineCpuHighPercent;
  const { breaching, of, mean } = breachesOf(percents.value, (percent) => percent > limitPercent);
  if (breaching < lever.sustained.datapoints) return null;
  const reads = role === 'primary' && readPercent.kind === 'seen' ? readPercent.value : null;
  return {
    code: 'cache-engine-busy',
    role,
    hours: breaching,
    of,
    cpuPercent: mean,
    limitPercent,
    readPercent: reads,
  };
}

/** One replica more of each shard, as far as they are allowed; then more of what the primary would get. */
function moreReaders(found: Found, because: ActReason): Decision {
  const { facts, settings } = found;
  return facts.replicasPerShard < settings.lever.maxReplicasPerShard
    ? reshaped(found, { replicasPerShard: facts.replicasPerShard + 1 }, because)
    : moreEngines(found, because);
}

function morePrimary(found: Found, because: ActReason): Decision {
  const { readPercent } = found.hours;
  const { readsDominatePercent } = found.settings.lever;
  const reads = readPercent.kind === 'seen' ? (readPercent.value ?? 0) : 0;
  return reads >= readsDominatePercent ? moreReaders(found, because) : moreEngines(found, because);
}

/** The engine runs on one core: in cluster mode a further shard brings a further one. */
function moreEngines(found: Found, because: ActReason): Decision {
  return found.facts.isClusterMode
    ? reshaped(found, { shards: found.facts.shards + 1 }, because)
    : largerNodes(found, because);
}

function reshaped(
  { replicationGroup, facts, settings: { lever } }: Found,
  wanted: Partial<CacheShape>,
  because: ActReason,
): Decision {
  const from = { shards: facts.shards, replicasPerShard: facts.replicasPerShard };
  const to = { ...from, ...wanted, shards: Math.min(wanted.shards ?? from.shards, lever.maxShards) };
  if (to.shards < from.shards || cacheShapeProblems(to).length > 0 || isSameShape(from, to)) {
    return hold({ code: 'no-larger-cache', nodeType: facts.nodeType, shards: facts.shards });
  }
  return act({ kind: 'set-cache-shape', replicationGroup, from, to }, 'grow', because);
}

function isSameShape(a: CacheShape, b: CacheShape): boolean {
  return a.shards === b.shards && a.replicasPerShard === b.replicasPerShard;
}

function largerNodes(
  { replicationGroup, facts: { nodeType, shards }, settings: { lever } }: Found,
  because: ActReason,
): Decision {
  const present = cacheNodeType(nodeType);
  const larger = present === null ? null : largerType(present, because);
  if (larger === null || larger.memoryGiB > lever.maxNodeMemoryGiB) {
    return hold({ code: 'no-larger-cache', nodeType, shards });
  }
  const change = { replicationGroup, from: { nodeType }, to: { nodeType: larger.name } };
  return act({ kind: 'change-cache-node-type', ...change }, 'grow', because);
}

/** Above the largest of the burstable family begins the general one. */
const AFTER_BURSTABLE = 'cache.m7g.large';

function largerType(present: CacheNodeType, { code }: ActReason): CacheNodeType | null {
  if (code !== 'cache-engine-busy') {
    const roomier = cacheNodeTypeWithMoreMemory(present);
    if (roomier !== null) return roomier;
  }
  const next = nextCacheNodeType(present);
  return next === null && present.family === 't4g' ? cacheNodeType(AFTER_BURSTABLE) : next;
}

/** What is to be said of a cache that is not pressed: evidence first that more would be wasted. */
function calm(hours: CacheHours, { lever }: CacheSettings): Parameters<typeof hold> {
  const { sustained, memoryHighPercent, engineCpuHighPercent, hitPercent: leastHits } = lever;
  const count = (values: Reading<readonly number[]>, limit: number): ReturnType<typeof breachesOf> =>
    breachesOf(values.kind === 'seen' ? values.value : [], (value) => value > limit);
  const memory = count(valuesOf(hours.memoryPercents), memoryHighPercent);
  const evicting = count(hours.evictions, lever.evictionsPerHour);
  const hits = hours.hitPercent.kind === 'seen' ? hours.hitPercent.value : null;
  if (evicting.breaching >= sustained.datapoints && hits !== null) {
    return [{ code: 'evictions-harmless', evictionsPerHour: evicting.mean, hitPercent: hits }];
  }
  if (hits !== null && hits < leastHits && evicting.breaching === 0 && memory.breaching === 0) {
    const evidence = { hitPercent: hits, limitPercent: leastHits, memoryPercent: memory.mean };
    return [{ code: 'misses-not-for-memory', ...evidence }];
  }
  const pressed = [
    memory,
    count(valuesOf(hours.primaryCpuPercents), engineCpuHighPercent),
    count(valuesOf(hours.replicaCpuPercents), engineCpuHighPercent),
  ];
  const pressedHours = Math.max(...pressed.map(({ breaching }) => breaching));
  return [{ code: 'cache-fits', pressedHours, of: sustained.of, needed: sustained.datapoints }];
}

function firstUnseen(hours: CacheHours): { readonly what: string; readonly reading: Unseen } | null {
  const readings: readonly (readonly [string, Reading<unknown>])[] = [
    ['memory of the cache', hours.memoryPercents],
    ['engine CPU of the primaries', hours.primaryCpuPercents],
    ['engine CPU of the replicas', hours.replicaCpuPercents],
    ['evictions', hours.evictions],
    ['hits and misses', hours.hitPercent],
  ];
  for (const [what, reading] of readings) if (reading.kind === 'unseen') return { what, reading };
  return null;
}

function changedAt(snapshot: FleetSnapshot, replicationGroup: string, facts: Reading<CacheFacts>): EpochMs | null {
  if (facts.kind === 'unseen') return null;
  const { nodeType, shards, replicasPerShard } = facts.value;
  return cameTrueAt(
    {
      kinds: ['change-cache-node-type', 'set-cache-shape'],
      resource: cacheResourceOf({ replicationGroup }),
      stands: (change) =>
        change.replicationGroup === replicationGroup &&
        (change.kind === 'change-cache-node-type'
          ? change.to.nodeType === nodeType
          : change.to.shards === shards && change.to.replicasPerShard === replicasPerShard),
    },
    snapshot,
  );
}

export const cache = defineLever<CacheInput, CacheSettings>({
  name: 'cache',
  look: 'infrastructure',
  purpose: 'Larger nodes, more shards or replicas for a cache that is short of them; never smaller.',
  needs: ({ infrastructure }, { cache: policy, levers }) => {
    const facts = infrastructure?.cache;
    if (policy === undefined || facts?.kind !== 'seen') return [];
    return cacheQueries(policy.replicationGroup, facts.value.nodes, levers.cache.sustained.of).map(([metric, query]) =>
      infrastructureNeed(metric, query),
    );
  },
  cases: (snapshot, { cache: policy, levers }, now) => {
    const { infrastructure } = snapshot;
    if (infrastructure === null || policy === undefined) return [];
    const { cache: facts } = infrastructure;
    const seen = facts.kind === 'seen' ? facts.value : { nodes: [], replicasPerShard: 0 };
    const of = { nodes: seen.nodes, replicas: seen.replicasPerShard };
    const hours = cacheHours(infrastructure, of, levers.cache.sustained.of, now);
    const { replicationGroup } = policy;
    const input = { replicationGroup, facts, hours, changedAt: changedAt(snapshot, replicationGroup, facts) };
    return [{ resource: cacheResourceOf(policy), service: null, input, settings: { lever: levers.cache } }];
  },
  evaluate: evaluateCache,
});
