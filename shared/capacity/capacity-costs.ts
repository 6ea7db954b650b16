import { GP3_BASELINE, GP3_STRIPED_BASELINE, STRIPED_FROM_GIB, type DatabaseStorage } from './database-storage.ts';
import { AURORA_PRICES } from './price-list/aurora.ts';
import { CACHE_PRICES } from './price-list/cache.ts';
import { DATABASE_PRICES } from './price-list/database.ts';
import { STORAGE_PRICES } from './price-list/storage.ts';
import { monthlyCost, perHour, priceOf, type MonthlyCost } from './prices.ts';

/*
 * Bills of a month of 730 hours, at on-demand list prices: without taxes, data transfer, backups and the discounts of an
 * account. Each is unknown as soon as a price that it needs is.
 */

/** Instances of RDS for PostgreSQL of one class: a primary, or with replicas of the same class more. */
export interface DatabaseInstances {
  /** `db.r6g.large` */
  readonly className: string;
  /** A Multi-AZ instance has one standby. Multi-AZ clusters with two readable standbys are not known here. */
  readonly deployment: 'single-az' | 'multi-az';
  readonly instances: number;
}

export function databaseCost({ className, deployment, instances }: DatabaseInstances, region: string): MonthlyCost {
  const prices = priceOf(DATABASE_PRICES, region, className);
  const price = prices?.[deployment === 'single-az' ? 0 : 1] ?? null;
  const what = `RDS PostgreSQL ${className} ${deployment} in ${region}`;
  return monthlyCost([{ what, quantity: instances, usdPerMonthEach: perHour(price) }]);
}

/** The storage of one instance; each replica has its own. */
export interface PricedStorage {
  readonly storage: DatabaseStorage;
  readonly deployment: 'single-az' | 'multi-az';
}

/** A Multi-AZ instance pays for both copies: its prices for storage, IOPS and throughput are twice those of one. */
const COPIES = { 'single-az': 1, 'multi-az': 2 } as const;

export function storageCost({ storage, deployment }: PricedStorage, region: string): MonthlyCost {
  const { type, allocatedGiB, provisionedIops, provisionedMiBps } = storage;
  const copies = COPIES[deployment];
  const free = freePerformance(storage);
  const lines = [
    { unit: 'GiB', quantity: allocatedGiB },
    { unit: 'IOPS', quantity: Math.max(0, (provisionedIops ?? 0) - free.iops) },
    { unit: 'MiB/s', quantity: Math.max(0, (provisionedMiBps ?? 0) - free.mibps) },
  ];
  return monthlyCost(
    lines.map(({ unit, quantity }) => ({
      what: `RDS ${type} ${unit} in ${region}`,
      quantity: quantity * copies,
      usdPerMonthEach: priceOf(STORAGE_PRICES, region, `${type} ${unit}`),
    })),
  );
}

/** What comes with the storage: the baseline of gp3, which is that of four volumes from 400 GiB on. */
function freePerformance({ type, allocatedGiB }: DatabaseStorage): { readonly iops: number; readonly mibps: number } {
  if (type !== 'gp3') return { iops: 0, mibps: 0 };
  return allocatedGiB >= STRIPED_FROM_GIB ? GP3_STRIPED_BASELINE : GP3_BASELINE;
}

/** Provisioned instances of an Aurora PostgreSQL cluster with Aurora Standard storage, writer and readers alike. */
export interface AuroraInstances {
  readonly className: string;
  readonly instances: number;
}

export function auroraCost({ className, instances }: AuroraInstances, region: string): MonthlyCost {
  const price = priceOf(AURORA_PRICES, region, className);
  const what = `Aurora PostgreSQL ${className} in ${region}`;
  return monthlyCost([{ what, quantity: instances, usdPerMonthEach: perHour(price) }]);
}

export interface CacheNodes {
  readonly engine: CacheEngine;
  /** `cache.r7g.large` */
  readonly nodeType: string;
  /** Of all shards, with their replicas. */
  readonly nodes: number;
}

export type CacheEngine = 'redis' | 'valkey';

/** Nodes of Valkey cost a fifth less than those of Redis OSS, AWS announced on 2024-10-08. */
const VALKEY_SHARE = 0.8;

export function cacheCost({ engine, nodeType, nodes }: CacheNodes, region: string): MonthlyCost {
  const what = `ElastiCache ${engine} ${nodeType} in ${region}`;
  return monthlyCost([{ what, quantity: nodes, usdPerMonthEach: perHour(cachePrice(engine, nodeType, region)) }]);
}

function cachePrice(engine: CacheEngine, nodeType: string, region: string): number | null {
  const listed = priceOf(CACHE_PRICES, region, `${engine} ${nodeType}`);
  if (listed !== null || engine === 'redis') return listed;
  const ofRedis = priceOf(CACHE_PRICES, region, `redis ${nodeType}`);
  return ofRedis === null ? null : ofRedis * VALKEY_SHARE;
}
