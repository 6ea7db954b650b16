import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { extractPrices, isOffer, PRICE_MODULES, renderPriceModule, type Offer } from '../../scripts/refresh-prices.ts';
import { AURORA_PRICES } from '../../shared/capacity/price-list/aurora.ts';
import { CACHE_PRICES } from '../../shared/capacity/price-list/cache.ts';
import { DATABASE_PRICES } from '../../shared/capacity/price-list/database.ts';
import { FARGATE_PRICES } from '../../shared/capacity/price-list/fargate.ts';
import { STORAGE_PRICES } from '../../shared/capacity/price-list/storage.ts';

interface Sold {
  readonly family?: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Dollars, or the tiers from a number of units on. */
  readonly usd: string | Readonly<Record<string, string>>;
}

/** A list as AWS publishes it: products and their terms apart, joined by the SKU, every number a string. */
function anOffer(sold: readonly Sold[]): Offer {
  const sku = (index: number) => `SKU${index}`.padEnd(16, 'X');
  return {
    publicationDate: '2026-11-01T00:12:41Z',
    products: Object.fromEntries(
      sold.map(({ family = 'Database Instance', attributes }, index) => [
        sku(index),
        { sku: sku(index), productFamily: family, attributes: { locationType: 'AWS Region', ...attributes } },
      ]),
    ),
    terms: {
      OnDemand: Object.fromEntries(
        sold.map(({ usd }, index) => {
          const tiers = Object.entries(typeof usd === 'string' ? { '0': usd } : usd);
          const priceDimensions = tiers.map(([beginRange, price], tier) => [
            `${sku(index)}.JRTCKXETXF.${tier}`,
            { unit: 'Hrs', beginRange, endRange: 'Inf', description: 'so much', pricePerUnit: { USD: price } },
          ]);
          return [
            sku(index),
            {
              [`${sku(index)}.JRTCKXETXF`]: {
                offerTermCode: 'JRTCKXETXF',
                priceDimensions: Object.fromEntries(priceDimensions) as never,
              },
            },
          ];
        }),
      ),
    },
  };
}

const moduleOf = (file: string) => PRICE_MODULES.find((module) => module.file === file)!;
const extract = (file: string, sold: readonly Sold[]) => extractPrices(anOffer(sold), moduleOf(file).wanted).prices;

const postgres = (usagetype: string, instanceType: string, over: Readonly<Record<string, string>> = {}) => ({
  ...{ databaseEngine: 'PostgreSQL', instanceType, usagetype, ...over },
});

describe('the price list of AmazonRDS', () => {
  // The usage type shortens the size: `.xl` for `.xlarge`.
  const single: Sold = { attributes: postgres('EUC1-InstanceUsage:db.r6g.xl', 'db.r6g.xlarge'), usd: '0.5490000000' };
  const multi: Sold = { attributes: postgres('EUC1-Multi-AZUsage:db.r6g.xl', 'db.r6g.xlarge'), usd: '1.0970000000' };

  it('gives both prices of a class', () => {
    expect(extract('database.ts', [single, multi])).toEqual({ 'db.r6g.xlarge': [0.549, 1.097] });
  });

  it('gives them without the prefix of a region, as in us-east-1', () => {
    const sold = [
      { attributes: postgres('InstanceUsage:db.r6g.xl', 'db.r6g.xlarge'), usd: '0.45' },
      { attributes: postgres('Multi-AZUsage:db.r6g.xl', 'db.r6g.xlarge'), usd: '0.899' },
    ];
    expect(extract('database.ts', sold)).toEqual({ 'db.r6g.xlarge': [0.45, 0.899] });
  });

  it.each([
    { what: 'another engine', over: { databaseEngine: 'MySQL' } },
    { what: 'an Outpost', over: { locationType: 'AWS Outposts' } },
    { what: 'readable standbys', over: { usagetype: 'EUC1-Multi-AZClusterUsage:db.r6g.xl' } },
    { what: 'Aurora with I/O-Optimized storage', over: { usagetype: 'EUC1-InstanceUsageIOOptimized:db.r6g.xl' } },
    { what: 'a class of no table', over: { instanceType: 'db.m3.medium' } },
  ])('leaves $what alone', ({ over }) => {
    const other: Sold = { attributes: { ...single.attributes, ...over }, usd: '9.99' };
    expect(extract('database.ts', [single, multi, other])).toEqual({ 'db.r6g.xlarge': [0.549, 1.097] });
  });

  it('names a class that lacks a price, and gives it none', () => {
    const { prices, missing } = extractPrices(anOffer([single]), moduleOf('database.ts').wanted);
    expect(prices).toEqual({});
    expect(missing).toContain('db.r6g.xlarge');
  });

  it('stops at a class with two prices, but not at the same price twice', () => {
    expect(() => extract('database.ts', [single, { ...single, usd: '0.55' }, multi])).toThrow(
      'db.r6g.xlarge has more than one price: 0.549, 0.55',
    );
    expect(extract('database.ts', [single, single, multi])).toEqual({ 'db.r6g.xlarge': [0.549, 1.097] });
  });

  it('gives Aurora with Standard storage, and the ACU', () => {
    const aurora = { databaseEngine: 'Aurora PostgreSQL' };
    const sold = [
      { attributes: postgres('EUC1-InstanceUsage:db.r6g.large', 'db.r6g.large', aurora), usd: '0.313' },
      { attributes: postgres('EUC1-InstanceUsageIOOptimized:db.r6g.large', 'db.r6g.large', aurora), usd: '0.407' },
      { attributes: { ...aurora, usagetype: 'EUC1-Aurora:ServerlessV2Usage' }, usd: '0.14', family: 'ServerlessV2' },
      { attributes: { ...aurora, usagetype: 'EUC1-Aurora:ServerlessV2IOOptimizedUsage' }, usd: '0.19' },
      { attributes: { databaseEngine: 'Aurora MySQL', usagetype: 'EUC1-Aurora:ServerlessV2Usage' }, usd: '0.15' },
    ];
    expect(extract('aurora.ts', sold)).toEqual({ 'db.r6g.large': 0.313, ACU: 0.14 });
  });

  it('gives storage of one zone, the first tier that costs something, of PostgreSQL or of any engine', () => {
    const sold = [
      { attributes: { databaseEngine: 'PostgreSQL', usagetype: 'EUC1-RDS:GP3-Storage' }, usd: '0.137' },
      { attributes: { databaseEngine: 'PostgreSQL', usagetype: 'EUC1-RDS:Multi-AZ-GP3-Storage' }, usd: '0.274' },
      { attributes: { databaseEngine: 'Oracle', usagetype: 'EUC1-RDS:GP3-Storage' }, usd: '0.2' },
      { attributes: { databaseEngine: 'Any', usagetype: 'EUC1-RDS:GP3-PIOPS' }, usd: { '0': '0', '3000': '0.5' } },
      { attributes: { usagetype: 'EUC1-RDS:GP3-Throughput' }, usd: { '500': '0.7', '125': '0.6' } },
      { attributes: { databaseEngine: 'Any', usagetype: 'EUC1-RDS:IO2-PIOPS-Storage' }, usd: '0.149' },
    ];
    expect(extract('storage.ts', sold)).toEqual({
      'gp3 GiB': 0.137,
      'gp3 IOPS': 0.5,
      'gp3 MiB/s': 0.6,
      'io2 GiB': 0.149,
    });
  });
});

