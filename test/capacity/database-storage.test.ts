import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  advisedCeilingGiB,
  autoscaledGiB,
  leastCeilingGiB,
  leastLargerGiB,
  nextStorageModification,
  storageLimits,
  storageModifications,
  storagePerformance,
  storageProblems,
  type DatabaseStorage,
  type StorageType,
} from '../../shared/capacity/database-storage.ts';
import { HOUR, instant, later } from '../../shared/domain/units.ts';

const storage = (
  type: StorageType,
  allocatedGiB: number,
  provisionedIops: number | null = null,
  provisionedMiBps: number | null = null,
): DatabaseStorage => ({ type, allocatedGiB, provisionedIops, provisionedMiBps });

describe('what storage gives', () => {
  it.each([
    { of: storage('gp3', 20), iops: 3000, mibps: 125 },
    { of: storage('gp3', 399), iops: 3000, mibps: 125 },
    { of: storage('gp3', 400), iops: 12_000, mibps: 500 },
    { of: storage('gp3', 65_536), iops: 12_000, mibps: 500 },
    { of: storage('gp3', 400, 20_000, 1000), iops: 20_000, mibps: 1000 },
    { of: storage('io1', 400, 8000), iops: 8000, mibps: null },
    { of: storage('io2', 100, 1000), iops: 1000, mibps: null },
  ])('$of', ({ of, iops, mibps }) => {
    expect(storagePerformance(of)).toEqual({ iops, mibps, burstIops: null });
  });

  it.each([
    { gib: 5, iops: 100, burstIops: 3000 },
    { gib: 33, iops: 100, burstIops: 3000 },
    { gib: 34, iops: 102, burstIops: 3000 },
    { gib: 399, iops: 1197, burstIops: 3000 },
    { gib: 400, iops: 1200, burstIops: 12_000 },
    { gib: 3999, iops: 11_997, burstIops: 12_000 },
    { gib: 4000, iops: 12_000, burstIops: null },
    { gib: 21_333, iops: 63_999, burstIops: null },
    { gib: 21_334, iops: 64_000, burstIops: null },
  ])('$gib GiB of gp2', ({ gib, iops, burstIops }) => {
    expect(storagePerformance(storage('gp2', gib))).toEqual({ iops, mibps: null, burstIops });
  });
});

describe('what RDS would refuse', () => {
  it.each([
    { of: storage('gp3', 20), codes: [] },
    { of: storage('gp3', 19), codes: ['size-not-offered'] },
    { of: storage('gp3', 65_536), codes: [] },
    { of: storage('gp3', 65_537), codes: ['size-not-offered'] },
    { of: storage('gp3', 100.5), codes: ['size-not-offered'] },
    // Below 400 GiB not even the baseline may be named.
    { of: storage('gp3', 399, 3000), codes: ['iops-not-provisionable'] },
    { of: storage('gp3', 399, null, 125), codes: ['throughput-not-provisionable'] },
    { of: storage('gp3', 399, 12_000, 500), codes: ['iops-not-provisionable', 'throughput-not-provisionable'] },
    { of: storage('gp3', 400, 12_000, 500), codes: [] },
    { of: storage('gp3', 400, 11_999, 500), codes: ['iops-not-offered'] },
    { of: storage('gp3', 400, 64_000, 4000), codes: [] },
    { of: storage('gp3', 400, 64_001), codes: ['iops-not-offered'] },
    { of: storage('gp3', 400, 12_000, 499), codes: ['throughput-not-offered'] },
    { of: storage('gp3', 400, 64_000, 4001), codes: ['throughput-not-offered'] },
    { of: storage('gp3', 400, 12_000, 3000), codes: [] },
    { of: storage('gp3', 400, 12_000, 3001), codes: ['throughput-for-iops'] },
    { of: storage('gp3', 400, null, 3000), codes: [] },
    { of: storage('gp3', 400, null, 3001), codes: ['throughput-for-iops'] },
    { of: storage('gp2', 100), codes: [] },
    { of: storage('gp2', 4), codes: ['size-not-offered'] },
    { of: storage('gp2', 100, 300), codes: ['iops-not-provisionable'] },
    { of: storage('io1', 100, 1000), codes: [] },
    { of: storage('io1', 99, 1000), codes: ['size-not-offered'] },
    { of: storage('io1', 100), codes: ['iops-missing'] },
    { of: storage('io1', 100, 999), codes: ['iops-not-offered'] },
    { of: storage('io1', 100, 5000), codes: [] },
    { of: storage('io1', 100, 5001), codes: ['iops-for-size'] },
    { of: storage('io1', 399, 19_950), codes: [] },
    { of: storage('io1', 399, 19_951), codes: ['iops-not-offered', 'iops-for-size'] },
    { of: storage('io1', 5120, 256_000), codes: [] },
    { of: storage('io1', 6000, 256_001), codes: ['iops-not-offered'] },
    { of: storage('io1', 2000, 1000), codes: [] },
    { of: storage('io1', 2001, 1000), codes: ['iops-for-size'] },
    { of: storage('io2', 256, 256_000), codes: [] },
    { of: storage('io2', 255, 256_000), codes: ['iops-for-size'] },
    { of: storage('io2', 100), codes: ['iops-missing'] },
    { of: storage('io2', 256, 256_000, 4000), codes: ['throughput-not-provisionable'] },
  ])('$of: $codes', ({ of, codes }) => {
    expect(storageProblems(of).map(({ code }) => code)).toEqual(codes);
  });

  it('says what is offered instead', () => {
    expect(storageProblems(storage('gp3', 400, 3000, 3001))).toEqual([
      { code: 'iops-not-offered', offered: { min: 12_000, max: 64_000 } },
      { code: 'throughput-for-iops', mostMiBps: 750 },
    ]);
  });

  it('nothing within its own limits', () => {
    const anyStorage = fc
      .record({ type: fc.constantFrom<StorageType>('gp3', 'io1', 'io2'), gib: fc.integer({ min: 100, max: 65_536 }) })
      .chain(({ type, gib }) => {
        const { iops, iopsPerGiB } = storageLimits(type, gib);
        if (iops === null) return fc.constant(storage(type, gib));
        const min = Math.ceil(Math.max(iops.min, iopsPerGiB.min * gib));
        const max = Math.floor(Math.min(iops.max, iopsPerGiB.max * gib));
        return fc.integer({ min, max }).map((provisioned) => storage(type, gib, provisioned));
      });
    fc.assert(
      fc.property(anyStorage, (of) => {
        expect(storageProblems(of)).toEqual([]);
        expect(storagePerformance(of).iops).toBeGreaterThan(0);
      }),
    );
  });
});

