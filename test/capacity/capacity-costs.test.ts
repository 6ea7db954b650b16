import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  acuCostDelta,
  auroraCostDelta,
  cacheCost,
  cacheCostDelta,
  databaseCost,
  databaseCostDelta,
  storageCost,
  storageCostDelta,
  taskCostDelta,
} from '../../shared/capacity/capacity-costs.ts';
import { CACHE_NODE_TYPES } from '../../shared/capacity/cache-nodes.ts';
import { DATABASE_CLASSES, nextInFamily } from '../../shared/capacity/database-classes.ts';
import type { MonthlyCost } from '../../shared/capacity/prices.ts';

const usd = (cost: MonthlyCost): number => (cost.kind === 'known' ? cost.usdPerMonth : Number.NaN);

describe('what a change of tasks adds to the bill', () => {
  const running = (
    cpuUnits: number,
    memoryMiB: number,
    tasks: number,
    capacity: 'on-demand' | 'spot' = 'on-demand',
  ) => ({
    ...{ task: { cpuUnits, memoryMiB, architecture: 'x86_64' as const }, tasks, capacity },
  });

  it('from 10 × 1 vCPU and 2 GB to 6 × 2 vCPU and 4 GB in eu-central-1', () => {
    const delta = taskCostDelta({ from: running(1024, 2048, 10), to: running(2048, 4096, 6), region: 'eu-central-1' });
    const one = 730 * (0.04656 + 2 * 0.00511);
    expect(usd(delta)).toBeCloseTo(2 * one, 6);
  });

  it('is not known where Spot is concerned, and says so', () => {
    const to = running(1024, 2048, 10, 'spot');
    expect(taskCostDelta({ from: running(1024, 2048, 10), to, region: 'eu-central-1' })).toEqual({
      kind: 'unknown',
      missing: ['Fargate spot x86_64 in eu-central-1'],
    });
  });
});

describe('what a change of class adds to the bill', () => {
  const instances = (className: string, count = 1, deployment: 'single-az' | 'multi-az' = 'multi-az') => ({
    ...{ className, deployment, instances: count },
  });

  it('from phase 1 to phase 2 of the reference platform, with two replicas', () => {
    const region = 'eu-central-1';
    const upgrade = databaseCostDelta({ from: instances('db.t4g.medium'), to: instances('db.r6g.large'), region });
    expect(usd(upgrade)).toBeCloseTo(730 * (0.549 - 0.149), 6);
    const from = instances('db.r6g.large', 0, 'single-az');
    const replicas = databaseCostDelta({ from, to: { ...from, instances: 2 }, region });
    expect(usd(replicas)).toBeCloseTo(730 * 2 * 0.274, 6);
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
    const change = { from: instances('db.t4g.2xlarge'), to: instances('db.m6g.2xlarge') };
    expect(usd(databaseCostDelta({ ...change, region: 'sa-east-1' }))).toBeLessThan(0);
    expect(usd(databaseCostDelta({ ...change, region: 'eu-central-1' }))).toBeGreaterThan(0);
  });

  it('is more for each step up in a family, where both prices are known', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...DATABASE_CLASSES),
        fc.constantFrom('eu-central-1', 'us-east-1', 'sa-east-1'),
        (from, region) => {
          const to = nextInFamily(from);
          fc.pre(to !== null);
          const delta = databaseCostDelta({ from: instances(from.name), to: instances(to.name), region });
          expect(delta.kind === 'unknown' || delta.usdPerMonth > 0).toBe(true);
        },
      ),
    );
  });
});

describe('what a change of storage adds to the bill', () => {
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
    const delta = storageCostDelta({ from: gp3(250), to: gp3(400), region: 'eu-central-1' });
    expect(usd(delta)).toBeCloseTo(150 * 0.137, 9);
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
    expect(storageCostDelta({ from: gp3(400), to: gp3(400, 20_000, 1000), region: 'sa-east-1' })).toEqual({
      kind: 'unknown',
      missing: ['RDS gp3 IOPS in sa-east-1', 'RDS gp3 MiB/s in sa-east-1'],
    });
  });
});

describe('what a change of Aurora adds to the bill', () => {
  it('lies between the minimum and the maximum', () => {
    const from = { range: { min: 0.5, max: 4 }, instances: 2 };
    const to = { range: { min: 1, max: 8 }, instances: 2 };
    const { atMin, atMax } = acuCostDelta({ from, to, region: 'eu-central-1' });
    expect(usd(atMin)).toBeCloseTo(2 * 0.5 * 0.14 * 730, 6);
    expect(usd(atMax)).toBeCloseTo(2 * 4 * 0.14 * 730, 6);
    expect(acuCostDelta({ from, to, region: 'sa-east-1' }).atMax).toEqual({
      kind: 'unknown',
      missing: ['Aurora Serverless v2 ACU in sa-east-1'],
    });
  });

  it('is nothing at the minimum when only the maximum moves, from a cluster that pauses', () => {
    const range = { min: 0, max: 4 };
    const change = { from: { range, instances: 1 }, to: { range: { min: 0, max: 8 }, instances: 1 } };
    expect(acuCostDelta({ ...change, region: 'us-east-1' }).atMin).toEqual({ kind: 'known', usdPerMonth: 0 });
  });

  it('is one instance for one reader more', () => {
    const from = { className: 'db.r6g.large', instances: 2 };
    const delta = auroraCostDelta({ from, to: { ...from, instances: 3 }, region: 'us-east-1' });
    expect(usd(delta)).toBeCloseTo(0.26 * 730, 6);
    expect(auroraCostDelta({ from, to: { ...from, className: 'db.m6g.large' }, region: 'us-east-1' }).kind).toBe(
      'unknown',
    );
  });
});

describe('what a change of cache adds to the bill', () => {
  it('is one node for one replica more, and a fifth less with Valkey', () => {
    const from = { engine: 'redis', nodeType: 'cache.r7g.large', nodes: 1 } as const;
    const delta = cacheCostDelta({ from, to: { ...from, nodes: 2 }, region: 'us-east-1' });
    expect(usd(delta)).toBeCloseTo(0.219 * 730, 6);
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
