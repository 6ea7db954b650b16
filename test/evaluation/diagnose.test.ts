import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LeverName } from '../../shared/config/policy.ts';
import type { DatabaseBottleneck } from '../../shared/domain/bottleneck.ts';
import { abstain, type Decision, hold } from '../../shared/domain/decision.ts';
import { explainBottleneck } from '../../shared/domain/explain-bottleneck.ts';
import { NOT_ASKED, type Reading, seen, type Series, type Unseen, unseen } from '../../shared/domain/reading.ts';
import type { DatabaseSign, DatabaseSnapshot } from '../../shared/domain/snapshot.ts';
import { diagnose, ofDatabase } from '../../shared/evaluation/diagnose.ts';
import type { Proposal } from '../../shared/levers/lever.ts';
import { raiseTo } from '../support/builders/acts.ts';
import { A_DATABASE, aFleetPolicy } from '../support/builders/policy.ts';
import { REASONS } from '../support/builders/reasons.ts';
import { NOW, secondsAgo } from '../support/builders/time.ts';
import { aDatabaseSnapshot, aSeries, aSnapshot } from '../support/builders/world.ts';

const policy = aFleetPolicy({ database: A_DATABASE });

const values = (...points: number[]): Reading<Series> => seen(aSeries(points), NOW);
const five = (value: number): Reading<Series> => values(value, value, value, value, value);
const throttled = unseen({ code: 'unreadable', detail: 'throttled' });
const noData = unseen({ code: 'no-data' });
const GIB = 1024 ** 3;

/** db.m6g.xlarge with 250 GiB of gp3, at ease. */
const healthy: DatabaseSnapshot = {
  ...aDatabaseSnapshot(),
  limits: { identifier: A_DATABASE.identifier, memoryGiB: 16, iops: 3_000, storageGiB: 250 },
  signs: {
    load: five(0.4),
    freeMemory: five(6 * GIB),
    swap: five(0),
    reads: five(300),
    writes: five(100),
    queueDepth: five(0.5),
    freeStorage: five(150 * GIB),
  },
};

interface Case {
  readonly when: string;
  readonly see?: Partial<Pick<DatabaseSnapshot, 'cpu' | 'connections' | 'limits'>>;
  readonly signs?: Partial<Record<DatabaseSign, Reading<Series>>>;
  readonly then: readonly DatabaseBottleneck[];
}

const diagnosisOf = ({ see = {}, signs = {} }: Omit<Case, 'when' | 'then'>, of = policy) =>
  diagnose(aSnapshot(of, { database: { ...healthy, ...see, signs: { ...healthy.signs, ...signs } } }), [], of, NOW);

const CPU = { kind: 'database-cpu', is: 90, limit: 70 } as const;

/**
 * 200 connections, 16 GiB, 3,000 IOPS, 250 GiB; 5 of 5 minutes above 70 % CPU, 160 connections, 2 sessions a vCPU, 2,700 IOPS
 * with 10 requests outstanding or 256 MiB of swap, or below 0.8 GiB of memory or 12.5 GiB of storage.
 */
