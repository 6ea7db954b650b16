import type { Tasks, UsdPerMonth } from '../domain/units.ts';
import type { FargateSize } from './fargate-sizes.ts';
import { FARGATE_PRICES } from './price-list/fargate.ts';
import { monthlyCost, oldestDay, perHour, priceOf, type MonthlyCost } from './prices.ts';

export type Architecture = 'x86_64' | 'arm64';

/**
 * Fargate Spot has no fixed price: AWS moves it, at up to 70 % below on-demand, and a table may lack it. A budget counts
 * Spot tasks at on-demand, the upper bound.
 */
export type FargateCapacity = 'on-demand' | 'spot';

/** Day of the oldest publication that the figures were compared with. */
export const PRICES_AS_OF = oldestDay(FARGATE_PRICES);

export interface PricedTask extends FargateSize {
  readonly architecture: Architecture;
}

/** So many tasks, running all the time. */
export interface RunningTasks {
  readonly task: PricedTask;
  readonly tasks: Tasks;
  readonly capacity: FargateCapacity;
}

/**
 * What tasks cost in a month of running all the time: the 20 GB of storage that come with a task included, data
 * transfer and further storage not.
 *
 *   730 h × tasks × (cpuUnits ÷ 1024 × vCPU price + memoryMiB ÷ 1024 × GB price)
 *   10 tasks of 1 vCPU and 2 GB in eu-central-1:  730 × 10 × (0.04656 + 2 × 0.00511) = 414.49
 */
export function taskCost({ task, tasks, capacity }: RunningTasks, region: string): MonthlyCost {
  const price = priceOf(FARGATE_PRICES, region, `${capacity}/${task.architecture}`);
  const [usdPerVcpuHour, usdPerGbHour] = price ?? [null, null];
  const what = `Fargate ${capacity} ${task.architecture} in ${region}`;
  return monthlyCost([
    { what, quantity: (tasks * task.cpuUnits) / 1024, usdPerMonthEach: perHour(usdPerVcpuHour) },
    { what, quantity: (tasks * task.memoryMiB) / 1024, usdPerMonthEach: perHour(usdPerGbHour) },
  ]);
}

/** As `taskCost`, on demand. @returns `null` where no price is known; unknown is not free. */
export function usdPerMonth(task: PricedTask, tasks: Tasks, region: string): UsdPerMonth | null {
  if (priceOf(FARGATE_PRICES, region, `on-demand/${task.architecture}`) === null) return null;
  const cost = taskCost({ task, tasks, capacity: 'on-demand' }, region);
  return cost.kind === 'known' ? cost.usdPerMonth : null;
}
