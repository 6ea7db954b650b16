import { describe, expect, it } from '@jest/globals';
import type { LeverName } from '../../shared/config/policy.ts';
import type { PoolerSnapshot } from '../../shared/domain/pooler.ts';
import { NOT_ASKED, seen, unseen } from '../../shared/domain/reading.ts';
import type { DatabaseLimits } from '../../shared/domain/snapshot.ts';
import type { EpochMs } from '../../shared/domain/units.ts';
import { diagnosisNeeds, needsOf } from '../../shared/evaluation/needs.ts';
import type { Lever } from '../../shared/levers/lever.ts';
import { POOLER_LEVERS } from '../../shared/levers/pooler-levers.ts';
import { raiseTo } from '../support/builders/acts.ts';
import { A_DATABASE, A_POOLER, aFleetPolicy, type FleetInput } from '../support/builders/policy.ts';
import { aPoolerSnapshot } from '../support/builders/pooler-world.ts';
import { at, minutesAgo, NOW } from '../support/builders/time.ts';
import { aServiceSnapshot, aSnapshot, calmDaysWithPeak, type ServiceWorld } from '../support/builders/world.ts';

const ask = (see: ServiceWorld, over: Partial<FleetInput> = {}, now: EpochMs = NOW): readonly string[] => {
  const policy = aFleetPolicy({ database: A_DATABASE, ...over });
  const { facts, scaling, forecast } = aServiceSnapshot(see, now);
  return needsOf({ services: { 'core-api': { facts, scaling, forecast } } }, policy, now).map(({ slot }) => slot);
};

const throttled = unseen({ code: 'unreadable', detail: 'throttled' });
const raised = { bounds: { min: 2, max: 20 } };
const OF_PINNED = ['cpu', 'wantedMoreThanMax'];

describe('what a look pays for', () => {
  // prettier-ignore
  it.each<{ when: string; see: ServiceWorld; now?: EpochMs; then: string[] }>([
    { when: 'the service is below its ceiling',         see: { desired: 9 },                                     then: [] },
    { when: 'it is at its ceiling',                     see: { desired: 10 },                                    then: OF_PINNED },
    { when: 'more is wanted than its ceiling',          see: { desired: 11 },                                    then: OF_PINNED },
    { when: 'its ceiling is raised',                    see: raised,                                             then: [] },
    { when: 'its ceiling is raised, at the full hour',  see: raised,          now: at('13:00'),                  then: ['runningTasks'] },
    { when: 'its ceiling is ordinary, at the full hour', see: {},             now: at('13:00'),                  then: [] },
    { when: 'it is at its raised ceiling, at the full hour', see: { ...raised, desired: 20 }, now: at('13:00'),  then: OF_PINNED },
    { when: 'the ECS service cannot be seen',           see: { desired: 10, readings: { facts: throttled } },    then: [] },
    { when: 'its scaling cannot be seen',               see: { desired: 10, readings: { scaling: throttled } },  then: [] },
    { when: 'it is not registered',                     see: { desired: 10, readings: { scaling: seen(null, NOW) } }, then: [] },
  ])('when $when: $then', ({ see, now = NOW, then }) => {
    expect(ask(see, {}, now)).toEqual(then);
  });

  it('nothing for a lever that is off', () => {
    expect(ask({ desired: 10 }, { levers: { ceiling: { mode: 'off' } } })).toEqual([]);
  });

  it('for a lever that observes as for one that applies: its word is to be believed', () => {
    expect(ask({ desired: 10 }, { levers: { ceiling: { mode: 'observe' } } })).toEqual(OF_PINNED);
  });

  it('without a database only the service', () => {
    const policy = aFleetPolicy();
    const { facts, scaling, forecast } = aServiceSnapshot({ desired: 10 });
    expect(needsOf({ services: { 'core-api': { facts, scaling, forecast } } }, policy, NOW)).toEqual([
      { slot: 'cpu', service: 'core-api', query: expect.objectContaining({ windowSeconds: 900 }) as unknown },
      { slot: 'wantedMoreThanMax', service: 'core-api', since: minutesAgo(5) },
    ]);
  });

  it('nothing for a service that was not read at all', () => {
    expect(needsOf({ services: {} }, aFleetPolicy(), NOW)).toEqual([]);
  });
});

const LIMITS: DatabaseLimits = { identifier: A_DATABASE.identifier, memoryGiB: 16, iops: 3_000, storageGiB: 250 };
const ALWAYS = ['CPUUtilization', 'DatabaseConnections'];
const EVERYTHING = [
  ...ALWAYS,
  'DBLoadRelativeToNumVCPUs',
  'FreeableMemory',
  'SwapUsage',
  'ReadIOPS',
  'WriteIOPS',
  'DiskQueueDepth',
  'FreeStorageSpace',
];
const pinned = { desired: 10, cpu: 84 };

