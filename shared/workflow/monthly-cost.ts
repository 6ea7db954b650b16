import { usdPerMonth } from '../capacity/fargate-prices.ts';
import type { ServicePolicy } from '../config/policy.ts';
import type { Change } from '../domain/change.ts';
import type { UsdPerMonth } from '../domain/units.ts';

/**
 * What a change adds to the most that a service can cost in a month: its ceiling before and after, all month long.
 * `null` where it moves no ceiling for good, or where there is no price for the region.
 */
export function monthlyCostDelta(change: Change, service: ServicePolicy, region: string): UsdPerMonth | null {
  if (change.kind === 'tend-proposal') {
    const { proposes } = change.to;
    return proposes === null ? null : monthlyCostDelta(proposes, service, region);
  }
  if (change.kind !== 'set-capacity-bounds') return null;
  const before = usdPerMonth(service.task, change.from.max, region);
  const after = usdPerMonth(service.task, change.to.max, region);
  return before === null || after === null ? null : Math.round((after - before) * 100) / 100;
}