describe('the bottleneck in the database', () => {
  // prettier-ignore
  it.each<Case>([
    { when: 'all is well', then: [] },
    { when: 'CPU is at its limit',                   see: { cpu: five(70) },                        then: [] },
    { when: 'CPU is above it',                       see: { cpu: five(71) },                        then: [{ kind: 'database-cpu', is: 71, limit: 70 }] },
    { when: 'CPU is above it in 4 of 5 minutes',     see: { cpu: values(71, 71, 70, 71, 71) },      then: [] },
    { when: 'connections are at their limit',        see: { connections: five(160) },               then: [] },
    { when: 'connections are above it',              see: { connections: five(161) },               then: [{ kind: 'database-connections', is: 161, limit: 160 }] },
    { when: 'connections are above it in 4 of 5',    see: { connections: values(161, 160, 161, 161, 161) }, then: [] },
    { when: 'sessions are at their limit',           signs: { load: five(2) },                      then: [] },
    { when: 'sessions are above it',                 signs: { load: five(2.1) },                    then: [{ kind: 'database-load', is: 2.1, limit: 2 }] },
    { when: 'sessions are above it in 4 of 5',       signs: { load: values(3, 3, 3, 2, 3) },        then: [] },
    { when: 'free memory is at its limit',           signs: { freeMemory: five(0.8 * GIB) },        then: [] },
    { when: 'free memory is below it',               signs: { freeMemory: five(0.5 * GIB) },        then: [{ kind: 'database-memory', is: 0.5, limit: 0.8 }] },
    { when: 'free memory is below it in 4 of 5',     signs: { freeMemory: values(0, 0, 0, 6 * GIB, 0) }, then: [] },
    { when: 'swap is at its limit, memory tight',    signs: { swap: five(GIB / 4), freeMemory: five(1.5 * GIB) }, then: [] },
    { when: 'swap is above it, memory tight',        signs: { swap: five(GIB / 2), freeMemory: five(1.5 * GIB) }, then: [{ kind: 'database-swap', is: 0.5, limit: 0.25 }] },
    { when: 'swap is above it, memory just not tight', signs: { swap: five(GIB / 2), freeMemory: five(1.6 * GIB) }, then: [] },
    { when: 'IOPS are at their limit and queue',     signs: { reads: five(2_000), writes: five(700), queueDepth: five(40) }, then: [] },
    { when: 'IOPS are above it and queue',           signs: { reads: five(2_000), writes: five(900), queueDepth: five(40) }, then: [{ kind: 'database-io', is: 2_900, limit: 2_700, queueDepth: 40 }] },
    { when: 'IOPS are above it, the queue at its limit', signs: { reads: five(2_900), queueDepth: five(10) }, then: [] },
    { when: 'a queue without IOPS',                  signs: { queueDepth: five(40) },               then: [] },
    { when: 'IOPS are above it and queue in 4 of 5', signs: { reads: five(2_900), queueDepth: values(40, 40, 1, 40, 40) }, then: [] },
    { when: 'free storage is at its limit',          signs: { freeStorage: five(12.5 * GIB) },      then: [] },
    { when: 'free storage is below it',              signs: { freeStorage: five(12 * GIB) },        then: [{ kind: 'database-storage', is: 12, limit: 12.5 }] },
    { when: 'a point is NaN',                        see: { cpu: values(90, NaN, 90, 90, 90) },     then: [] },
    { when: 'the newest minute ended 300 s ago',     see: { cpu: seen(aSeries([90, 90, 90, 90, 90], secondsAgo(240)), NOW) }, then: [CPU] },
    { when: 'the newest minute ended 301 s ago',     see: { cpu: seen(aSeries([90, 90, 90, 90, 90], secondsAgo(241)), NOW) }, then: [] },
  ])('when $when', ({ then, ...world }) => {
    expect(diagnosisOf(world).bottlenecks).toEqual(then);
  });

  it('several of them: causes before their effects', () => {
    const all = diagnosisOf({
      see: { cpu: five(90), connections: five(190) },
      signs: {
        load: five(3),
        freeMemory: five(0.4 * GIB),
        swap: five(2 * GIB),
        reads: five(2_900),
        queueDepth: five(40),
        freeStorage: five(GIB),
      },
    });
    expect(all.bottlenecks.map(explainBottleneckOf)).toEqual([
      'storage of the database: 1 GiB free, less than 12.5',
      'memory of the database: 0.4 GiB free, less than 0.8',
      'memory of the database: 2 GiB swapped, more than 0.3',
      'CPU of the database: 90 % of 70',
      'I/O of the database: 3000 IOPS of 2700, 40 requests queue',
      'load of the database: 3 active sessions for each vCPU of 2',
      'number of database connections: 190 connections of 160',
    ]);
    expect(ofDatabase(all)).toEqual(all.bottlenecks);
  });

  it('there is none without a database', () => {
    const none = { bottlenecks: [], unknown: [] };
    expect(diagnose(aSnapshot(aFleetPolicy()), [], aFleetPolicy(), NOW)).toEqual(none);
    expect(diagnose({ ...aSnapshot(policy), database: null }, [], policy, NOW)).toEqual(none);
  });

  it('its limits are settings', () => {
    const strict = aFleetPolicy({
      database: {
        ...A_DATABASE,
        cpuHighPercent: 30,
        connectionsHighPercent: 25,
        loadHighPerVcpu: 0.3,
        freeMemoryLowPercent: 50,
        swapHighMiB: 1,
        iopsHighPercent: 10,
        queueDepthHigh: 0.4,
        freeStorageLowPercent: 50,
        sustained: { datapoints: 1, of: 2 },
      },
    });
    const world = {
      see: { cpu: values(20, 40), connections: values(51, 51) },
      signs: { swap: five(GIB), freeStorage: five(124 * GIB) },
    };
    expect(diagnosisOf(world, strict).bottlenecks).toEqual([
      { kind: 'database-storage', is: 124, limit: 125 },
      { kind: 'database-memory', is: 6, limit: 8 },
      { kind: 'database-swap', is: 1, limit: 1 / 1024 },
      { kind: 'database-cpu', is: 40, limit: 30 },
      { kind: 'database-io', is: 400, limit: 300, queueDepth: 0.5 },
      { kind: 'database-load', is: 0.4, limit: 0.3 },
      { kind: 'database-connections', is: 51, limit: 50 },
    ]);
  });
});

