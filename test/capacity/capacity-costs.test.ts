import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { auroraCost, cacheCost, databaseCost, storageCost } from '../../shared/capacity/capacity-costs.ts';
import { CACHE_NODE_TYPES } from '../../shared/capacity/cache-nodes.ts';
import { DATABASE_CLASSES } from '../../shared/capacity/database-classes.ts';
import type { MonthlyCost } from '../../shared/capacity/prices.ts';

const usd = (cost: MonthlyCost): number => (cost.kind === 'known' ? cost.usdPerMonth : Number.NaN);

describe('the bill of a class', () => {
  const instances = (className: string, count = 1, deployment: 'single-az' | 'multi-az' = 'multi-az') => ({
    ...{ className, deployment, instances: count },
  });

  it('from phase 1 to phase 2 of the reference platform, with two replicas', () => {
    const region = 'eu-central-1';
    expect(usd(databaseCost(instances('db.t4g.medium'), region))).toBeCloseTo(730 * 0.149, 6);
    expect(usd(databaseCost(instances('db.r6g.large'), region))).toBeCloseTo(730 * 0.549, 6);
    expect(usd(databaseCost(instances('db.r6g.large', 2, 'single-az'), region))).toBeCloseTo(730 * 2 * 0.274, 6);
    expect(usd(databaseCost(instances('db.r6g.large', 0, 'single-az'), region))).toBe(0);
  });

  it.each([
    { className: 'db.m8g.large', region: 'us-east-1', what: 'RDS PostgreSQL db.m8g.large multi-az in us-east-1' },
    { className: 'db.m7g.large', region: 'sa-east-1', what: 'RDS PostgreSQL db.m7g.large multi-az in sa-east-1' },
    { className: 'db.m6g.large', region: 'eu-west-1', what: 'RDS PostgreSQL db.m6g.large multi-az in eu-west-1' },
    { className: 'db.m5.large', region: 'us-east-1', what: 'RDS PostgreSQL db.m5.large multi-az in us-east-1' },
  ])('is not known for $className in $region', ({ className, region, what }) => {
    expect(databaseCost(instances(className), region)).toEqual({ kind: 'unknown', missing: [what] });
  });

  it('can be a saving: in sa-east-1 the burstable class costs more than the steady one of its size', () => {
    const added = (region: string): number =>
      usd(databaseCost(instances('db.m6g.2xlarge'), region)) - usd(databaseCost(instances('db.t4g.2xlarge'), region));
    expect(added('sa-east-1')).toBeLessThan(0);
    expect(added('eu-central-1')).toBeGreaterThan(0);
  });

  it('is more for each step up in a family, where both prices are known', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...DATABASE_CLASSES),
        fc.constantFrom('eu-central-1', 'us-east-1', 'sa-east-1'),
        (from, region) => {
          const ladder = DATABASE_CLASSES.filter(({ family }) => family === from.family);
          const to = ladder[ladder.indexOf(from) + 1];
          fc.pre(to !== undefined);
          const [before, after] = [from, to].map(({ name }) => databaseCost(instances(name), region));
          fc.pre(before?.kind === 'known' && after?.kind === 'known');
          expect(after.usdPerMonth).toBeGreaterThan(before.usdPerMonth);
        },
      ),
    );
  });
});

describe('the bill of storage', () => {
  const gp3 = (allocatedGiB: number, iops: number | null = null, mibps: number | null = null) => ({
    storage: { type: 'gp3', allocatedGiB, provisionedIops: iops, provisionedMiBps: mibps } as const,
    deployment: 'single-az' as const,
  });

  it('is the storage alone up to the baseline, on both sides of 400 GiB', () => {
    const region = 'us-east-1';
    expect(usd(storageCost(gp3(399), region))).toBeCloseTo(399 * 0.115, 9);
    expect(usd(storageCost(gp3(400), region))).toBeCloseTo(400 * 0.115, 9);
    expect(usd(storageCost(gp3(400, 12_000, 500), region))).toBeCloseTo(400 * 0.115, 9);
    expect(usd(storageCost(gp3(400, 12_001, 501), region))).toBeCloseTo(400 * 0.115 + 0.02 + 0.08, 9);
  });

  it('is known from 250 to 400 GiB in eu-central-1, where that unlocks 12,000 IOPS', () => {
    const [before, after] = [250, 400].map((gib) => usd(storageCost(gp3(gib), 'eu-central-1')));
    expect(after! - before!).toBeCloseTo(150 * 0.137, 9);
  });

  it('is twice as much in two zones', () => {
    const one = gp3(500, 20_000, 1000);
    const two = usd(storageCost({ ...one, deployment: 'multi-az' }, 'us-east-1'));
    expect(two).toBeCloseTo(2 * (500 * 0.115 + 8000 * 0.02 + 500 * 0.08), 6);
  });

  it('is every IOPS of io1, from the first', () => {
    const io1 = { ...gp3(100), storage: { ...gp3(100).storage, type: 'io1', provisionedIops: 1000 } as const };
    expect(usd(storageCost(io1, 'us-east-1'))).toBeCloseTo(100 * 0.125 + 1000 * 0.1, 6);
  });

  it('names what is not known', () => {
    expect(storageCost(gp3(400, 20_000, 1000), 'sa-east-1')).toEqual({
      kind: 'unknown',
      missing: ['RDS gp3 IOPS in sa-east-1', 'RDS gp3 MiB/s in sa-east-1'],
    });
  });
});

describe('the bill of Aurora', () => {
  it('is every instance, writer and readers alike', () => {
    const three = { className: 'db.r6g.large', instances: 3 };
    expect(usd(auroraCost(three, 'us-east-1'))).toBeCloseTo(3 * 0.26 * 730, 6);
    expect(auroraCost({ ...three, className: 'db.m6g.large' }, 'us-east-1').kind).toBe('unknown');
  });
});

describe('the bill of a cache', () => {
  it('is each node, and a fifth less with Valkey', () => {
    const from = { engine: 'redis', nodeType: 'cache.r7g.large', nodes: 1 } as const;
    expect(usd(cacheCost(from, 'us-east-1'))).toBeCloseTo(0.219 * 730, 6);
    expect(usd(cacheCost({ ...from, engine: 'valkey' }, 'us-east-1'))).toBeCloseTo(0.1752 * 730, 6);
  });

  it('is in proportion to the nodes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CACHE_NODE_TYPES), fc.integer({ min: 1, max: 500 }), ({ name }, nodes) => {
        const cost = (count: number) => usd(cacheCost({ engine: 'redis', nodeType: name, nodes: count }, 'sa-east-1'));
        expect(cost(nodes)).toBeCloseTo(cost(1) * nodes, 6);
      }),
    );
  });

  it.each(['redis', 'valkey'] as const)('is not known for a node type of %s without a price', (engine) => {
    expect(cacheCost({ engine, nodeType: 'cache.r5.large', nodes: 1 }, 'us-east-1').kind).toBe('unknown');
    expect(cacheCost({ engine, nodeType: 'cache.r7g.large', nodes: 1 }, 'eu-west-1').kind).toBe('unknown');
  });
});
