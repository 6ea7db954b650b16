import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { leastCeilingGiB, leastLargerGiB } from '../../shared/capacity/database-storage.ts';
import type { DatabaseFacts, DatabaseStorageFacts, StorageOffer } from '../../shared/domain/infrastructure.ts';
import { type Reading, seen, type Series, unseen } from '../../shared/domain/reading.ts';
import { evaluateStorage, storage } from '../../shared/levers/storage.ts';
import {
  aDatabase,
  anInfrastructure,
  days,
  flat,
  hours,
  proposalsOf,
  saidOf,
} from '../support/builders/infrastructure.ts';
import { A_DATABASE, aFleetPolicy, type FleetInput } from '../support/builders/policy.ts';
import { at, NOW } from '../support/builders/time.ts';
import { aSnapshot } from '../support/builders/world.ts';

type StorageInput = NonNullable<NonNullable<FleetInput['levers']>['storage']>;

const aFleet = (lever: StorageInput = {}, database: Partial<NonNullable<FleetInput['database']>> = {}) =>
  aFleetPolicy({ database: { ...A_DATABASE, ...database }, levers: { storage: { mode: 'propose', ...lever } } });

const GIB = 1024 ** 3;
const gib = (values: readonly number[]): readonly number[] => values.map((value) => value * GIB);

interface Seen {
  readonly storage?: Partial<DatabaseStorageFacts>;
  readonly status?: string;
  readonly free?: number;
  /** GiB a day over 28 days. */
  readonly growth?: number;
  /** Free GiB of the newest hours, in place of `free` for all of them. */
  readonly freeHours?: readonly number[];
  readonly metrics?: Readonly<Record<string, Reading<Series>>>;
  readonly facts?: Reading<DatabaseFacts>;
}

/** 50 GiB of gp3 that may grow to 200, with 30 free and an eighth more used a day. */
const snapshotOf = (see: Seen, policy = aFleet()) => {
  const { free = 30, growth = 0.125, status = 'available' } = see;
  const facts = aDatabase({ status, storage: { ...aDatabase().storage!, ...see.storage } });
  const history = Array.from({ length: 28 }, (_, day) => free + (27 - day) * growth);
  return aSnapshot(policy, {
    infrastructure: anInfrastructure({
      database: see.facts ?? seen(facts, NOW),
      metrics: {
        'database/free-storage-daily': days(gib(history)),
        'database/free-storage': hours(gib(see.freeHours ?? flat(25, free))),
        ...see.metrics,
      },
    }),
  });
};

const said = (see: Seen, policy = aFleet()): string => saidOf('storage', snapshotOf(see, policy), policy);

const ceiling = (from: string, to: number): string => `storage ceiling of production: ${from} → ${to} GiB: `;
const allocated = (from: string, to: string): string => `storage of production: ${from} GiB → ${to} GiB`;
const throttled = unseen({ code: 'unreadable', detail: 'throttled' });
const offered = (over: Partial<StorageOffer>) =>
  seen<StorageOffer>(
    {
      allocatedGiB: [{ from: 20, to: 65_536 }],
      ...{ iops: [], iopsPerGiB: [], throughputMibps: [], mibpsPerIops: [] },
      autoscales: true,
      ...over,
    },
    NOW,
  );

