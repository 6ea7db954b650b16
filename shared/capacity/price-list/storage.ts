import type { RegionPrices } from '../prices.ts';

/**
 * US dollars a month of Single-AZ storage of RDS for PostgreSQL; Multi-AZ is twice as much.
 * `node scripts/refresh-prices.ts` writes this file anew.
 */
export const STORAGE_PRICES: readonly RegionPrices<number>[] = [
  {
    region: 'us-east-1',
    asOf: '2026-07-28',
    source: 'AWS price list AmazonRDS, as quoted in public reviews of it',
    prices: {
      'gp3 GiB': 0.115,
      'gp3 IOPS': 0.02,
      'gp3 MiB/s': 0.08,
      'io1 GiB': 0.125,
      'io1 IOPS': 0.1,
      'io2 GiB': 0.125,
      'io2 IOPS': 0.1,
    },
  },
  {
    region: 'eu-central-1',
    asOf: '2026-11-21',
    source: 'RDS pricing page, as quoted alike in two public cost sheets and a bill without a date',
    prices: {
      'gp3 GiB': 0.137,
    },
  },
  {
    region: 'sa-east-1',
    asOf: '2026-11-21',
    source: 'AWS price list AmazonRDS, as quoted in a public test without a date',
    prices: {
      'gp3 GiB': 0.219,
    },
  },
];
