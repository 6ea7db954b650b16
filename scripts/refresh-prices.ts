import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { CACHE_NODE_TYPES } from '../shared/capacity/cache-nodes.ts';
import { DATABASE_CLASSES, isAuroraClass } from '../shared/capacity/database-classes.ts';
import type { RegionPrices } from '../shared/capacity/prices.ts';

/**
 * Writes shared/capacity/price-list/ anew from the public price list of AWS:
 *
 *   node scripts/refresh-prices.ts             for the regions of the tables
 *   node scripts/refresh-prices.ts eu-west-1   for these regions as well
 *
 * It takes exactly what the tables hold. What the list lacks is absent afterwards, and named; a key with two prices stops
 * it, because then the list has changed in a way that a person has to look at. The list of a region of AmazonRDS is some
 * hundred megabytes.
 */
const ROOT = join(import.meta.dirname, '..');
const REGIONS = ['eu-central-1', 'us-east-1', 'sa-east-1'];
const HOST = 'https://pricing.us-east-1.amazonaws.com';

/** The parts that we read of `/offers/v1.0/aws/<service>/current/<region>/index.json`. */
export interface Offer {
  readonly publicationDate: string;
  readonly products: Readonly<Record<string, Product>>;
  readonly terms: { readonly OnDemand?: Readonly<Record<string, Readonly<Record<string, Term>>>> };
}

