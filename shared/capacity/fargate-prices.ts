import type { Tasks, UsdPerMonth } from '../domain/units.ts';
import type { FargateSize } from './fargate-sizes.ts';

/** US dollars for an hour of one vCPU and of one GB of memory. */
interface HourlyPrice {
  readonly vcpu: number;
  readonly gb: number;
}

export type Architecture = 'x86_64' | 'arm64';

/** Day of the oldest publication that the figures were compared with. */
export const PRICES_AS_OF = '2026-09-13';

/**
 * On-demand prices of Fargate for Linux. Source: the AWS price list of AmazonECS, usage types `Fargate-vCPU-Hours`,
 * `Fargate-GB-Hours` and their `Fargate-ARM-` counterparts, as published at https://aws.amazon.com/fargate/pricing/.
 * Each figure was found alike in two or more independent publications of that list of September and October 2026.
 *
 * Fargate Spot has no fixed price: AWS moves it, at up to 70 % below on-demand. On-demand is its upper bound, which is
 * the safe side for a budget, so that Spot tasks are counted at these prices too.
 */
const PRICES: Readonly<Record<string, Readonly<Record<Architecture, HourlyPrice>>>> = {
  'eu-central-1': { x86_64: { vcpu: 0.04656, gb: 0.00511 }, arm64: { vcpu: 0.03725, gb: 0.00409 } },
  'sa-east-1': { x86_64: { vcpu: 0.0696, gb: 0.0076 }, arm64: { vcpu: 0.0557, gb: 0.00612 } },
  'us-east-1': { x86_64: { vcpu: 0.04048, gb: 0.004445 }, arm64: { vcpu: 0.03238, gb: 0.00356 } },
};

/** The month of the AWS pricing pages. */
const HOURS_PER_MONTH = 730;

export interface PricedTask extends FargateSize {
  readonly architecture: Architecture;
}

/**
 * What so many tasks cost in a month of running all the time: the 20 GB of storage that come with a task included,
 * data transfer and further storage not.
 *
 *   730 h × tasks × (cpuUnits ÷ 1024 × vCPU price + memoryMiB ÷ 1024 × GB price)
 *   10 tasks of 1 vCPU and 2 GB in eu-central-1:  730 × 10 × (0.04656 + 2 × 0.00511) = 414.49
 *
 * @returns `null` where no price is known; unknown is not free.
 */
export function usdPerMonth(task: PricedTask, tasks: Tasks, region: string): UsdPerMonth | null {
  const price = Object.hasOwn(PRICES, region) ? PRICES[region]?.[task.architecture] : undefined;
  if (price === undefined) return null;
  return HOURS_PER_MONTH * tasks * ((task.cpuUnits / 1024) * price.vcpu + (task.memoryMiB / 1024) * price.gb);
}
