import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  DATABASE_CLASSES,
  databaseClass,
  isAuroraClass,
  largerClass,
  type DatabaseClass,
} from '../../shared/capacity/database-classes.ts';
import { AURORA_PRICES } from '../../shared/capacity/price-list/aurora.ts';
import { DATABASE_PRICES } from '../../shared/capacity/price-list/database.ts';

const anyClass = fc.constantFrom(...DATABASE_CLASSES);
const families = [...new Set(DATABASE_CLASSES.map(({ family }) => family))];
const ladder = (family: string) => DATABASE_CLASSES.filter((candidate) => candidate.family === family);
const named = (name: string): DatabaseClass => databaseClass(name)!;

describe('the classes of RDS for PostgreSQL', () => {
  it.each([
    { name: 'db.t4g.micro', vcpus: 2, memoryGiB: 1 },
    { name: 'db.t4g.small', vcpus: 2, memoryGiB: 2 },
    { name: 'db.t4g.medium', vcpus: 2, memoryGiB: 4 },
    { name: 'db.t4g.large', vcpus: 2, memoryGiB: 8 },
    { name: 'db.t4g.xlarge', vcpus: 4, memoryGiB: 16 },
    { name: 'db.t4g.2xlarge', vcpus: 8, memoryGiB: 32 },
    { name: 'db.m6g.large', vcpus: 2, memoryGiB: 8 },
    { name: 'db.m6g.16xlarge', vcpus: 64, memoryGiB: 256 },
    { name: 'db.m6i.24xlarge', vcpus: 96, memoryGiB: 384 },
    { name: 'db.m6i.32xlarge', vcpus: 128, memoryGiB: 512 },
    { name: 'db.m7i.48xlarge', vcpus: 192, memoryGiB: 768 },
    { name: 'db.m8g.12xlarge', vcpus: 48, memoryGiB: 192 },
    { name: 'db.m8g.24xlarge', vcpus: 96, memoryGiB: 384 },
    { name: 'db.r6g.large', vcpus: 2, memoryGiB: 16 },
    { name: 'db.r6g.16xlarge', vcpus: 64, memoryGiB: 512 },
    { name: 'db.r7g.4xlarge', vcpus: 16, memoryGiB: 128 },
    { name: 'db.r7i.8xlarge', vcpus: 32, memoryGiB: 256 },
    { name: 'db.r8g.48xlarge', vcpus: 192, memoryGiB: 1536 },
  ])('$name has $vcpus vCPUs and $memoryGiB GiB', ({ name, vcpus, memoryGiB }) => {
    expect(databaseClass(name)).toMatchObject({ vcpus, memoryGiB });
  });

  it.each(['db.m6g.24xlarge', 'db.r7g.24xlarge', 'db.m6g.medium', 'db.t4g.4xlarge', 'db.m5.large', 'toString', ''])(
    'does not know %s',
    (name) => {
      expect(databaseClass(name)).toBeNull();
    },
  );

  it.each(families)('grow strictly within %s', (family) => {
    const classes = ladder(family);
    expect(classes.length).toBeGreaterThan(5);
    for (const [index, { vcpus, sustainedVcpus, memoryGiB, maxConnections }] of classes.entries()) {
      const before = classes[index - 1];
      if (before === undefined) continue;
      expect(memoryGiB).toBeGreaterThan(before.memoryGiB);
      expect(vcpus).toBeGreaterThanOrEqual(before.vcpus);
      expect(sustainedVcpus).toBeGreaterThanOrEqual(before.sustainedVcpus);
      expect(maxConnections).toBeGreaterThanOrEqual(before.maxConnections);
    }
  });

  it('are all different', () => {
    expect(new Set(DATABASE_CLASSES.map(({ name }) => name)).size).toBe(DATABASE_CLASSES.length);
  });

  it('burst in t4g only', () => {
    const burstable = DATABASE_CLASSES.filter(({ vcpus, sustainedVcpus }) => sustainedVcpus < vcpus);
    expect(new Set(burstable.map(({ family }) => family))).toEqual(new Set(['t4g']));
  });

  it.each([
    { name: 'db.t4g.small', aurora: false },
    { name: 'db.t4g.medium', aurora: true },
    { name: 'db.t4g.large', aurora: true },
    { name: 'db.t4g.xlarge', aurora: false },
    { name: 'db.m6g.large', aurora: false },
    { name: 'db.r6g.large', aurora: true },
    { name: 'db.r8g.48xlarge', aurora: true },
  ])('$name is of Aurora PostgreSQL: $aurora', ({ name, aurora }) => {
    expect(isAuroraClass(named(name))).toBe(aurora);
  });
});