/** Ways to see less. */
const DARK: readonly ((database: DatabaseSnapshot, why: Unseen) => DatabaseSnapshot)[] = [
  (database, cpu) => ({ ...database, cpu }),
  (database, connections) => ({ ...database, connections }),
  (database) => ({ ...database, limits: null }),
  (database) => ({ ...database, signs: {} }),
  ...Object.keys(healthy.signs).map((name) => (database: DatabaseSnapshot, why: Unseen) => ({
    ...database,
    signs: { ...database.signs, [name]: why },
  })),
];

function explainBottleneckOf(bottleneck: ReturnType<typeof diagnose>['bottlenecks'][number]): string {
  return 'is' in bottleneck ? explainBottleneck(bottleneck) : bottleneck.kind;
}

describe('what cannot be judged', () => {
  const busy = { cpu: five(90) };

  // prettier-ignore
  it.each<Omit<Case, 'then'> & { then: readonly string[]; found?: readonly DatabaseBottleneck[] }>([
    { when: 'all is seen',                                  then: [] },
    { when: 'CPU is not',                                   see: { cpu: throttled },                            then: ['database-cpu unreadable'] },
    { when: 'a point is missing',                           see: { cpu: values(90, 90, 90, 90) },               then: ['database-cpu incomplete'] },
    { when: 'connections are not, and CPU is above',        see: { ...busy, connections: throttled },           then: ['database-connections unreadable'], found: [CPU] },
    { when: 'Database Insights is off',                     signs: { load: noData },                            then: ['database-load no-data'] },
    { when: 'free memory is not: nor whether it swaps',     signs: { freeMemory: throttled, swap: five(GIB) },  then: ['database-memory unreadable', 'database-swap unreadable'] },
    { when: 'swap is not, and memory is not tight',         signs: { swap: throttled },                         then: [] },
    { when: 'swap is not, and memory is tight',             signs: { swap: throttled, freeMemory: five(GIB) },  then: ['database-swap unreadable'] },
    { when: 'the queue is not, and IOPS are few',           signs: { queueDepth: throttled },                   then: [] },
    { when: 'the queue is not, and IOPS are many',          signs: { queueDepth: throttled, reads: five(2_900) }, then: ['database-io unreadable'] },
    { when: 'writes are not, and nothing queues',           signs: { writes: throttled },                       then: [] },
    { when: 'writes are not, and requests queue',           signs: { writes: throttled, queueDepth: five(40) }, then: ['database-io unreadable'] },
    { when: 'free storage is not',                          signs: { freeStorage: throttled },                  then: ['database-storage unreadable'] },
    { when: 'nobody has told yet what it has',              see: { limits: null },                              then: ['database-storage not-asked', 'database-memory not-asked', 'database-io not-asked'] },
  ])('$when', ({ then, found = [], ...world }) => {
    const { bottlenecks, unknown } = diagnosisOf(world);
    expect(unknown.map(({ kind, because }) => `${kind} ${because.code}`)).toEqual(then);
    expect(bottlenecks).toEqual(found);
  });

  it('what Aurora does not have bounds nothing', () => {
    const limits = { identifier: A_DATABASE.identifier, memoryGiB: null, iops: null, storageGiB: null };
    const signs = { freeMemory: NOT_ASKED, freeStorage: NOT_ASKED, reads: NOT_ASKED };
    expect(diagnosisOf({ see: { limits }, signs })).toEqual({ bottlenecks: [], unknown: [] });
  });
});

