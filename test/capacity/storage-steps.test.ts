import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type DatabaseStorage, storagePerformance, storageProblems } from '../../shared/capacity/database-storage.ts';
import { fasterStorage, slowerStorage } from '../../shared/capacity/storage-steps.ts';

const gp3 = (allocatedGiB: number, iops: number | null = null, mibps: number | null = null): DatabaseStorage => ({
  ...{ type: 'gp3', allocatedGiB, provisionedIops: iops, provisionedMiBps: mibps },
});
const io = (type: 'io1' | 'io2', allocatedGiB: number, iops: number): DatabaseStorage => ({
  ...{ type, allocatedGiB, provisionedIops: iops, provisionedMiBps: null },
});

const short = (storage: DatabaseStorage | null): string =>
  storage === null
    ? 'nothing'
    : [storage.allocatedGiB, storage.provisionedIops ?? '–', storage.provisionedMiBps ?? '–'].join(' / ');

/** GiB / IOPS / MiB/s */
describe('faster storage', () => {
  // prettier-ignore
  it.each<{ when: string; storage: DatabaseStorage; iops?: number; mibps?: number; mostIops?: number; then: string }>([
    { when: 'gp3 below 400 GiB: the step',             storage: gp3(250),                  iops: 4_500,                    then: '400 / 12000 / 500' },
    { when: 'gp3 just below 400 GiB: a tenth more',    storage: gp3(390),                  iops: 4_500,                    then: '429 / 12000 / 500' },
    { when: 'gp3 below 400 GiB, wants more than the step', storage: gp3(250),              iops: 14_200,                   then: '400 / 15000 / 500' },
    { when: 'gp3 at 400 GiB: in whole thousands',      storage: gp3(400),                  iops: 14_200,                   then: '400 / 15000 / 500' },
    { when: 'gp3 at 400 GiB, exactly a thousand',      storage: gp3(400),                  iops: 14_000,                   then: '400 / 14000 / 500' },
    { when: 'gp3, throughput alone',                   storage: gp3(500, 12_000, 500),     iops: 0, mibps: 610,            then: '500 / 12000 / 625' },
    { when: 'gp3, throughput needs IOPS: four for each', storage: gp3(500, 12_000, 500),   iops: 0, mibps: 3_400,          then: '500 / 13600 / 3400' },
    { when: 'gp3 at what is allowed',                  storage: gp3(500, 20_000, 500),     iops: 30_000, mostIops: 20_000, then: 'nothing' },
    { when: 'gp3 at the most that is offered',         storage: gp3(5_000, 64_000, 4_000), iops: 90_000,                   then: 'nothing' },
    { when: 'io1 with room for its size',              storage: io('io1', 200, 4_000),     iops: 6_700,                    then: '200 / 7000 / –' },
    { when: 'io1 whose size bears no more',            storage: io('io1', 100, 5_000),     iops: 6_000,                    then: '120 / 6000 / –' },
    { when: 'io2 bears more for each GiB',             storage: io('io2', 100, 5_000),     iops: 6_000,                    then: '100 / 6000 / –' },
    { when: 'gp2: its way to more is gp3',             storage: { ...gp3(100), type: 'gp2' }, iops: 6_000,                 then: 'nothing' },
  ])('$when: $then', ({ storage, iops = 0, mibps = 0, mostIops = 64_000, then }) => {
    expect(short(fasterStorage(storage, { iops, mibps, mostIops }))).toBe(then);
  });
});

describe('slower storage', () => {
  // prettier-ignore
  it.each<{ when: string; storage: DatabaseStorage; iops?: number; mibps?: number; then: string }>([
    { when: 'gp3 above its baseline',                  storage: gp3(400, 20_000, 500),    iops: 8_000,              then: '400 / 12000 / 500' },
    { when: 'gp3 at its baseline',                     storage: gp3(400, 12_000, 500),    iops: 8_000,              then: 'nothing' },
    { when: 'gp3 below 400 GiB',                       storage: gp3(250),                 iops: 10,                 then: 'nothing' },
    { when: 'gp3 whose throughput needs the IOPS',     storage: gp3(400, 20_000, 4_000),  iops: 8_000, mibps: 3_900, then: '400 / 16000 / 3900' },
    { when: 'gp3 with less throughput as well',        storage: gp3(400, 20_000, 4_000),  iops: 8_000, mibps: 700,  then: '400 / 12000 / 700' },
    { when: 'io1, never under a thousand',             storage: io('io1', 200, 4_000),    iops: 100,                then: '200 / 1000 / –' },
    { when: 'io1 of a size that needs more',           storage: io('io1', 8_000, 20_000), iops: 100,                then: '8000 / 4000 / –' },
  ])('$when: $then', ({ storage, iops = 0, mibps = 0, then }) => {
    expect(short(slowerStorage(storage, { iops, mibps }))).toBe(then);
  });
});

describe('laws', () => {
  const anyStorage = fc.oneof(
    fc.integer({ min: 20, max: 399 }).map((gib) => gp3(gib)),
    fc
      .record({ gib: fc.integer({ min: 400, max: 60_000 }), iops: fc.integer({ min: 12_000, max: 64_000 }) })
      .map(({ gib, iops }) => gp3(gib, iops, 500)),
    fc
      .record({ gib: fc.integer({ min: 100, max: 10_000 }), iops: fc.integer({ min: 5_000, max: 19_950 }) })
      .map(({ gib, iops }) => io('io1', gib, Math.min(iops, 50 * gib))),
  );
  const anyWish = fc.record({ iops: fc.nat(100_000), mibps: fc.nat(5_000) });

  it('law: AWS would not refuse it, the size never shrinks, and nothing gets slower', () => {
    fc.assert(
      fc.property(anyStorage, anyWish, (storage, wish) => {
        const to = fasterStorage(storage, { ...wish, mostIops: 64_000 });
        fc.pre(to !== null);
        expect(storageProblems(to)).toEqual([]);
        expect(to.allocatedGiB).toBeGreaterThanOrEqual(storage.allocatedGiB);
        expect(storagePerformance(to).iops).toBeGreaterThanOrEqual(storagePerformance(storage).iops);
      }),
    );
  });

  it('law: slower is slower, and never below what is wanted', () => {
    fc.assert(
      fc.property(anyStorage, anyWish, (storage, wish) => {
        const to = slowerStorage(storage, wish);
        fc.pre(to !== null);
        expect(storageProblems(to)).toEqual([]);
        expect(to.allocatedGiB).toBe(storage.allocatedGiB);
        expect(to.provisionedIops).toBeLessThanOrEqual(storage.provisionedIops!);
        expect(to.provisionedIops).toBeGreaterThanOrEqual(Math.min(wish.iops, storage.provisionedIops!));
      }),
    );
  });
});
