import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cacheShapeProblems } from '../../shared/capacity/cache-nodes.ts';
import type { ProposableChange } from '../../shared/domain/change.ts';
import type { CacheFacts } from '../../shared/domain/infrastructure.ts';
import { type Reading, seen, type Series, unseen } from '../../shared/domain/reading.ts';
import type { ChangeStatus, FleetSnapshot } from '../../shared/domain/snapshot.ts';
import { cache, evaluateCache } from '../../shared/levers/cache.ts';
import { aCache, anInfrastructure, flat, hours, proposalsOf, saidOf } from '../support/builders/infrastructure.ts';
import { aFleetPolicy, type FleetInput } from '../support/builders/policy.ts';
import { NOW } from '../support/builders/time.ts';
import { aChange, aSnapshot } from '../support/builders/world.ts';

type CacheInput = NonNullable<NonNullable<FleetInput['levers']>['cache']>;

const aFleet = (lever: CacheInput = {}) =>
  aFleetPolicy({ cache: { replicationGroup: 'sessions' }, levers: { cache: { mode: 'propose', ...lever } } });

interface Seen {
  readonly cache?: Partial<CacheFacts>;
  /** Hourly; a number is 24 hours of it. Memory of the first node, the second is at 30 %. */
  readonly memory?: number | readonly number[];
  readonly primaryCpu?: number | readonly number[];
  readonly replicaCpu?: number;
  /** Of both nodes together, in an hour. */
  readonly evictions?: number | readonly number[];
  readonly hitPercent?: number;
  readonly readPercent?: number;
  readonly metrics?: Readonly<Record<string, Reading<Series>>>;
  readonly facts?: Reading<CacheFacts>;
}

/** In order: half full, hardly busy, nothing pushed out, 95 % hits. */
const snapshotOf = (see: Seen, policy = aFleet()) => {
  const all = (value: number | readonly number[]): Reading<Series> =>
    hours(typeof value === 'number' ? flat(24, value) : value);
  const { hitPercent = 95, readPercent = 50 } = see;
  const metrics = {
    'cache/primary-cpu': all(see.primaryCpu ?? 20),
    'cache/replica-cpu': all(see.replicaCpu ?? 20),
    'cache/sessions-001/memory': all(see.memory ?? 50),
    'cache/sessions-002/memory': all(30),
    'cache/sessions-001/evictions': all(see.evictions ?? 0),
    // Silent: an hour without any has no point.
    'cache/sessions-002/evictions': hours([]),
    ...Object.fromEntries(
      ['001', '002'].flatMap((node) => [
        [`cache/sessions-${node}/hits`, all(hitPercent)],
        [`cache/sessions-${node}/misses`, all(100 - hitPercent)],
        [`cache/sessions-${node}/reads`, all(readPercent)],
        [`cache/sessions-${node}/writes`, all(100 - readPercent)],
      ]),
    ),
    ...see.metrics,
  };
  return aSnapshot(policy, {
    infrastructure: anInfrastructure({ cache: see.facts ?? seen(aCache(see.cache), NOW), metrics }),
  });
};

const said = (see: Seen, policy = aFleet()): string => saidOf('cache', snapshotOf(see, policy), policy);

const nodes = (from: string, to: string): string => `change the nodes of sessions: cache.${from} → cache.${to}: `;
const shape = (from: string, to: string): string => `shape of sessions: ${from} → ${to}: `;
const full = (percent: number, count = 24): string =>
  `memory of the fullest node at ${percent} %, above 80 %, in ${count} of 24 hours`;
const PRIMARY_BUSY = 'engine of the primary at 90 % CPU, above 80 %, in 24 of 24 hours';
const REPLICA_BUSY = 'engine of the replica at 90 % CPU, above 80 %, in 24 of 24 hours';
const pressed = (count: number, value: number): readonly number[] => [...flat(24 - count, 50), ...flat(count, value)];
const FITS = 'hold: the cache was pressed in 0 of 24 hours, not in 6';
const clustered = { isClusterMode: true, shards: 3, nodeType: 'cache.r7g.large' };
const throttled = unseen({ code: 'unreadable', detail: 'throttled' });

