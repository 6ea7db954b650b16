import { describe, expect, it } from '@jest/globals';
import { monthlyCost, oldestDay, perHour, priceOf, type RegionPrices } from '../../shared/capacity/prices.ts';
import { AURORA_PRICES } from '../../shared/capacity/price-list/aurora.ts';
import { CACHE_PRICES } from '../../shared/capacity/price-list/cache.ts';
import { DATABASE_PRICES } from '../../shared/capacity/price-list/database.ts';
import { FARGATE_PRICES } from '../../shared/capacity/price-list/fargate.ts';
import { STORAGE_PRICES } from '../../shared/capacity/price-list/storage.ts';

const table = (region: string, prices: Readonly<Record<string, number>>, asOf = '2026-01-01') => ({
  ...{ region, asOf, source: 'a list', prices },
});

describe('looking up a price', () => {
  const tables = [table('here', { a: 1 }), table('there', { a: 2 }), table('here', { a: 3, b: 4 })];

  it.each([
    { region: 'here', key: 'a', price: 1 },
    { region: 'here', key: 'b', price: 4 },
    { region: 'there', key: 'b', price: null },
    { region: 'nowhere', key: 'a', price: null },
    { region: 'here', key: 'toString', price: null },
  ])('$key in $region: $price', ({ region, key, price }) => {
    expect(priceOf(tables, region, key)).toBe(price);
  });

  it('says how old the oldest table is', () => {
    expect(oldestDay([table('a', {}, '2026-02-01'), table('b', {}, '2024-09-27')])).toBe('2024-09-27');
    expect(oldestDay([])).toBe('never');
  });
});

describe('the sum of a bill', () => {
  it('needs no price for what is not used', () => {
    const lines = [
      { what: 'storage', quantity: 100, usdPerMonthEach: 0.5 },
      { what: 'IOPS', quantity: 0, usdPerMonthEach: null },
    ];
    expect(monthlyCost(lines)).toEqual({ kind: 'known', usdPerMonth: 50 });
  });

  it('is unknown as soon as one price is, which it names once', () => {
    const lines = [
      { what: 'storage', quantity: 100, usdPerMonthEach: 0.5 },
      { what: 'IOPS', quantity: 1, usdPerMonthEach: null },
      { what: 'IOPS', quantity: 2, usdPerMonthEach: null },
    ];
    expect(monthlyCost(lines)).toEqual({ kind: 'unknown', missing: ['IOPS'] });
  });

  it('counts an hour 730 times', () => {
    expect(perHour(0.1)).toBeCloseTo(73, 9);
    expect(perHour(null)).toBeNull();
  });
});

describe('every table of prices', () => {
  const tables: readonly RegionPrices<number | readonly number[]>[] = [
    ...[...AURORA_PRICES, ...CACHE_PRICES, ...STORAGE_PRICES],
    ...[...DATABASE_PRICES, ...FARGATE_PRICES],
  ];

  it.each(tables)('of $region as of $asOf says where it is from, and costs something', ({ asOf, source, prices }) => {
    expect(asOf).toMatch(/^20\d{2}-\d{2}-\d{2}$/);
    expect(source.length).toBeGreaterThan(10);
    const all = Object.values(prices).flat();
    expect(all.length).toBeGreaterThan(0);
    expect(all.filter((price) => !(price > 0 && price < 1000))).toEqual([]);
  });

  it.each([
    ['Fargate', FARGATE_PRICES],
    ['RDS', DATABASE_PRICES],
    ['Aurora', AURORA_PRICES],
    ['storage', STORAGE_PRICES],
    ['cache', CACHE_PRICES],
  ] as const)('of %s knows the three regions', (_name, ofService) => {
    expect(new Set(ofService.map(({ region }) => region))).toEqual(new Set(['eu-central-1', 'us-east-1', 'sa-east-1']));
  });
});