describe('growing storage', () => {
  it.each([
    { from: 100, least: 110 },
    { from: 110, least: 121 },
    { from: 101, least: 112 },
    { from: 20, least: 22 },
    { from: 59_578, least: 65_536 },
    { from: 59_579, least: null },
    { from: 65_536, least: null },
  ])('from $from GiB is at least to $least', ({ from, least }) => {
    expect(leastLargerGiB(from)).toBe(least);
  });

  it('is by 10 % at least, and by no GiB more than that takes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 59_578 }), (from) => {
        const least = leastLargerGiB(from)!;
        expect(least * 10).toBeGreaterThanOrEqual(from * 11);
        expect((least - 1) * 10).toBeLessThan(from * 11);
      }),
    );
  });

  it('takes a ceiling of 1100 GiB at least for 1000 GiB', () => {
    expect(leastCeilingGiB(1000)).toBe(1100);
    expect(leastCeilingGiB(1001)).toBe(1102);
    expect(autoscaledGiB(50)).toBe(60);
    expect(autoscaledGiB(100)).toBe(110);
    expect(autoscaledGiB(101)).toBe(112);
    expect(advisedCeilingGiB(1000)).toBe(1260);
    expect(advisedCeilingGiB(1001)).toBe(1262);
  });
});

describe('the next modification of storage', () => {
  const NOW = instant('2026-11-20T12:00:00Z');
  const ago = (hours: number) => later(NOW, -hours * HOUR);

  it.each([
    { when: 'there was none', modifiedAt: [], next: { kind: 'allowed' } },
    { when: 'there were three', modifiedAt: [ago(1), ago(2), ago(3)], next: { kind: 'allowed' } },
    {
      when: 'there were four',
      modifiedAt: [ago(20), ago(1), ago(2), ago(3)],
      next: { kind: 'not-before', at: later(NOW, 4 * HOUR) },
    },
    {
      when: 'there were five',
      modifiedAt: [ago(23), ago(20), ago(1), ago(2), ago(3)],
      next: { kind: 'not-before', at: later(NOW, 4 * HOUR) },
    },
    { when: 'the fourth last is a day old', modifiedAt: [ago(24), ago(1), ago(2), ago(3)], next: { kind: 'allowed' } },
    {
      when: 'the fourth last is almost a day old',
      modifiedAt: [ago(24) + 1000, ago(1), ago(2), ago(3)],
      next: { kind: 'not-before', at: later(NOW, 1) },
    },
  ])('when $when', ({ modifiedAt, next }) => {
    expect(nextStorageModification({ optimizing: 'no', modifiedAt }, NOW)).toEqual(next);
  });

  it('waits for the volume first, however many there were', () => {
    const modifiedAt = [ago(1), ago(2), ago(3), ago(4)];
    expect(nextStorageModification({ optimizing: 'yes', modifiedAt }, NOW)).toEqual({ kind: 'after-optimization' });
    expect(nextStorageModification({ optimizing: 'yes', modifiedAt: [] }, NOW)).toEqual({ kind: 'after-optimization' });
  });
});

describe('modifications of storage', () => {
  const at = (time: string) => instant(`2026-11-20T${time}:00Z`);

  it.each([
    { when: 'RDS tells all of them', told: ['02:00', '09:00'], enlarged: [], are: ['02:00', '09:00'] },
    { when: 'a jump is what RDS tells', told: ['02:20'], enlarged: ['03:00'], are: ['02:20'] },
    { when: 'it shows two hours before or after', told: ['09:00'], enlarged: ['07:00', '11:00'], are: ['09:00'] },
    { when: 'it shows later still', told: ['09:00'], enlarged: ['11:01', '06:59'], are: ['06:59', '09:00', '11:01'] },
    { when: 'RDS tells of none', told: [], enlarged: ['11:00', '03:00'], are: ['03:00', '11:00'] },
  ])('when $when', ({ told, enlarged, are }) => {
    expect(storageModifications(told.map(at), enlarged.map(at))).toEqual(are.map(at));
  });
});