describe('the smallest larger class', () => {
  it.each([
    {
      when: 'the reference platform goes to phase 2',
      from: 'db.t4g.medium',
      wanted: { vcpus: 2, memoryGiB: 16 },
      to: 'db.r6g.large',
    },
    { when: 'a little more memory is wanted', from: 'db.t4g.medium', wanted: { memoryGiB: 8 }, to: 'db.t4g.large' },
    { when: 'steady vCPUs are wanted', from: 'db.t4g.medium', wanted: { vcpus: 2 }, to: 'db.m6g.large' },
    { when: 'as much memory, but steady vCPUs', from: 'db.t4g.large', wanted: { vcpus: 2 }, to: 'db.m6g.large' },
    { when: 'vCPUs are wanted', from: 'db.m6g.large', wanted: { vcpus: 4 }, to: 'db.m6g.xlarge' },
    { when: 'one vCPU more is wanted', from: 'db.m6g.large', wanted: { vcpus: 3 }, to: 'db.m6g.xlarge' },
    { when: 'memory is wanted', from: 'db.m7g.large', wanted: { memoryGiB: 16 }, to: 'db.r7g.large' },
    { when: 'memory beyond the same vCPUs', from: 'db.m7g.large', wanted: { memoryGiB: 17 }, to: 'db.r7g.xlarge' },
    { when: 'both are wanted', from: 'db.m7g.large', wanted: { vcpus: 4, memoryGiB: 32 }, to: 'db.r7g.xlarge' },
    { when: 'connections are wanted', from: 'db.t4g.medium', wanted: { maxConnections: 500 }, to: 'db.t4g.large' },
    { when: 'nothing in particular', from: 'db.r6g.large', wanted: {}, to: 'db.r6g.xlarge' },
    { when: 'nothing in particular, by memory first', from: 'db.m6g.large', wanted: {}, to: 'db.r6g.large' },
  ])('when $when: $from -> $to', ({ from, wanted, to }) => {
    expect(largerClass(from, wanted)).toMatchObject({ kind: 'found', to: { name: to } });
  });

  it('is only one that may be ordered', () => {
    const orderable = new Set(['db.m6g.2xlarge', 'db.r6g.4xlarge']);
    expect(largerClass('db.m6g.large', { memoryGiB: 16, orderable })).toMatchObject({ to: { name: 'db.m6g.2xlarge' } });
    expect(largerClass('db.m6g.large', { orderable: new Set() })).toEqual({ kind: 'none-large-enough' });
  });

  it.each([
    { from: 'db.r6g.16xlarge', wanted: {} },
    { from: 'db.r6g.large', wanted: { memoryGiB: 513 } },
    { from: 'db.m6g.large', wanted: { vcpus: 65 } },
    // 5000 is where the default stops growing.
    { from: 'db.r8g.large', wanted: { maxConnections: 5001 } },
  ])('is not there from $from for $wanted', ({ from, wanted }) => {
    expect(largerClass(from, wanted)).toEqual({ kind: 'none-large-enough' });
  });

  it.each(['db.m5.large', 'db.serverless', ''])('is not known from %s', (from) => {
    expect(largerClass(from, {})).toEqual({ kind: 'class-not-known' });
  });

  const wanted = fc.record(
    { vcpus: fc.nat(100), memoryGiB: fc.nat(800), maxConnections: fc.nat(5000) },
    { requiredKeys: [] },
  );

  it('takes nothing away, offers what is wanted, and is another class', () => {
    fc.assert(
      fc.property(anyClass, wanted, (from, want) => {
        const larger = largerClass(from.name, want);
        fc.pre(larger.kind === 'found');
        const { to } = larger;
        expect(to.name).not.toBe(from.name);
        expect(to.vcpus).toBeGreaterThanOrEqual(from.vcpus);
        expect(to.memoryGiB).toBeGreaterThanOrEqual(Math.max(from.memoryGiB, want.memoryGiB ?? 0));
        expect(to.sustainedVcpus).toBeGreaterThanOrEqual(want.vcpus ?? 0);
        expect(to.maxConnections).toBeGreaterThanOrEqual(want.maxConnections ?? 0);
      }),
    );
  });

  it('is never smaller when more is wanted', () => {
    fc.assert(
      fc.property(anyClass, fc.nat(400), fc.nat(400), (from, memoryGiB, more) => {
        const less = largerClass(from.name, { memoryGiB });
        const larger = largerClass(from.name, { memoryGiB: memoryGiB + more });
        fc.pre(less.kind === 'found' && larger.kind === 'found');
        expect(larger.to.memoryGiB).toBeGreaterThanOrEqual(less.to.memoryGiB);
      }),
    );
  });
});

describe('the prices of the classes', () => {
  it.each(DATABASE_PRICES)('of RDS in $region: twice for two zones, and rising with the size', ({ prices }) => {
    for (const family of families) {
      const priced = ladder(family).flatMap(({ name, vcpus, memoryGiB }) => {
        const price = prices[name];
        return price === undefined ? [] : [{ name, vcpus, memoryGiB, price }];
      });
      for (const [index, { price, memoryGiB }] of priced.entries()) {
        const [single, multi] = price;
        // AWS rounds to three decimals.
        expect(Math.abs(multi - 2 * single)).toBeLessThanOrEqual(0.0015);
        const first = priced[0]!;
        expect(single / first.price[0]).toBeGreaterThan((memoryGiB / first.memoryGiB) * 0.93);
        expect(single / first.price[0]).toBeLessThan((memoryGiB / first.memoryGiB) * 1.07);
        expect(single).toBeGreaterThan(priced[index - 1]?.price[0] ?? 0);
      }
    }
  });

  it.each(DATABASE_PRICES)('of RDS in $region are of classes that are known', ({ prices }) => {
    expect(Object.keys(prices).filter((name) => databaseClass(name) === null)).toEqual([]);
  });

  it.each(AURORA_PRICES)(
    'of Aurora in $region as of $asOf are of its classes, in proportion to their size',
    ({ prices }) => {
      const classes = Object.entries(prices).filter(([name]) => name !== 'ACU');
      for (const [name, price] of classes) {
        const { family, memoryGiB } = named(name);
        expect(isAuroraClass(named(name))).toBe(true);
        const smallest = ladder(family).find((candidate) => prices[candidate.name] !== undefined)!;
        expect(price / prices[smallest.name]! / (memoryGiB / smallest.memoryGiB)).toBeCloseTo(1, 1);
      }
      expect(Object.keys(prices).length).toBeGreaterThan(0);
    },
  );
});