describe('what the diagnosis pays for', () => {
  const asked = (
    see: ServiceWorld,
    { limits = LIMITS, ...over }: Partial<FleetInput> & { readonly limits?: DatabaseLimits | null } = {},
  ): readonly string[] => {
    const policy = aFleetPolicy({ database: A_DATABASE, ...over });
    const unseenYet = { cpu: NOT_ASKED, connections: NOT_ASKED, signs: {}, limits };
    const snapshot = aSnapshot(policy, { services: { 'core-api': see }, database: unseenYet });
    return diagnosisNeeds(snapshot, policy, NOW).map((need) => ('query' in need ? need.query.metric : need.slot));
  };
  // prettier-ignore
  it.each<{ when: string; see: ServiceWorld; over?: Partial<FleetInput> & { limits?: DatabaseLimits | null }; then: readonly string[] }>([
    { when: 'nothing is wanted',                          see: { desired: 9, cpu: 84 },                       then: [] },
    { when: 'a service stands at its ceiling, at ease',   see: { desired: 10, cpu: 60 },                      then: [] },
    { when: 'it stands at its hard limit',                see: { desired: 30, cpu: 84, bounds: { min: 2, max: 30 } }, then: [] },
    { when: 'it wants more than its ceiling',             see: pinned,                                        then: EVERYTHING },
    { when: 'its lever only observes',                    see: pinned, over: { levers: { ceiling: { mode: 'observe' } } }, then: EVERYTHING },
    { when: 'its lever is off',                           see: pinned, over: { levers: { ceiling: { mode: 'off' } } },     then: [] },
    { when: 'a ceiling is lowered',                       see: { desired: 2, bounds: { min: 2, max: 20 }, readings: { runningTasks: calmDaysWithPeak(3) } }, then: [] },
    { when: 'nobody has told what it has',                see: pinned, over: { limits: null },                then: [...ALWAYS, 'DBLoadRelativeToNumVCPUs'] },
    { when: 'it is Aurora: no IOPS, no storage',          see: pinned, over: { limits: { ...LIMITS, iops: null, storageGiB: null } }, then: [...ALWAYS, 'DBLoadRelativeToNumVCPUs', 'FreeableMemory', 'SwapUsage'] },
  ])('when $when: $then', ({ see, over = {}, then }) => {
    expect(asked(see, over)).toEqual(then);
  });

  describe('for wishes that last', () => {
    const raise = (lever: LeverName): Lever => ({
      ...{ name: lever, look: 'fleet', purpose: '', needs: () => [], replay: () => raiseTo(12) },
      propose: () => [{ lever, resource: '', service: null, input: {}, settings: {}, wanted: raiseTo(12) }],
    });
    const askedBy = (levers: readonly Lever[], mode: 'apply' | 'observe' | 'propose'): readonly string[] => {
      const policy = aFleetPolicy({ database: A_DATABASE, levers: { predictive: { mode } } });
      const unseenYet = { cpu: NOT_ASKED, connections: NOT_ASKED, signs: {}, limits: LIMITS };
      return diagnosisNeeds(aSnapshot(policy, { database: unseenYet }), policy, NOW, { look: 'fleet', levers }).map(
        (need) => ('query' in need ? need.query.metric : need.slot),
      );
    };

    it.each([
      { mode: 'apply', then: EVERYTHING },
      { mode: 'observe', then: ALWAYS },
      { mode: 'propose', then: ALWAYS },
    ] as const)('a floor by forecast, mode $mode: $then', ({ mode, then }) => {
      expect(askedBy([raise('predictive')], mode)).toEqual(then);
    });

    it('a floor that is only watched does not make a ceiling blind', () => {
      expect(askedBy([raise('predictive'), raise('ceiling')], 'observe')).toEqual(EVERYTHING);
    });

    it('nothing for a lever that brings the database no work', () => {
      expect(askedBy([raise('known-event'), raise('target-tracking')], 'apply')).toEqual([]);
    });
  });

  it('nothing without a database', () => {
    const policy = aFleetPolicy();
    expect(diagnosisNeeds(aSnapshot(policy, { services: { 'core-api': pinned } }), policy, NOW)).toEqual([]);
  });

  it('the newest minutes of the writer, with room for late points', () => {
    const policy = aFleetPolicy({ database: { ...A_DATABASE, kind: 'aurora-cluster' } });
    const unseenYet = { cpu: NOT_ASKED, connections: NOT_ASKED, signs: {}, limits: LIMITS };
    const snapshot = aSnapshot(policy, { services: { 'core-api': pinned }, database: unseenYet });
    for (const need of diagnosisNeeds(snapshot, policy, NOW)) {
      expect(need).toMatchObject({
        query: {
          dimensions: { DBClusterIdentifier: A_DATABASE.identifier, Role: 'WRITER' },
          periodSeconds: 60,
          windowSeconds: 600,
        },
      });
    }
  });
});

describe('a probe', () => {
  const asked = (pooler: PoolerSnapshot, over: Partial<FleetInput> = {}): readonly string[] => {
    const of = aFleetPolicy({ database: A_DATABASE, pooler: A_POOLER, ...over });
    const unseenYet = { cpu: NOT_ASKED, connections: NOT_ASKED, signs: {}, limits: LIMITS };
    const snapshot = { ...aSnapshot(of, { database: unseenYet }), pooler };
    return diagnosisNeeds(snapshot, of, NOW, POOLER_LEVERS).map((need) =>
      'query' in need ? need.query.metric : need.slot,
    );
  };
  const waits = { waiting: [35, 36, 34], active: 25, transactions: 400, waitSeconds: 70, transactionSeconds: 50 };

  it('pays nothing for the database while nobody waits', () => {
    expect(asked(aPoolerSnapshot([{}, {}]))).toEqual([]);
  });

  it('sees whether the database has room as soon as clients wait', () => {
    expect(asked(aPoolerSnapshot([waits, waits]))).toEqual(EVERYTHING);
    expect(asked(aPoolerSnapshot([waits, waits]), { levers: { 'pool-size': { whenBlind: 'allow-growth' } } })).toEqual(
      EVERYTHING,
    );
  });
});
