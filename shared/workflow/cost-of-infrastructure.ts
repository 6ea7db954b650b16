import type { FleetPolicy } from '../config/policy.ts';
import { type Change, isInfrastructureChange } from '../domain/change.ts';
import type { Reading } from '../domain/reading.ts';
import type { FleetSnapshot } from '../domain/snapshot.ts';
import type { UsdPerMonth } from '../domain/units.ts';
import { costOfChange } from '../proposals/cost-of-change.ts';

/**
 * What a change of infrastructure, or the proposal of one, adds to the monthly bill at its most. `null` where a price or what it
 * depends on is not known, and of any other change.
 */
export function costOfInfrastructure(
  change: Change,
  policy: FleetPolicy,
  { infrastructure }: Pick<FleetSnapshot, 'infrastructure'>,
): UsdPerMonth | null {
  const wanted = change.kind === 'tend-proposal' ? change.to.proposes : change;
  if (wanted === null || infrastructure === null || !isInfrastructureChange(wanted)) return null;
  const { database, cache } = infrastructure;
  const cost = costOfChange(wanted, policy, { database: valueOf(database), cache: valueOf(cache), task: null });
  return cost === null ? null : Math.round((cost.afterUsdPerMonth - cost.beforeUsdPerMonth) * 100) / 100;
}

function valueOf<T>(reading: Reading<T>): T | null {
  return reading.kind === 'seen' ? reading.value : null;
}