describe('cache lever, after the cache became what it is', () => {
  const appliedAt = NOW - 23 * 3_600_000;
  const needed = { kind: 'tended', decisionId: 'any', tendedAt: NOW, lastNeededAt: appliedAt } as const;
  const change = (of: Partial<ChangeStatus>) => ({
    changes: { 'cache/sessions': aChange({ status: 'verified', lastApplied: { grow: appliedAt }, ...of }) },
  });
  const proposed = (proposes: ProposableChange) => ({ proposals: { any: { ...needed, proposes } } });
  const nodeType = (to: string, replicationGroup = 'sessions'): ProposableChange => ({
    ...{ kind: 'change-cache-node-type', replicationGroup },
    ...{ from: { nodeType: 'cache.t4g.micro' }, to: { nodeType: to } },
  });
  const shaped = (shards: number): ProposableChange => ({
    ...{ kind: 'set-cache-shape', replicationGroup: 'sessions' },
    ...{ from: { shards: 0, replicasPerShard: 1 }, to: { shards, replicasPerShard: 1 } },
  });
  const GROWN = nodes('t4g.small', 't4g.medium') + full(90);
  const LATELY = 'hold: changed at 2026-11-30 13:30 UTC, judged again after 1 day';

  // prettier-ignore
  it.each<{ when: string; over: Partial<FleetSnapshot>; then: string }>([
    { when: 'its nodes were changed 23 hours ago',   over: change({ changeKind: 'change-cache-node-type' }),                                            then: LATELY },
    { when: 'its shape was, 24 hours ago',           over: change({ changeKind: 'set-cache-shape', lastApplied: { grow: appliedAt - 3_600_000 } }),     then: GROWN },
    { when: 'the change has failed',                 over: change({ changeKind: 'set-cache-shape', status: 'failed' }),                                 then: GROWN },
    { when: 'its nodes were proposed, and are there', over: proposed(nodeType('cache.t4g.small')),                                                      then: LATELY },
    { when: 'its shape was proposed, and is there',  over: proposed(shaped(1)),                                                                         then: LATELY },
    { when: 'other nodes were proposed',             over: proposed(nodeType('cache.t4g.medium')),                                                      then: GROWN },
    { when: 'another shape was proposed',            over: proposed(shaped(2)),                                                                         then: GROWN },
    { when: 'the nodes of another cache are there',  over: proposed(nodeType('cache.t4g.small', 'pages')),                                              then: GROWN },
  ])('$when: $then', ({ over, then }) => {
    expect(saidOf('cache', { ...snapshotOf({ memory: 90 }), ...over }, aFleet())).toBe(then);
  });
});

