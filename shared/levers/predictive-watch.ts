import type { FleetPolicy } from '../config/policy.ts';
import { type EpochMs, MINUTE, type Seconds } from '../domain/units.ts';

/**
 * A metric and a stored forecast a minute for each service are half the bill of a small fleet: a lever that does not apply
 * looks less often.
 */
export const WATCHED_EVERY: Seconds = 5 * MINUTE;

/** Whether the predictive lever looks at the load of the moment in the look of this minute. */
export function isWatched({ levers, tickMinutes }: Pick<FleetPolicy, 'levers' | 'tickMinutes'>, now: EpochMs): boolean {
  const { mode } = levers.predictive;
  if (mode === 'off') return false;
  return mode === 'apply' || ((now / 1000) % WATCHED_EVERY) / MINUTE < tickMinutes;
}