describe('a database of which less is seen', () => {
  const anyMinutes = (...levels: readonly number[]): fc.Arbitrary<Reading<Series>> =>
    fc.array(fc.constantFrom(...levels), { minLength: 4, maxLength: 6 }).map((points) => values(...points));
  const anyDatabase: fc.Arbitrary<DatabaseSnapshot> = fc.record({
    cpu: anyMinutes(40, 90, 90, 90),
    connections: anyMinutes(60, 170, 170, 170),
    limits: fc.constantFrom(healthy.limits, null),
    signs: fc.record({
      load: anyMinutes(0.4, 3, 3, 3),
      freeMemory: anyMinutes(6 * GIB, GIB, 0.1 * GIB, 0.1 * GIB),
      swap: anyMinutes(0, GIB, GIB, GIB),
      reads: anyMinutes(300, 2_900, 2_900, 2_900),
      writes: anyMinutes(100, 2_900, 2_900, 2_900),
      queueDepth: anyMinutes(0.5, 40, 40, 40),
      freeStorage: anyMinutes(150 * GIB, GIB, GIB, GIB),
    }),
  });
  const namedIn = (database: DatabaseSnapshot) =>
    diagnose(aSnapshot(policy, { database }), [], policy, NOW).bottlenecks;

  it('law: has no bottleneck that it did not have before, so that nothing is held back for want of sight', () => {
    fc.assert(
      fc.property(
        anyDatabase,
        fc.constantFrom(...DARK),
        fc.constantFrom(throttled, noData, NOT_ASKED),
        (full, dim, why) => {
          const before = namedIn(full);
          for (const one of namedIn(dim(full, why))) expect(before).toContainEqual(one);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('law: a bottleneck is named or unknown or none, and never two of them', () => {
    fc.assert(
      fc.property(anyDatabase, (database) => {
        const { bottlenecks, unknown } = diagnose(aSnapshot(policy, { database }), [], policy, NOW);
        const kinds = [...bottlenecks, ...unknown].map(({ kind }) => kind);
        expect(kinds).toEqual([...new Set(kinds)]);
      }),
    );
  });
});

describe('the bottleneck in front of the database', () => {
  const wish = (lever: LeverName, wanted: Decision): Proposal => ({
    ...{ lever, resource: `of ${lever}`, service: null, input: {}, settings: {} },
    wanted,
  });
  const grows = (lever: LeverName, because: (typeof REASONS)['pinned-at-max' | 'clients-wait' | 'cache-evicts']) =>
    wish(lever, { ...raiseTo(12), because: [because] });
  const named = (...proposals: readonly Proposal[]) =>
    diagnose(aSnapshot(policy), proposals, policy, NOW).bottlenecks.map((one) =>
      'is' in one ? one.kind : `${one.kind} ${one.resource}: ${one.because.code}`,
    );

  it.each([
    { code: 'pinned-at-max', then: 'tasks of ceiling: pinned-at-max' },
    { code: 'scaled-to-max', then: 'tasks of ceiling: scaled-to-max' },
    { code: 'pods-pinned-at-max', then: 'tasks of ceiling: pods-pinned-at-max' },
    { code: 'requests-cost-cpu', then: 'request-cost of ceiling: requests-cost-cpu' },
    { code: 'slow-and-cpu-bound', then: 'request-cost of ceiling: slow-and-cpu-bound' },
    { code: 'clients-wait', then: 'pool of ceiling: clients-wait' },
    { code: 'clients-near-limit', then: 'pool of ceiling: clients-near-limit' },
    { code: 'cache-evicts', then: 'cache of ceiling: cache-evicts' },
    { code: 'cache-memory-short', then: 'cache of ceiling: cache-memory-short' },
    { code: 'cache-engine-busy', then: 'cache of ceiling: cache-engine-busy' },
  ] as const)('$code', ({ code, then }) => {
    expect(named(wish('ceiling', { ...raiseTo(12), because: [REASONS[code]] }))).toEqual([then]);
  });

  it.each([
    { code: 'at-hard-limit', then: ['tasks of ceiling: at-hard-limit'] },
    { code: 'pods-at-hard-limit', then: ['tasks of ceiling: pods-at-hard-limit'] },
    { code: 'no-connections-left', then: ['pool of ceiling: no-connections-left'] },
    { code: 'pool-has-own-size', then: ['pool of ceiling: pool-has-own-size'] },
    { code: 'no-larger-cache', then: ['cache of ceiling: no-larger-cache'] },
    { code: 'below-max', then: [] },
    { code: 'nobody-waits', then: [] },
    { code: 'not-sustained', then: [] },
  ] as const)('one that its lever cannot ease is named, too: $code', ({ code, then }) => {
    expect(named(wish('ceiling', hold(REASONS[code])))).toEqual(then);
  });

  it('a lever that is blind or takes away names none', () => {
    expect(named(wish('ceiling', abstain(REASONS.blind)))).toEqual([]);
    expect(named(wish('ceiling', { ...raiseTo(8), direction: 'shrink', because: [REASONS.calm] }))).toEqual([]);
  });

  it('several: the cache, whose misses the pools wait for, then pools, then tasks, behind the database', () => {
    const busy = aSnapshot(policy, { database: aDatabaseSnapshot({ cpu: 90 }) });
    const wishes = [
      grows('ceiling', REASONS['pinned-at-max']),
      grows('pool-size', REASONS['clients-wait']),
      grows('cache', REASONS['cache-evicts']),
    ];
    const { bottlenecks } = diagnose(busy, wishes, policy, NOW);
    expect(bottlenecks.map(({ kind }) => kind)).toEqual(['database-cpu', 'cache', 'pool', 'tasks']);
    expect(ofDatabase({ bottlenecks, unknown: [] }).map(({ kind }) => kind)).toEqual(['database-cpu']);
  });
});