describe('the price lists of the other services', () => {
  it('AmazonECS gives vCPU and memory as a pair, Spot apart', () => {
    const usage = (usagetype: string, usd: string): Sold => ({ family: 'Compute', attributes: { usagetype }, usd });
    const sold = [
      usage('EUC1-Fargate-vCPU-Hours:perCPU', '0.04656'),
      usage('EUC1-Fargate-GB-Hours', '0.00511'),
      usage('EUC1-Fargate-ARM-vCPU-Hours:perCPU', '0.03725'),
      usage('EUC1-Fargate-ARM-GB-Hours', '0.00409'),
      usage('EUC1-SpotUsage-Fargate-vCPU-Hours:perCPU', '0.014'),
      usage('EUC1-SpotUsage-Fargate-GB-Hours', '0.0015'),
      usage('EUC1-Fargate-Windows-vCPU-Hours:perCPU', '0.1'),
    ];
    expect(extract('fargate.ts', sold)).toEqual({
      'on-demand/x86_64': [0.04656, 0.00511],
      'on-demand/arm64': [0.03725, 0.00409],
      'spot/x86_64': [0.014, 0.0015],
    });
  });

  it('AmazonElastiCache gives Redis OSS and Valkey, not Memcached', () => {
    const node = (cacheEngine: string, usd: string): Sold => ({
      family: 'Cache Instance',
      attributes: { cacheEngine, instanceType: 'cache.r7g.large', usagetype: 'EUC1-NodeUsage:cache.r7g.large' },
      usd,
    });
    expect(extract('cache.ts', [node('Redis', '0.263'), node('Valkey', '0.2104'), node('Memcached', '0.26')])).toEqual({
      'redis cache.r7g.large': 0.263,
      'valkey cache.r7g.large': 0.2104,
    });
  });
});

describe('a list that is none', () => {
  it.each([
    null,
    'list',
    {},
    { publicationDate: '2026-11-01', products: {} },
    { publicationDate: 1, products: {}, terms: {} },
  ])('is refused: %j', (body) => {
    expect(isOffer(body)).toBe(false);
  });

  it('is not taken for one without on-demand terms', () => {
    const offer: Offer = { ...anOffer([]), terms: {} };
    expect(isOffer(offer)).toBe(true);
    expect(extractPrices(offer, moduleOf('fargate.ts').wanted).prices).toEqual({});
  });
});

describe('the modules that it writes', () => {
  const written = {
    'fargate.ts': FARGATE_PRICES,
    'database.ts': DATABASE_PRICES,
    'aurora.ts': AURORA_PRICES,
    'storage.ts': STORAGE_PRICES,
    'cache.ts': CACHE_PRICES,
  };

  it.each(Object.entries(written))('%s is as it would write the same prices', async (file, tables) => {
    const path = join(import.meta.dirname, '../../shared/capacity/price-list', file);
    expect(await renderPriceModule(moduleOf(file), tables)).toBe(await readFile(path, 'utf8'));
  });
});
