import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { storageProblems } from '../../shared/capacity/database-storage.ts';
import type { Decision } from '../../shared/domain/decision.ts';
import { explain } from '../../shared/domain/explain.ts';
import type {
  DatabaseFacts,
  DatabaseStorageFacts,
  InfrastructureSnapshot,
  StorageOffer,
} from '../../shared/domain/infrastructure.ts';
import { seen, unseen } from '../../shared/domain/reading.ts';
import { iops } from '../../shared/levers/iops.ts';
import { evenDays } from '../support/builders/database-hours.ts';
import { aDatabase, anInfrastructure, flat, hours } from '../support/builders/infrastructure.ts';
import { A_DATABASE, aFleetPolicy } from '../support/builders/policy.ts';
import { at, NOW } from '../support/builders/time.ts';
import { aSnapshot } from '../support/builders/world.ts';

const MIB = 1024 ** 2;

interface See {
  readonly facts?: Partial<DatabaseFacts>;
  readonly storage?: Partial<DatabaseStorageFacts>;
  /** Of the newest hours, oldest first; the hours before are calm. */
  readonly iops?: readonly number[];
  readonly mibps?: readonly number[];
  readonly queue?: readonly number[];
  readonly latencyMillis?: readonly number[];
  readonly metrics?: InfrastructureSnapshot['metrics'];
}

const told = (values: readonly number[] | undefined, calm: number) =>
  values === undefined ? evenDays(calm) : hours([...flat(28 * 24 + 12 - values.length, calm), ...values]);

/** Reads are three quarters of what is told, writes a quarter. */
function seenAs({ facts, storage, iops: all, mibps, queue, latencyMillis, metrics }: See): InfrastructureSnapshot {
  const part = (values: readonly number[] | undefined, share: number, unit = 1) =>
    values?.map((value) => value * share * unit);
  const database = aDatabase({ ...facts });
  return anInfrastructure({
    database: seen({ ...database, storage: database.storage && { ...database.storage, ...storage } }, NOW),
    metrics: {
      'iops/reads': told(part(all, 0.75), 300),
      'iops/writes': told(part(all, 0.25), 100),
      'iops/read-bytes': told(part(mibps, 0.75, MIB), 6 * MIB),
      'iops/write-bytes': told(part(mibps, 0.25, MIB), 2 * MIB),
      'iops/queue-depth': told(queue, 0.5),
      'iops/read-latency': told(part(latencyMillis, 0.001), 0.001),
      'iops/write-latency': told(part(latencyMillis, 0.0005), 0.001),
      ...metrics,
    },
  });
}

const policy = aFleetPolicy({ database: A_DATABASE });

function decide(see: See): Decision {
  const [proposal] = iops.propose(aSnapshot(policy, { infrastructure: seenAs(see) }), policy, NOW);
  if (proposal === undefined) throw new Error('one database, one proposal');
  return proposal.wanted;
}

const GP3_250 = { allocatedGiB: 250, maxAllocatedGiB: 1000 };
const GP3_400 = { allocatedGiB: 400, maxAllocatedGiB: 1000, iops: 12_000, throughputMibps: 500 };
const GP3_20K = { ...GP3_400, iops: 20_000 };
const hoursOf = (count: number, value: number, calm: number): readonly number[] => [
  ...flat(72 - count, calm),
  ...flat(count, value),
];
const at90 = hoursOf(6, 2_700, 400);
const at90told = '2700 of 3000 IOPS, above 80 %, in 6 of 72 hours, 75 % of them reads';
const stepTold = 'from 400 GiB on gp3 has 12000 IOPS and 500 MiB/s at no further charge';
const throttled = unseen({ code: 'unreadable', detail: 'throttled' });
/** Free bytes of the last 25 hours, with 60 GiB more from each of these hours before the present one on. */
const freeJumps = (hoursAgo: readonly number[]) =>
  hours(
    Array.from({ length: 25 }, (_, hour) => (100 + 60 * hoursAgo.filter((ago) => 25 - hour <= ago).length) * 1024 ** 3),
  );