interface Product {
  readonly productFamily?: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

interface Term {
  readonly priceDimensions: Readonly<Record<string, PriceDimension>>;
}

interface PriceDimension {
  readonly unit: string;
  readonly beginRange?: string;
  readonly pricePerUnit: Readonly<Record<string, string | undefined>>;
}

type Attributes = Product['attributes'];
type Price = number | readonly [number, number];

/** One price of a table: the products that have it, one for a number and two for a pair. */
interface WantedPrice {
  readonly key: string;
  readonly parts: readonly ((attributes: Attributes, usageType: string) => boolean)[];
}

interface PriceModule {
  readonly service: 'AmazonECS' | 'AmazonRDS' | 'AmazonElastiCache';
  /** In shared/capacity/price-list/. */
  readonly file: string;
  readonly constant: string;
  readonly comment: string;
  readonly type: string;
  readonly wanted: readonly WantedPrice[];
}

const exactly =
  (usage: string) =>
  (_attributes: Attributes, usageType: string): boolean =>
    usageType === usage;

const FARGATE: PriceModule = {
  service: 'AmazonECS',
  file: 'fargate.ts',
  constant: 'FARGATE_PRICES',
  comment: 'US dollars an hour of one vCPU and of one GB of a Fargate task for Linux.',
  type: 'readonly [vcpu: number, gb: number]',
  wanted: [
    { key: 'on-demand/x86_64', prefix: 'Fargate' },
    { key: 'on-demand/arm64', prefix: 'Fargate-ARM' },
    { key: 'spot/x86_64', prefix: 'SpotUsage-Fargate' },
    { key: 'spot/arm64', prefix: 'SpotUsage-Fargate-ARM' },
  ].map(({ key, prefix }) => ({
    key,
    parts: [exactly(`${prefix}-vCPU-Hours:perCPU`), exactly(`${prefix}-GB-Hours`)],
  })),
};

const instance =
  (engine: string, usage: RegExp, instanceType: string) =>
  (attributes: Attributes, usageType: string): boolean =>
    attributes['databaseEngine'] === engine && attributes['instanceType'] === instanceType && usage.test(usageType);

const DATABASE: PriceModule = {
  service: 'AmazonRDS',
  file: 'database.ts',
  constant: 'DATABASE_PRICES',
  comment: 'US dollars an hour of an instance of RDS for PostgreSQL: Single-AZ, and Multi-AZ with one standby.',
  type: 'readonly [singleAz: number, multiAz: number]',
  wanted: DATABASE_CLASSES.map(({ name }) => ({
    key: name,
    parts: [instance('PostgreSQL', /^InstanceUsage:/, name), instance('PostgreSQL', /^Multi-AZUsage:/, name)],
  })),
};

const AURORA: PriceModule = {
  service: 'AmazonRDS',
  file: 'aurora.ts',
  constant: 'AURORA_PRICES',
  comment: 'US dollars an hour of an Aurora PostgreSQL instance, and of an ACU, with Aurora Standard storage.',
  type: 'number',
  wanted: [
    ...DATABASE_CLASSES.filter(isAuroraClass).map(({ name }) => ({
      key: name,
      parts: [instance('Aurora PostgreSQL', /^InstanceUsage:/, name)],
    })),
    {
      key: 'ACU',
      parts: [
        (attributes: Attributes, usageType: string): boolean =>
          attributes['databaseEngine'] === 'Aurora PostgreSQL' && usageType === 'Aurora:ServerlessV2Usage',
      ],
    },
  ],
};

const STORAGE: PriceModule = {
  service: 'AmazonRDS',
  file: 'storage.ts',
  constant: 'STORAGE_PRICES',
  comment: 'US dollars a month of Single-AZ storage of RDS for PostgreSQL; Multi-AZ is twice as much.',
  type: 'number',
  wanted: [
    { key: 'gp2 GiB', usages: ['RDS:GP2-Storage'] },
    { key: 'gp3 GiB', usages: ['RDS:GP3-Storage'] },
    { key: 'gp3 IOPS', usages: ['RDS:GP3-PIOPS'] },
    { key: 'gp3 MiB/s', usages: ['RDS:GP3-Throughput'] },
    { key: 'io1 GiB', usages: ['RDS:PIOPS-Storage'] },
    { key: 'io1 IOPS', usages: ['RDS:PIOPS'] },
    // Both names have been seen.
    { key: 'io2 GiB', usages: ['RDS:IO2-PIOPS-Storage', 'RDS:PIOPS-Storage-IO2'] },
    { key: 'io2 IOPS', usages: ['RDS:IO2-PIOPS'] },
  ].map(({ key, usages }) => ({
    key,
    parts: [
      ({ databaseEngine }: Attributes, usageType: string): boolean =>
        usages.includes(usageType) && ['PostgreSQL', 'Any', undefined].includes(databaseEngine),
    ],
  })),
};

const CACHE: PriceModule = {
  service: 'AmazonElastiCache',
  file: 'cache.ts',
  constant: 'CACHE_PRICES',
  comment: 'US dollars an hour of an ElastiCache node.',
  type: 'number',
  wanted: CACHE_NODE_TYPES.flatMap(({ name }) =>
    [
      { engine: 'redis', cacheEngine: 'Redis' },
      { engine: 'valkey', cacheEngine: 'Valkey' },
    ].map(({ engine, cacheEngine }) => ({
      key: `${engine} ${name}`,
      parts: [
        (attributes: Attributes, usageType: string): boolean =>
          attributes['cacheEngine'] === cacheEngine &&
          attributes['instanceType'] === name &&
          usageType.startsWith('NodeUsage:'),
      ],
    })),
  ),
};

export const PRICE_MODULES: readonly PriceModule[] = [FARGATE, DATABASE, AURORA, STORAGE, CACHE];

export interface Extracted {
  readonly prices: Readonly<Record<string, Price>>;
  /** Keys that the list has no price for. */
  readonly missing: readonly string[];
}

/**
 * The prices of one module in one list.
 *
 * @throws Error when a key has two different prices.
 */
export function extractPrices(offer: Offer, wanted: readonly WantedPrice[]): Extracted {
  const products = Object.entries(offer.products)
    // Outposts and Local Zones have prices of their own.
    .filter(([, { attributes }]) => attributes['locationType'] === 'AWS Region')
    .map(([sku, { attributes }]) => ({ sku, attributes, usageType: withoutRegion(attributes['usagetype'] ?? '') }));
  const found = wanted.map(({ key, parts }) => ({
    key,
    values: parts.map((matches) =>
      onePrice(
        key,
        products
          .filter(({ attributes, usageType }) => matches(attributes, usageType))
          .flatMap(({ sku }) => onDemandPrices(offer, sku)),
      ),
    ),
  }));
  const prices: Record<string, Price> = {};
  for (const { key, values } of found) {
    const [first, second] = values;
    if (first === null || first === undefined || second === null) continue;
    prices[key] = second === undefined ? first : [first, second];
  }
  return { prices, missing: wanted.map(({ key }) => key).filter((key) => !Object.hasOwn(prices, key)) };
}

/** `EUC1-InstanceUsage:db.r6g.large` without its region. us-east-1 has no prefix. `Multi-AZUsage` is none. */
function withoutRegion(usageType: string): string {
  return usageType.replace(/^[A-Z]{2,4}\d?-/, '');
}

/** Of a tiered price the first that is not free: the free tier is the account's, not the resource's. */
function onDemandPrices({ terms }: Offer, sku: string): readonly number[] {
  return Object.values(terms.OnDemand?.[sku] ?? {}).flatMap(({ priceDimensions }) => {
    const paid = Object.values(priceDimensions)
      .map(({ beginRange, pricePerUnit }) => ({ from: Number(beginRange ?? 0), usd: Number(pricePerUnit['USD']) }))
      .filter(({ usd }) => usd > 0)
      .toSorted((a, b) => a.from - b.from)[0];
    return paid === undefined ? [] : [paid.usd];
  });
}

function onePrice(key: string, prices: readonly number[]): number | null {
  const different = [...new Set(prices)];
  if (different.length > 1) throw new Error(`${key} has more than one price: ${different.join(', ')}`);
  return different[0] ?? null;
}

/** The text of a module of prices, as prettier leaves it. */
export async function renderPriceModule(
  { comment, constant, type }: Pick<PriceModule, 'comment' | 'constant' | 'type'>,
  tables: readonly RegionPrices<Price>[],
): Promise<string> {
  const text = `import type { RegionPrices } from '../prices.ts';

/**
 * ${comment}
 * \`node scripts/refresh-prices.ts\` writes this file anew.
 */
export const ${constant}: readonly RegionPrices<${type}>[] = ${JSON.stringify(tables, null, 2)};
`;
  return format(text, { ...(await resolveConfig(join(ROOT, 'package.json'))), parser: 'typescript' });
}

async function download(service: string, region: string): Promise<Offer> {
  const url = `${HOST}/offers/v1.0/aws/${service}/current/${region}/index.json`;
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const body: unknown = await response.json();
  if (!isOffer(body)) throw new Error(`${url} is not a price list that we can read`);
  return body;
}

export function isOffer(body: unknown): body is Offer {
  return (
    typeof body === 'object' &&
    body !== null &&
    'publicationDate' in body &&
    typeof body.publicationDate === 'string' &&
    'products' in body &&
    typeof body.products === 'object' &&
    'terms' in body &&
    typeof body.terms === 'object'
  );
}

async function refresh(regions: readonly string[]): Promise<void> {
  const tables = new Map(PRICE_MODULES.map(({ file }) => [file, new Array<RegionPrices<Price>>()]));
  for (const service of new Set(PRICE_MODULES.map((module) => module.service))) {
    for (const region of regions) {
      const offer = await download(service, region);
      for (const { file, wanted } of PRICE_MODULES.filter((module) => module.service === service)) {
        const { prices, missing } = extractPrices(offer, wanted);
        const asOf = offer.publicationDate.slice(0, 10);
        tables.get(file)?.push({ region, asOf, source: `AWS price list ${service}`, prices });
        if (missing.length > 0) console.warn(`${region} ${file}: no price for ${missing.join(', ')}`);
      }
    }
  }
  for (const module of PRICE_MODULES) {
    const path = join(ROOT, 'shared/capacity/price-list', module.file);
    const text = await renderPriceModule(module, tables.get(module.file) ?? []);
    const before = await readFile(path, 'utf8').catch(() => null);
    if (text !== before) await writeFile(path, text);
    console.log(`${text === before ? 'unchanged' : 'wrote'} shared/capacity/price-list/${module.file}`);
  }
}

if (import.meta.main) await refresh([...new Set([...REGIONS, ...process.argv.slice(2)])]);