describe('storage lever, with storage autoscaling', () => {
  // prettier-ignore
  it.each<{ when: string; see: Seen; then: string }>([
    { when: 'the ceiling is far',                    see: {},                                          then: 'hold: 30 GiB free, 0.1 GiB more a day, enough for 1280 days' },
    { when: 'nothing grows',                         see: { growth: 0 },                               then: 'hold: 30 GiB free, nothing grows' },
    { when: 'the worked example: 26 days to a ceiling of 60', see: { free: 9, growth: 0.5, storage: { maxAllocatedGiB: 60 } }, then: `${ceiling('60 GiB', 150)}9 GiB free, 0.5 GiB more a day: at the ceiling of 60 GiB in 26 days` },
    { when: 'exactly 60 days are left',              see: { free: 36, growth: 0.5, storage: { maxAllocatedGiB: 60, allocatedGiB: 60 } }, then: 'hold: 36 GiB free, 0.5 GiB more a day, enough for 60 days' },
    { when: 'a little less',                         see: { free: 35.5, growth: 0.5, storage: { maxAllocatedGiB: 60, allocatedGiB: 60 } }, then: `${ceiling('60 GiB', 130)}35.5 GiB free, 0.5 GiB more a day: at the ceiling of 60 GiB in 59 days` },
    { when: 'a tenth is free, nothing grows and there is room for a step', see: { free: 5, growth: 0, storage: { maxAllocatedGiB: 60 } }, then: 'hold: 5 GiB free, nothing grows' },
    { when: 'the ceiling leaves no room for a step of 10 GiB', see: { free: 5, growth: 0, storage: { maxAllocatedGiB: 59 } }, then: `${ceiling('59 GiB', 70)}5 GiB free, 0 GiB more a day: full at 50 GiB in 0 days: the next step of storage autoscaling would exceed its ceiling` },
    { when: 'nor for one of a tenth',                see: { free: 32, growth: 0.5, storage: { allocatedGiB: 300, maxAllocatedGiB: 329 } }, then: `${ceiling('329 GiB', 400)}32 GiB free, 0.5 GiB more a day: full at 300 GiB in 4 days: the next step of storage autoscaling would exceed its ceiling` },
    { when: 'it was enlarged within the newest hour: what was free is of the smaller one', see: { free: 2, growth: 0.5, storage: { allocatedGiB: 200, modifiedAt: [at('11:00')] } }, then: 'abstain: cannot see free storage since it was modified: no data' },
    { when: 'before the newest hour',                see: { free: 100, growth: 0.125, storage: { allocatedGiB: 200, maxAllocatedGiB: 400, modifiedAt: [at('10:59:59')] } }, then: 'hold: 100 GiB free, 0.1 GiB more a day, enough for 2080 days' },
    { when: 'grown to the ceiling and a tenth is free', see: { free: 5, growth: 0, storage: { maxAllocatedGiB: 50 } }, then: `${ceiling('50 GiB', 70)}5 GiB free, 0 GiB more a day: at the ceiling of 50 GiB in 0 days` },
    { when: 'full: the ceiling can be raised all the same', see: { free: 0, growth: 2, status: 'storage-full', storage: { maxAllocatedGiB: 50 } }, then: `${ceiling('50 GiB', 460)}0 GiB free, 2 GiB more a day: at the ceiling of 50 GiB in 0 days` },
    { when: 'the hard limit allows less than is needed', see: { free: 100, growth: 100, storage: { allocatedGiB: 2000, maxAllocatedGiB: 3000 } }, then: `${ceiling('3000 GiB', 4096)}100 GiB free, 100 GiB more a day: at the ceiling of 3000 GiB in 8 days` },
    { when: 'at the hard limit',                     see: { free: 100, growth: 100, storage: { allocatedGiB: 4000, maxAllocatedGiB: 4096 } }, then: 'hold: at the hard limit of 4096 GiB, needs 24340' },
  ])('when $when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });
});

describe('storage lever, without storage autoscaling', () => {
  const off = (over: Partial<DatabaseStorageFacts> = {}) => ({ maxAllocatedGiB: null, ...over });

  // prettier-ignore
  it.each<{ when: string; see: Seen; then: string }>([
    { when: 'there is time: autoscaling is switched on',  see: { free: 20, growth: 0.5, storage: off() },           then: `${ceiling('none', 140)}20 GiB free, 0.5 GiB more a day: full at 50 GiB in 30 days` },
    { when: 'exactly 7 days are left',                    see: { free: 8.5, growth: 0.5, storage: off() },          then: `${ceiling('none', 150)}8.5 GiB free, 0.5 GiB more a day: full at 50 GiB in 7 days` },
    { when: 'fewer: the storage itself',                  see: { free: 8, growth: 0.5, storage: off() },            then: `${allocated('50', '150')}: 8 GiB free, 0.5 GiB more a day: full at 50 GiB in 6 days` },
    { when: 'the least step is a tenth',                  see: { free: 30, growth: 0, storage: off({ allocatedGiB: 310 }) }, then: `${allocated('310', '341')}: 30 GiB free, 0 GiB more a day: full at 310 GiB in 0 days` },
    { when: 'at 349 GiB the step of gp3 is not near',     see: { free: 31, growth: 0, storage: off({ allocatedGiB: 317 }) }, then: `${allocated('317', '349')}: 31 GiB free, 0 GiB more a day: full at 317 GiB in 0 days` },
    { when: 'at 350 GiB it is: 400, and four times the IOPS', see: { free: 31, growth: 0, storage: off({ allocatedGiB: 318 }) }, then: `${allocated('318', '400')}: 31 GiB free, 0 GiB more a day: full at 318 GiB in 0 days; from 400 GiB on gp3 has 12000 IOPS and 500 MiB/s at no further charge` },
    { when: 'other storage has no such step',             see: { free: 31, growth: 0, storage: off({ allocatedGiB: 318, type: 'gp2' }) }, then: `${allocated('318', '350')}: 31 GiB free, 0 GiB more a day: full at 318 GiB in 0 days` },
    { when: 'it is being optimised',                      see: { free: 2, growth: 0.5, status: 'storage-optimization', storage: off() }, then: 'hold: the storage is still being optimised after the last change' },
    { when: 'enlarged three times today',                 see: { freeHours: [2, 12, 2, 12, 2, 12, 2], growth: 0.5, storage: off() }, then: `${allocated('50', '160')}: 2 GiB free, 0.5 GiB more a day: full at 50 GiB in 0 days` },
    { when: 'enlarged four times today',                  see: { freeHours: [2, 12, 2, 12, 2, 12, 2, 12, 2], growth: 0.5, storage: off() }, then: 'hold: AWS allows four changes of storage in 24 hours, the next at 2026-12-02 04:00 UTC' },
    { when: 'enlarged twice today, and its IOPS changed twice, which shows in no free storage', see: { freeHours: [2, 12, 2, 12, 2], growth: 0.5, storage: off({ modifiedAt: [at('14:00', -1), at('02:00')] }) }, then: 'hold: AWS allows four changes of storage in 24 hours, the next at 2026-12-01 14:00 UTC' },
    { when: 'AWS takes it',                               see: { free: 8, growth: 0.5, storage: off({ offer: offered({}) }) }, then: `${allocated('50', '150')}: 8 GiB free, 0.5 GiB more a day: full at 50 GiB in 6 days` },
    { when: 'AWS takes less',                             see: { free: 8, growth: 0.5, storage: off({ offer: offered({ allocatedGiB: [{ from: 50, to: 50 }, { from: 55, to: 149 }] }) }) }, then: `hold: AWS takes 50 or 55–149 GiB for this instance, not 150; otherwise ${allocated('50', '150')}: 8 GiB free, 0.5 GiB more a day: full at 50 GiB in 6 days` },
    { when: 'AWS offers no autoscaling for it',           see: { free: 20, growth: 0.5, storage: off({ offer: offered({ autoscales: false }) }) }, then: `hold: AWS offers no storage autoscaling for this instance; otherwise ${ceiling('none', 140)}20 GiB free, 0.5 GiB more a day: full at 50 GiB in 30 days` },
    { when: 'AWS was asked and does not say',             see: { free: 8, growth: 0.5, storage: off({ offer: throttled }) }, then: 'abstain: cannot see what the storage may become: throttled' },
    { when: 'AWS tells the baseline as if it were provisioned', see: { free: 31, growth: 0, storage: off({ allocatedGiB: 318, iops: 3000, throughputMibps: 125 }) }, then: `${allocated('318', '400')}: 31 GiB free, 0 GiB more a day: full at 318 GiB in 0 days; from 400 GiB on gp3 has 12000 IOPS and 500 MiB/s at no further charge` },
    { when: 'at the hard limit',                          see: { free: 100, growth: 0, storage: off({ allocatedGiB: 4096 }) }, then: 'hold: at the hard limit of 4096 GiB, needs 4440' },
  ])('when $when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });
});

describe('storage lever, blind', () => {
  const short = { free: 2, growth: 2 };

  // prettier-ignore
  it.each<{ when: string; see: Seen; then: string }>([
    { when: 'the database cannot be seen',      see: { ...short, facts: throttled },                                        then: 'abstain: cannot see the database: throttled' },
    { when: 'it shows no storage',              see: { ...short, facts: seen(aDatabase({ storage: null }), NOW) },              then: 'abstain: cannot see its storage: no data' },
    { when: 'it is being modified',             see: { ...short, status: 'modifying' },                                     then: 'abstain: the database is changing: modifying' },
    { when: 'free storage cannot be seen',      see: { ...short, metrics: { 'database/free-storage': throttled } },         then: 'abstain: cannot see free storage: throttled' },
    { when: 'growth cannot be seen',            see: { ...short, metrics: { 'database/free-storage-daily': throttled } },   then: 'abstain: cannot see growth of storage: throttled' },
    { when: 'six days are known',               see: { ...short, metrics: { 'database/free-storage-daily': days(gib(flat(6, 2))) } }, then: 'abstain: cannot see growth of storage: 6 of 7 points' },
    { when: 'seven days are',                   see: { free: 2, storage: { maxAllocatedGiB: 50 }, metrics: { 'database/free-storage-daily': days(gib(flat(7, 2))) } }, then: `${ceiling('50 GiB', 70)}2 GiB free, 0 GiB more a day: at the ceiling of 50 GiB in 0 days` },
    { when: 'free storage is NaN',              see: { ...short, freeHours: [NaN] },                                        then: 'abstain: cannot see free storage: invalid value NaN' },
    { when: 'free storage is negative',         see: { ...short, freeHours: [-1] },                                         then: `abstain: cannot see free storage: invalid value ${-GIB}` },
  ])('when $when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });

  it('Aurora, no database, or another look: nothing to say, and nothing asked', () => {
    const aurora = aFleet({}, { kind: 'aurora-cluster' });
    expect(proposalsOf('storage', snapshotOf(short, aurora), aurora)).toEqual([]);
    expect(storage.needs({ services: {} }, aurora, NOW)).toEqual([]);
    expect(proposalsOf('storage', snapshotOf(short, aFleetPolicy()), aFleetPolicy())).toEqual([]);
    expect(proposalsOf('storage', aSnapshot(aFleet()), aFleet())).toEqual([]);
  });
});

it('asks for free storage, of hours and of days', () => {
  expect(storage.needs({ services: {} }, aFleet(), NOW)).toEqual([
    {
      slot: 'infrastructure',
      metric: 'database/free-storage-daily',
      query: {
        namespace: 'AWS/RDS',
        metric: 'FreeStorageSpace',
        dimensions: { DBInstanceIdentifier: 'production' },
        statistic: 'Minimum',
        periodSeconds: 86_400,
        windowSeconds: 29 * 86_400,
      },
    },
    {
      slot: 'infrastructure',
      metric: 'database/free-storage',
      query: expect.objectContaining({ periodSeconds: 3600, windowSeconds: 27 * 3600 }) as unknown,
    },
  ]);
});

describe('whatever is seen', () => {
  const anySeen: fc.Arbitrary<Seen> = fc
    .record({
      allocatedGiB: fc.integer({ min: 20, max: 5000 }),
      room: fc.option(fc.integer({ min: 0, max: 1000 }), { nil: null }),
      freePercent: fc.integer({ min: 0, max: 100 }),
      growth: fc.constantFrom(0, 0.01, 1, 50),
      type: fc.constantFrom<DatabaseStorageFacts['type']>('gp2', 'gp3', 'io1', 'io2'),
      status: fc.constantFrom('available', 'storage-full', 'storage-optimization'),
    })
    .map(({ allocatedGiB, room, freePercent, growth, type, status }) => ({
      storage: { allocatedGiB, maxAllocatedGiB: room === null ? null : allocatedGiB + room, type },
      free: (allocatedGiB * freePercent) / 100,
      growth,
      status,
    }));
  const wantedOf = (see: Seen) => proposalsOf('storage', snapshotOf(see), aFleet())[0]!;

  it('law: storage and its ceiling only rise, by what RDS takes, and never above the hard limit', () => {
    fc.assert(
      fc.property(anySeen, (see) => {
        const { wanted, input, settings } = wantedOf(see);
        const stored = JSON.parse(JSON.stringify({ input, settings })) as { input: never; settings: never };
        expect(evaluateStorage(stored.input, stored.settings, NOW)).toEqual(wanted);
        if (wanted.kind !== 'act') return;
        expect(wanted.direction).toBe('grow');
        const { allocatedGiB = 0 } = see.storage!;
        const { change } = wanted;
        const [from, to, least] =
          change.kind === 'provision-storage'
            ? [change.from.allocatedGiB, change.to.allocatedGiB, leastLargerGiB(allocatedGiB)!]
            : change.kind === 'set-storage-ceiling'
              ? [change.from.maxAllocatedGiB ?? 0, change.to.maxAllocatedGiB!, leastCeilingGiB(allocatedGiB)]
              : [0, 0, 1];
        expect(to).toBeGreaterThan(from);
        expect(to).toBeGreaterThanOrEqual(least);
        expect(to).toBeLessThanOrEqual(4096);
      }),
      { numRuns: 500 },
    );
  });

  it('law: comes to rest: what was asked for lasts', () => {
    fc.assert(
      fc.property(anySeen, (see) => {
        const { wanted } = wantedOf(see);
        if (wanted.kind !== 'act' || wanted.change.kind !== 'set-storage-ceiling') return;
        const { maxAllocatedGiB } = wanted.change.to;
        const after = wantedOf({ ...see, storage: { ...see.storage, maxAllocatedGiB } }).wanted;
        expect(after.kind).toBe('hold');
      }),
      { numRuns: 500 },
    );
  });
});