const offered = (over: Partial<StorageOffer> = {}) =>
  seen<StorageOffer>(
    {
      allocatedGiB: [{ from: 20, to: 65_536 }],
      iops: [{ from: 12_000, to: 64_000 }],
      iopsPerGiB: [{ from: 0.5, to: 500 }],
      throughputMibps: [{ from: 500, to: 4000 }],
      mibpsPerIops: [{ from: 0, to: 0.25 }],
      autoscales: true,
      ...over,
    },
    NOW,
  );

/** 50 GiB of gp3, up to 200: 3,000 IOPS and 125 MiB/s. High is above 80 %, in 6 of 72 hours. */
describe('iops lever', () => {
  // prettier-ignore
  it.each<{ when: string; see: See; then: string }>([
    { when: 'there is room',                          see: {},                                                         then: 'hold: 400 of 3000 IOPS' },
    { when: 'five hours are high',                    see: { storage: GP3_250, iops: hoursOf(5, 2_700, 400) },         then: 'hold: 2700 of 3000 IOPS' },
    { when: 'six hours are high: the step at 400 GiB', see: { storage: GP3_250, iops: at90 },                          then: `storage of production: 250 GiB → 400 GiB, 12000 IOPS, 500 MiB/s: ${at90told}; ${stepTold}` },
    { when: 'they are just at 80 %',                  see: { storage: GP3_250, iops: hoursOf(72, 2_400, 400) },        then: 'hold: 2400 of 3000 IOPS' },
    { when: 'AWS tells the baseline as if it were provisioned', see: { storage: { ...GP3_250, iops: 3000, throughputMibps: 125 }, iops: at90 }, then: `storage of production: 250 GiB → 400 GiB, 12000 IOPS, 500 MiB/s: ${at90told}; ${stepTold}` },
    { when: 'throughput is what is short',            see: { storage: GP3_250, mibps: hoursOf(7, 110, 8) },            then: `storage of production: 250 GiB → 400 GiB, 12000 IOPS, 500 MiB/s: 110 of 125 MiB/s, above 80 %, in 7 of 72 hours, 75 % of them reads; ${stepTold}` },
    { when: 'the ceiling of autoscaling is in the way', see: { iops: at90 },                                           then: `storage ceiling of production: 200 GiB → 504 GiB: ${at90told}; ${stepTold}; storage autoscaling ends at 200 GiB, 400 GiB are to be allocated` },
    { when: 'it is a tenth above what is to be allocated', see: { storage: { allocatedGiB: 250, maxAllocatedGiB: 440 }, iops: at90 }, then: `storage of production: 250 GiB → 400 GiB, 12000 IOPS, 500 MiB/s: ${at90told}; ${stepTold}` },
    { when: 'it is less than a tenth above',          see: { storage: { allocatedGiB: 250, maxAllocatedGiB: 439 }, iops: at90 }, then: `storage ceiling of production: 439 GiB → 504 GiB: ${at90told}; ${stepTold}; storage autoscaling ends at 439 GiB, 400 GiB are to be allocated` },
    { when: 'there is no autoscaling of storage',     see: { storage: { allocatedGiB: 250, maxAllocatedGiB: null }, iops: at90 }, then: `storage of production: 250 GiB → 400 GiB, 12000 IOPS, 500 MiB/s: ${at90told}; ${stepTold}` },
    { when: 'gp3 has its four volumes already',       see: { storage: GP3_400, iops: hoursOf(6, 11_000, 400) },        then: 'storage of production: 400 GiB, 12000 IOPS, 500 MiB/s → 400 GiB, 19000 IOPS, 500 MiB/s: 11000 of 12000 IOPS, above 80 %, in 6 of 72 hours, 75 % of them reads' },
    { when: 'it stands at the most',                  see: { storage: { ...GP3_400, allocatedGiB: 4000, maxAllocatedGiB: null, iops: 64_000 }, iops: hoursOf(6, 60_000, 400) }, then: 'hold: 64000 IOPS are the most that is offered, needs 100000' },
    { when: 'it is gp2',                              see: { storage: { type: 'gp2', allocatedGiB: 250 }, iops: hoursOf(6, 750, 400) }, then: 'hold: gp2 of this size has 750 IOPS, needs 1250: move to gp3, which has 3000 at any size and 12000 from 400 GiB' },
    { when: 'it is io1',                              see: { storage: { type: 'io1', allocatedGiB: 200, maxAllocatedGiB: null, iops: 4000 }, iops: hoursOf(8, 3_900, 400) }, then: 'storage of production: 200 GiB, 4000 IOPS → 200 GiB, 7000 IOPS: 3900 of 4000 IOPS, above 80 %, in 8 of 72 hours, 75 % of them reads' },
    { when: 'requests queue although there is room',  see: { queue: hoursOf(6, 24, 1), latencyMillis: hoursOf(6, 18, 1) }, then: 'hold: 24 requests queue for 18 ms at 400 IOPS: the volume has room, the instance passes no more on' },
    { when: 'they queue in five hours',               see: { queue: hoursOf(5, 24, 1), latencyMillis: hoursOf(6, 18, 1) }, then: 'hold: 400 of 3000 IOPS' },
    { when: 'many at once, and each is quick',        see: { queue: hoursOf(6, 24, 1), latencyMillis: hoursOf(6, 10, 1) }, then: 'hold: 400 of 3000 IOPS' },
  ])('when $when: $then', ({ see, then }) => {
    expect(explain(decide(see))).toBe(then);
  });

  // prettier-ignore
  it.each<{ when: string; see: See; then: string }>([
    { when: 'the database is being modified',       see: { facts: { status: 'modifying' } },                                        then: '^abstain: the database is changing: modifying$' },
    { when: 'the last change is being optimised',   see: { storage: GP3_250, iops: at90, facts: { status: 'storage-optimization' } }, then: '^hold: the storage is still being optimised after the last change; otherwise storage of production: 250 GiB → 400' },
    { when: 'it was changed four times in 24 hours', see: { storage: { ...GP3_250, modifiedAt: [at('12:31', -1), at('20:00', -1), at('02:00'), at('08:00')] }, iops: at90 }, then: '^hold: AWS allows four changes of storage in 24 hours, the next at 2026-12-01 12:31 UTC; otherwise storage' },
    { when: 'three of the four are left',           see: { storage: { ...GP3_250, modifiedAt: [at('12:30', -1), at('20:00', -1), at('02:00'), at('08:00')] }, iops: at90 }, then: '^storage of production: 250 GiB → 400' },
    { when: 'two of the four show only as free storage that jumps up', see: { storage: { ...GP3_250, modifiedAt: [at('02:00'), at('08:00')] }, iops: at90, metrics: { 'database/free-storage': freeJumps([21, 16]) } }, then: '^hold: AWS allows four changes of storage in 24 hours, the next at 2026-12-01 15:00 UTC; otherwise storage' },
    { when: 'a jump is what RDS tells anyway',      see: { storage: { ...GP3_250, modifiedAt: [at('20:20', -1), at('02:00'), at('08:00')] }, iops: at90, metrics: { 'database/free-storage': freeJumps([16]) } }, then: '^storage of production: 250 GiB → 400' },
    { when: 'AWS takes it',                         see: { storage: { ...GP3_250, offer: offered() }, iops: at90 },                   then: '^storage of production: 250 GiB → 400 GiB, 12000 IOPS' },
    { when: 'AWS takes less IOPS for this instance', see: { storage: { ...GP3_400, offer: offered({ iops: [{ from: 12_000, to: 16_000 }] }) }, iops: hoursOf(6, 11_000, 400) }, then: '^storage of production: 400 GiB, 12000 IOPS, 500 MiB/s → 400 GiB, 16000 IOPS' },
    { when: 'AWS takes no more than it has',        see: { storage: { ...GP3_400, offer: offered({ iops: [{ from: 12_000, to: 12_000 }] }) }, iops: hoursOf(6, 11_000, 400) }, then: '^hold: 12000 IOPS are the most that is offered, needs 18333' },
    { when: 'AWS does not take the size',           see: { storage: { ...GP3_250, offer: offered({ allocatedGiB: [{ from: 250, to: 250 }, { from: 275, to: 399 }] }) }, iops: at90 }, then: '^hold: AWS takes 250 or 275–399 GiB for this instance, not 400; otherwise storage of production: 250 GiB → 400' },
    { when: 'AWS takes fewer IOPS for each GiB',    see: { storage: { ...GP3_400, offer: offered({ iopsPerGiB: [{ from: 0.5, to: 47.4 }] }) }, iops: hoursOf(6, 11_000, 400) }, then: '^hold: AWS takes 0.5–47.4 IOPS for each GiB for this instance, not 47.5; otherwise storage of production' },
    { when: 'AWS takes less throughput for its IOPS', see: { storage: { ...GP3_400, offer: offered({ mibpsPerIops: [{ from: 0, to: 0.0415 }] }) }, mibps: hoursOf(6, 450, 8) }, then: '^hold: AWS takes 0–0.042 MiB/s for each of its IOPS for this instance, not 0.063; otherwise storage of production' },
    { when: 'AWS was asked and does not say',       see: { storage: { ...GP3_250, offer: throttled }, iops: at90 },                  then: '^abstain: cannot see what the storage may become: throttled$' },
    { when: 'the ceiling of autoscaling is no change of the volume', see: { iops: at90, facts: { status: 'storage-optimization' } }, then: '^storage ceiling of production: 200 GiB → 504' },
  ])('$when', ({ see, then }) => {
    expect(explain(decide(see))).toMatch(new RegExp(then));
  });

  // prettier-ignore
  it.each<{ when: string; see: See; then: string }>([
    { when: 'it is Aurora',                      see: { facts: { storage: null } },                                            then: 'abstain: Aurora provisions no I/O' },
    { when: 'reads cannot be seen',              see: { metrics: { 'iops/reads': throttled } },                                then: 'abstain: cannot see its IOPS: throttled' },
    { when: 'writes cannot be seen',             see: { metrics: { 'iops/writes': throttled } },                               then: 'abstain: cannot see its IOPS: throttled' },
    { when: 'there are 71 hours',                see: { metrics: { 'iops/reads': hours(flat(71, 9_000)) } },                   then: 'abstain: cannot see its IOPS: 71 of 72 points' },
    { when: 'throughput cannot be seen',         see: { metrics: { 'iops/read-bytes': throttled } },                           then: 'abstain: cannot see its throughput: throttled' },
    { when: 'throughput cannot, IOPS are short', see: { storage: GP3_250, iops: at90, metrics: { 'iops/read-bytes': throttled } }, then: `storage of production: 250 GiB → 400 GiB, 12000 IOPS, 500 MiB/s: ${at90told}; ${stepTold}` },
    { when: 'the queue cannot be seen',          see: { metrics: { 'iops/queue-depth': throttled } },                          then: 'hold: 400 of 3000 IOPS' },
  ])('what cannot be seen: $when', ({ see, then }) => {
    expect(explain(decide(see))).toBe(then);
  });

  // prettier-ignore
  it.each<{ when: string; see: See; then: string }>([
    { when: 'four weeks stayed under 40 %',     see: { storage: GP3_20K, iops: flat(684, 8_000) },                                      then: 'storage of production: 400 GiB, 20000 IOPS, 500 MiB/s → 400 GiB, 14000 IOPS, 500 MiB/s: never more than 8000 IOPS of 20000 in 28 days' },
    { when: 'one hour of them was above',       see: { storage: GP3_20K, iops: [...flat(300, 400), 8_004, ...flat(383, 400)] },         then: 'hold: 400 of 20000 IOPS' },
    { when: 'throughput is used',               see: { storage: { ...GP3_20K, throughputMibps: 1_000 }, mibps: flat(684, 404) },        then: 'hold: 400 of 20000 IOPS' },
    { when: 'a day of the four weeks is missing', see: { storage: GP3_20K, metrics: { 'iops/reads': evenDays(300, 27) } },              then: 'hold: 400 of 20000 IOPS' },
    { when: 'it has what comes with the size',  see: { storage: GP3_400 },                                                              then: 'hold: 400 of 12000 IOPS' },
  ])('what is paid for and not used: $when', ({ see, then }) => {
    expect(explain(decide(see))).toBe(then);
  });

  it('decides with all that is needed to carry it out and to prove it', () => {
    expect(decide({ storage: GP3_250, iops: at90 })).toEqual({
      kind: 'act',
      direction: 'grow',
      change: {
        kind: 'provision-storage',
        database: { kind: 'rds-instance', identifier: 'production' },
        from: { allocatedGiB: 250, iops: null, throughputMibps: null },
        to: { allocatedGiB: 400, iops: 12_000, throughputMibps: 500 },
      },
      because: [
        {
          code: 'storage-pressed',
          what: 'iops',
          is: 2_700,
          provisioned: 3_000,
          limitPercent: 80,
          hours: 6,
          of: 72,
          readPercent: 75,
        },
        { code: 'baseline-steps', atGiB: 400, iops: 12_000, mibps: 500 },
      ],
    });
  });

  it('says the most it can about why it does nothing', () => {
    expect(decide({}).because).toEqual([{ code: 'storage-within-limits', iops: 400, provisionedIops: 3_000 }]);
    const gp2 = decide({ storage: { type: 'gp2', allocatedGiB: 250 }, iops: hoursOf(6, 750, 400) });
    expect(gp2.because).toEqual([{ code: 'storage-type-ends-here', iops: 750, needed: 1_250 }]);
  });

  it('comes to the same decision again from what is stored with it', () => {
    const [proposal] = iops.propose(aSnapshot(policy, { infrastructure: seenAs({ iops: at90 }) }), policy, NOW);
    const stored = JSON.parse(JSON.stringify(proposal)) as { input: unknown; settings: unknown };
    expect(iops.replay(stored.input, stored.settings, NOW)).toEqual(proposal!.wanted);
  });

  it('asks for nothing of Aurora, and looks after nothing there', () => {
    const aurora = aFleetPolicy({ database: { ...A_DATABASE, kind: 'aurora-cluster' } });
    expect(iops.needs({ services: {} }, aurora, NOW)).toEqual([]);
    expect(iops.propose(aSnapshot(aurora, { infrastructure: anInfrastructure() }), aurora, NOW)).toEqual([]);
    expect(iops.needs({ services: {} }, policy, NOW)).toHaveLength(7);
  });

  it('law: what it wants is accepted by AWS, and what was wanted is not wanted again', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 2_000 }),
        fc.integer({ min: 0, max: 12_000 }),
        fc.integer({ min: 0, max: 500 }),
        (allocatedGiB, load, mibps) => {
          const used = { iops: flat(684, load), mibps: flat(684, mibps) };
          const { change } = { change: null, ...decide({ ...used, storage: { allocatedGiB, maxAllocatedGiB: null } }) };
          fc.pre(change?.kind === 'provision-storage');
          const storage = { type: 'gp3', ...change.to } as const;
          const { allocatedGiB: gib, iops: provisionedIops, throughputMibps: provisionedMiBps } = storage;
          expect(storageProblems({ type: 'gp3', allocatedGiB: gib, provisionedIops, provisionedMiBps })).toEqual([]);
          expect(decide({ ...used, storage: { ...storage, maxAllocatedGiB: null } }).kind).not.toBe('act');
        },
      ),
      { numRuns: 60 },
    );
  });

  it('law: what cannot be seen never makes it smaller', () => {
    const names = ['reads', 'writes', 'read-bytes', 'write-bytes', 'queue-depth', 'read-latency', 'write-latency'];
    fc.assert(
      fc.property(fc.subarray(names, { minLength: 1 }), (hidden) => {
        const see = {
          storage: GP3_20K,
          metrics: Object.fromEntries(hidden.map((name) => [`iops/${name}`, throttled])),
        };
        const seesLoad = hidden.every((name) => /queue|latency/.test(name));
        expect(decide(see).kind === 'act').toBe(seesLoad);
      }),
    );
  });
});
