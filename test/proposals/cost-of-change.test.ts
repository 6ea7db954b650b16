import { describe, expect, it } from '@jest/globals';
import type { ProposableChange } from '../../shared/domain/change.ts';
import { costOfChange } from '../../shared/proposals/cost-of-change.ts';
import { NOTHING_SEEN } from '../../shared/proposals/seen-facts.ts';
import { aCache, aDatabase } from '../support/builders/infrastructure.ts';
import { aFleetPolicy } from '../support/builders/policy.ts';
import { CHANGES, CLUSTER, EVERY_CHANGE } from './samples.ts';

const policy = aFleetPolicy();

describe('what a change costs', () => {
  const database = aDatabase({ instanceClass: 'db.r6g.large', deployment: 'multi-az', replicas: ['r1'] });
  const facts = { database, cache: aCache(), task: null };
  const us = { ...policy, region: 'us-east-1' };
  const delta = (change: ProposableChange, region = us, seenFacts = facts): number | null => {
    const cost = costOfChange(change, region, seenFacts);
    return cost === null ? null : Math.round((cost.afterUsdPerMonth - cost.beforeUsdPerMonth) * 100) / 100;
  };

  it('of tasks is that of their ceiling', () => {
    expect(delta(CHANGES['set-capacity-bounds'], policy)).toBeCloseTo(165.8, 1);
    expect(delta(CHANGES['resize-task'], policy)).toBeCloseTo(414.49, 1);
  });

  it('of a class is that of the primary; of an Aurora cluster of all its instances', () => {
    const one = delta(CHANGES['change-database-class']);
    expect(one).toBeGreaterThan(0);
    expect(delta({ ...CHANGES['change-database-class'], database: CLUSTER })).toBeGreaterThan(0);
    const without = { ...facts, database: { ...database, deployment: 'single-az' as const } };
    expect(delta(CHANGES['change-database-class'], us, without)).toBeCloseTo((one ?? 0) / 2, 0);
  });

  it('of Aurora I/O-Optimized is not known: the tables have the prices of Aurora Standard', () => {
    const billed = (auroraStorage: 'standard' | 'io-optimized') => ({
      ...facts,
      database: { ...database, auroraStorage },
    });
    const klass = { ...CHANGES['change-database-class'], database: CLUSTER };
    const replica = { ...CHANGES['set-read-replicas'], database: CLUSTER };
    for (const change of [klass, replica, CHANGES['set-aurora-capacity']]) {
      expect([delta(change, us, billed('standard')), delta(change, us, billed('io-optimized'))]).toEqual([
        expect.any(Number),
        null,
      ]);
    }
  });

  // prettier-ignore
  it.each<{ of: string; change: ProposableChange; region: string; then: RegExp }>([
    { of: 'an ACU, whose table is not the first of its region', change: CHANGES['set-aurora-capacity'],                    region: 'eu-central-1', then: /eu-central-1, 2026-11-21 \([^()]*\)$/ },
    { of: 'a class of Aurora, whose table is',   change: { ...CHANGES['change-database-class'], database: CLUSTER },    region: 'eu-central-1', then: /eu-central-1, 2024-09-27 \([^()]*\)$/ },
    { of: 'two classes of two tables',           change: { ...CHANGES['change-database-class'], database: CLUSTER, to: { instanceClass: 'db.r8g.xlarge' } }, region: 'us-east-1', then: /us-east-1, 2024-09-27 \([^()]*\) and 2026-11-21 \([^()]*\)$/ },
    { of: 'a cache of Valkey',                   change: CHANGES['set-cache-shape'],                                    region: 'us-east-1',    then: /^all nodes, a node of Valkey without a list price at a fifth less than Redis OSS; .* 2024-08-09 \([^()]*\)$/ },
  ])('of $of has the day and the source of its own prices', ({ change, region, then }) => {
    expect(costOfChange(change, { ...policy, region }, facts)?.source).toMatch(then);
  });

  it('of storage is that beyond what the size brings', () => {
    // 200 GiB more of gp3 in two copies at 0.115; the IOPS and throughput of 400 GiB come with them.
    expect(delta(CHANGES['provision-storage'])).toBeCloseTo(46, 1);
  });

  it('of a ceiling of storage is that of the storage once it has grown there', () => {
    const ceiling = CHANGES['set-storage-ceiling'];
    // From 50 GiB that are allocated, or from the ceiling before, to 1,000 of gp3 in two copies at 0.115.
    expect(delta(ceiling)).toBeCloseTo(218.5, 2);
    expect(delta({ ...ceiling, from: { maxAllocatedGiB: 200 } })).toBeCloseTo(184, 2);
    expect(costOfChange(ceiling, us, facts)?.source).toContain('when it has grown to the ceiling');
  });

  it('of a ceiling of storage has what is provisioned above the baseline on both sides', () => {
    const storage = {
      type: 'gp3',
      allocatedGiB: 500,
      maxAllocatedGiB: null,
      iops: 14_000,
      throughputMibps: 500,
    } as const;
    const striped = { ...facts, database: { ...database, storage } };
    expect(costOfChange(CHANGES['set-storage-ceiling'], us, striped)).toMatchObject({
      // 500 GiB at 0.115 and 2,000 IOPS above 12,000 at 0.02, in two copies.
      beforeUsdPerMonth: expect.closeTo(195, 2) as unknown,
      afterUsdPerMonth: expect.closeTo(310, 2) as unknown,
    });
  });

  it('says where the figures are from', () => {
    expect(costOfChange(CHANGES['set-capacity-bounds'], policy, facts)?.source).toMatch(
      /^all tasks of the ceiling, all month; AWS list prices of eu-central-1, \d{4}-\d\d-\d\d \(/,
    );
  });

  it('says of Spot that it is an upper bound', () => {
    const services = policy.services.map((one) => ({
      ...one,
      task: { ...one.task, capacityProvider: 'fargate-spot' as const },
    }));
    const cost = costOfChange(CHANGES['set-capacity-bounds'], { ...policy, services }, facts);
    expect(cost?.source).toMatch(/^all tasks of the ceiling, all month, at most: Spot costs less/);
    expect(cost?.afterUsdPerMonth).toBe(costOfChange(CHANGES['set-capacity-bounds'], policy, facts)?.afterUsdPerMonth);
  });

  it.each(EVERY_CHANGE)('of $kind is not told where a price or a fact is missing', (change) => {
    expect(costOfChange(change, { ...policy, region: 'xx-nowhere-1' }, NOTHING_SEEN)).toBeNull();
  });

  it.each(EVERY_CHANGE)('of $kind is finite where it is told', (change) => {
    const { beforeUsdPerMonth = 0, afterUsdPerMonth = 0 } = costOfChange(change, us, facts) ?? {};
    expect(Number.isFinite(beforeUsdPerMonth + afterUsdPerMonth)).toBe(true);
  });
});