describe('cache lever, memory', () => {
  // prettier-ignore
  it.each<{ when: string; see: Seen; then: string }>([
    { when: 'nothing is pressed',                    see: {},                                   then: FITS },
    { when: 'at exactly 80 %',                       see: { memory: 80 },                       then: FITS },
    { when: 'at 80.1 %',                             see: { memory: 80.1 },                     then: nodes('t4g.small', 't4g.medium') + full(80.1) },
    { when: '6 of 24 hours were above',              see: { memory: pressed(6, 90) },           then: nodes('t4g.small', 't4g.medium') + full(90, 6) },
    { when: '5 of 24 hours were',                    see: { memory: pressed(5, 90) },           then: 'hold: the cache was pressed in 5 of 24 hours, not in 6' },
    { when: 'above the burstable family',            see: { memory: 90, cache: { nodeType: 'cache.t4g.medium' } }, then: nodes('t4g.medium', 'm7g.large') + full(90) },
    { when: 'a general node: more memory for as many vCPUs', see: { memory: 90, cache: { nodeType: 'cache.m7g.large' } }, then: nodes('m7g.large', 'r7g.large') + full(90) },
    { when: 'a memory node: the next size',          see: { memory: 90, cache: { nodeType: 'cache.r7g.large' } }, then: nodes('r7g.large', 'r7g.xlarge') + full(90) },
    { when: 'the largest that is allowed',           see: { memory: 90, cache: { nodeType: 'cache.r7g.2xlarge' } }, then: 'hold: 1 shard of cache.r7g.2xlarge, no more is offered or allowed' },
    { when: 'a node type that is not known',         see: { memory: 90, cache: { nodeType: 'cache.r5.large' } }, then: 'hold: 1 shard of cache.r5.large, no more is offered or allowed' },
    { when: 'in cluster mode: 3 × 90 ÷ 60 = 4.5, so 5', see: { memory: 90, cache: clustered }, then: shape('3 shards with 1 replica', '5 shards with 1 replica') + full(90) },
    { when: 'in cluster mode, 3 × 81 ÷ 60 = 4.05',   see: { memory: 81, cache: clustered },     then: shape('3 shards with 1 replica', '5 shards with 1 replica') + full(81) },
    { when: 'in cluster mode, one shard at 81 %',    see: { memory: 81, cache: { ...clustered, shards: 1 } }, then: shape('1 shard with 1 replica', '2 shards with 1 replica') + full(81) },
    { when: 'in cluster mode, no more shards allowed', see: { memory: 90, cache: { ...clustered, shards: 15 } }, then: 'hold: 15 shards of cache.r7g.large, no more is offered or allowed' },
    { when: 'in cluster mode, fewer allowed than needed', see: { memory: 90, cache: { ...clustered, shards: 14 } }, then: shape('14 shards with 1 replica', '15 shards with 1 replica') + full(90) },
  ])('when $when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });
});

describe('cache lever, what would be wasted', () => {
  const evicting = { evictions: 5000 };

  // prettier-ignore
  it.each<{ when: string; see: Seen; then: string }>([
    { when: 'keys are pushed out and missed',              see: { ...evicting, hitPercent: 79 },          then: `${nodes('t4g.small', 't4g.medium')}5000 keys pushed out an hour in 24 of 24 hours, hit rate 79 %, below 80 %` },
    { when: 'keys are pushed out, and 80 % are found',     see: { ...evicting, hitPercent: 80 },          then: 'hold: 5000 keys pushed out an hour and 80 % hits: more memory would be wasted' },
    { when: 'the same in a full cache: that is its work',  see: { ...evicting, memory: 99 },              then: 'hold: 5000 keys pushed out an hour and 95 % hits: more memory would be wasted' },
    { when: '100 an hour are nothing',                     see: { evictions: 100, hitPercent: 70 },       then: 'hold: hit rate 70 %, below 80 %, at 50 % memory and without evictions: look at keys and lifetimes, more memory would be wasted' },
    { when: '5 hours of 24 are too few',                   see: { evictions: pressed(5, 5000).map((count) => (count === 50 ? 0 : count)), hitPercent: 70 }, then: FITS },
    { when: 'misses in a cache that has room',             see: { hitPercent: 55, memory: 34 },           then: 'hold: hit rate 55 %, below 80 %, at 34 % memory and without evictions: look at keys and lifetimes, more memory would be wasted' },
    { when: 'in cluster mode, missed',                     see: { ...evicting, hitPercent: 60, cache: clustered }, then: `${shape('3 shards with 1 replica', '4 shards with 1 replica')}5000 keys pushed out an hour in 24 of 24 hours, hit rate 60 %, below 80 %` },
    { when: 'full, pushed out and missed, in cluster mode', see: { ...evicting, memory: 100, hitPercent: 60, cache: clustered }, then: `${shape('3 shards with 1 replica', '5 shards with 1 replica')}5000 keys pushed out an hour in 24 of 24 hours, hit rate 60 %, below 80 %` },
  ])('when $when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });
});

describe('cache lever, engine CPU', () => {
  const reads = { primaryCpu: 90, readPercent: 91 };

  // prettier-ignore
  it.each<{ when: string; see: Seen; then: string }>([
    { when: 'a primary is at exactly 80 %',                see: { primaryCpu: 80 },                     then: FITS },
    { when: '5 hours of 24 are above',                     see: { primaryCpu: pressed(5, 90) },         then: 'hold: the cache was pressed in 5 of 24 hours, not in 6' },
    { when: 'a primary that mostly reads: a replica',      see: reads,                                  then: shape('1 shard with 1 replica', '1 shard with 2 replicas') + `${PRIMARY_BUSY}, 91 % of the commands read` },
    { when: 'exactly 70 % read',                           see: { ...reads, readPercent: 70 },          then: shape('1 shard with 1 replica', '1 shard with 2 replicas') + `${PRIMARY_BUSY}, 70 % of the commands read` },
    { when: '69 % read: the next node type, as fast an engine as there is', see: { ...reads, readPercent: 69 }, then: nodes('t4g.small', 't4g.medium') + `${PRIMARY_BUSY}, 69 % of the commands read` },
    { when: 'it writes, in cluster mode: a shard',         see: { primaryCpu: 90, readPercent: 20, cache: clustered }, then: shape('3 shards with 1 replica', '4 shards with 1 replica') + `${PRIMARY_BUSY}, 20 % of the commands read` },
    { when: 'a general node needs CPU, not memory',        see: { primaryCpu: 90, readPercent: 20, cache: { nodeType: 'cache.m7g.large' } }, then: nodes('m7g.large', 'm7g.xlarge') + `${PRIMARY_BUSY}, 20 % of the commands read` },
    { when: 'the replicas are busy',                       see: { replicaCpu: 90 },                     then: shape('1 shard with 1 replica', '1 shard with 2 replicas') + REPLICA_BUSY },
    { when: 'no more replicas are allowed: what the primary would get', see: { replicaCpu: 90, cache: { ...clustered, replicasPerShard: 3 } }, then: shape('3 shards with 3 replicas', '4 shards with 3 replicas') + REPLICA_BUSY },
    { when: 'there is no replica yet',                     see: { ...reads, cache: { replicasPerShard: 0 }, metrics: { 'cache/replica-cpu': throttled } }, then: shape('1 shard with 0 replicas', '1 shard with 1 replica') + `${PRIMARY_BUSY}, 91 % of the commands read` },
    { when: 'nobody knows what it does: not a replica',    see: { ...reads, metrics: { 'cache/sessions-001/reads': throttled } }, then: nodes('t4g.small', 't4g.medium') + PRIMARY_BUSY },
    { when: 'memory is short as well: memory first',       see: { ...reads, memory: 90 },               then: nodes('t4g.small', 't4g.medium') + full(90) },
  ])('when $when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });
});

describe('cache lever, not its business, or blind', () => {
  // prettier-ignore
  it.each<{ when: string; see: Seen; then: string }>([
    { when: 'Application Auto Scaling scales it',  see: { memory: 99, cache: { ...clustered, scaledBy: 'application-auto-scaling' } }, then: 'hold: Application Auto Scaling scales the cache, now 3 shards with 1 replica each' },
    { when: 'it does, and may add no shard',       see: { cache: { ...clustered, scaledBy: 'application-auto-scaling', scaledUpTo: { shards: 3 } } }, then: 'hold: Application Auto Scaling scales the cache, now 3 shards with 1 replica each: as many shards as its scalable target allows' },
    { when: 'it does, and may add no replica',     see: { cache: { ...clustered, scaledBy: 'application-auto-scaling', scaledUpTo: { shards: 4, replicasPerShard: 1 } } }, then: 'hold: Application Auto Scaling scales the cache, now 3 shards with 1 replica each: as many replicas as its scalable target allows' },
    { when: 'it does, and may add more',           see: { cache: { ...clustered, scaledBy: 'application-auto-scaling', scaledUpTo: { replicasPerShard: 2 } } }, then: 'hold: Application Auto Scaling scales the cache, now 3 shards with 1 replica each' },
    { when: 'it is being modified',                see: { memory: 99, cache: { status: 'modifying' } },          then: 'abstain: the cache is changing: modifying' },
    { when: 'it cannot be described',              see: { memory: 99, facts: throttled },                        then: 'abstain: cannot see the cache: throttled' },
    { when: 'memory of one node cannot be seen',   see: { metrics: { 'cache/sessions-002/memory': throttled } }, then: 'abstain: cannot see memory of the cache: throttled' },
    { when: '23 hours are known',                  see: { memory: flat(23, 90) },                                then: 'abstain: cannot see memory of the cache: 23 of 24 points' },
    { when: 'an hour is NaN',                      see: { memory: [...flat(23, 90), NaN] },                      then: 'abstain: cannot see memory of the cache: invalid value NaN' },
    { when: 'CPU of the primary cannot be seen',   see: { metrics: { 'cache/primary-cpu': throttled } },         then: 'abstain: cannot see engine CPU of the primaries: throttled' },
    { when: 'evictions cannot be seen: a full cache may be doing its work', see: { memory: 99, metrics: { 'cache/sessions-001/evictions': throttled } }, then: 'abstain: cannot see evictions: throttled' },
    { when: 'keys are pushed out and hits cannot be seen', see: { evictions: 5000, metrics: { 'cache/sessions-001/hits': throttled } }, then: 'abstain: cannot see hits and misses: throttled' },
    { when: 'memory is short and CPU cannot be seen', see: { memory: 90, metrics: { 'cache/primary-cpu': throttled } }, then: nodes('t4g.small', 't4g.medium') + full(90) },
  ])('when $when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });

  it('without a cache, or outside of the look at the infrastructure, it has nothing to say', () => {
    expect(proposalsOf('cache', snapshotOf({}, aFleetPolicy()), aFleetPolicy())).toEqual([]);
    expect(proposalsOf('cache', aSnapshot(aFleet()), aFleet())).toEqual([]);
  });
});

it('asks for the engine by role, and for every node that there is', () => {
  const infrastructure = { database: throttled, cache: seen(aCache(), NOW), tasks: {} };
  const asked = cache.needs({ services: {}, infrastructure }, aFleet(), NOW);
  expect(asked).toHaveLength(2 + 2 * 6);
  expect(asked).toContainEqual({
    slot: 'infrastructure',
    metric: 'cache/sessions-002/hits',
    query: {
      namespace: 'AWS/ElastiCache',
      metric: 'CacheHits',
      dimensions: { CacheClusterId: 'sessions-002' },
      statistic: 'Sum',
      periodSeconds: 3600,
      windowSeconds: 26 * 3600,
    },
  });
  expect(cache.needs({ services: {}, infrastructure: { ...infrastructure, cache: throttled } }, aFleet(), NOW)).toEqual(
    [],
  );
});

describe('whatever is seen', () => {
  const anyHours = fc.array(fc.integer({ min: 0, max: 110 }), { minLength: 24, maxLength: 24 });
  const anySeen: fc.Arbitrary<Seen> = fc.record({
    memory: anyHours,
    primaryCpu: anyHours,
    replicaCpu: fc.nat(100),
    evictions: fc.constantFrom(0, 100, 101, 1e6),
    hitPercent: fc.nat(100),
    readPercent: fc.nat(100),
    cache: fc.record({
      nodeType: fc.constantFrom('cache.t4g.micro', 'cache.m7g.large', 'cache.r7g.16xlarge', 'cache.r5.large'),
      isClusterMode: fc.boolean(),
      shards: fc.integer({ min: 1, max: 40 }),
      replicasPerShard: fc.integer({ min: 0, max: 5 }),
    }),
  });

  it('law: a cache only grows, to a shape that ElastiCache offers and within its limits', () => {
    fc.assert(
      fc.property(anySeen, (see) => {
        const { wanted, input, settings } = proposalsOf('cache', snapshotOf(see), aFleet())[0]!;
        const stored = JSON.parse(JSON.stringify({ input, settings })) as { input: never; settings: never };
        expect(evaluateCache(stored.input, stored.settings, NOW)).toEqual(wanted);
        if (wanted.kind !== 'act' || wanted.change.kind !== 'set-cache-shape') return;
        const { from, to } = wanted.change;
        expect(cacheShapeProblems(to)).toEqual([]);
        expect(to.shards).toBeLessThanOrEqual(15);
        expect(to.replicasPerShard).toBeLessThanOrEqual(Math.max(3, from.replicasPerShard));
        expect(to.shards - from.shards + (to.replicasPerShard - from.replicasPerShard)).toBeGreaterThan(0);
        expect(Math.min(to.shards - from.shards, to.replicasPerShard - from.replicasPerShard)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
