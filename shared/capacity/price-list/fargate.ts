import type { RegionPrices } from '../prices.ts';

/**
 * US dollars an hour of one vCPU and of one GB of a Fargate task for Linux.
 * `node scripts/refresh-prices.ts` writes this file anew.
 */
export const FARGATE_PRICES: readonly RegionPrices<readonly [vcpu: number, gb: number]>[] = [
  {
    region: 'eu-central-1',
    asOf: '2026-09-13',
    source:
      'AWS price list AmazonECS; each figure alike in two or more publications of it of September and October 2026',
    prices: {
      'on-demand/x86_64': [0.04656, 0.00511],
      'on-demand/arm64': [0.03725, 0.00409],
    },
  },
  {
    region: 'us-east-1',
    asOf: '2026-09-13',
    source:
      'AWS price list AmazonECS; each figure alike in two or more publications of it of September and October 2026',
    prices: {
      'on-demand/x86_64': [0.04048, 0.004445],
      'on-demand/arm64': [0.03238, 0.00356],
    },
  },
  {
    region: 'sa-east-1',
    asOf: '2026-09-13',
    source:
      'AWS price list AmazonECS; each figure alike in two or more publications of it of September and October 2026',
    prices: {
      'on-demand/x86_64': [0.0696, 0.0076],
      'on-demand/arm64': [0.0557, 0.00612],
    },
  },
];
