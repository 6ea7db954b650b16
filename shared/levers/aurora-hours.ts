import type { DatabasePolicy, LeverSettings } from '../config/policy.ts';
import type { InfrastructureSnapshot } from '../domain/infrastructure.ts';
import type { Reading } from '../domain/reading.ts';
import type { EpochMs } from '../domain/units.ts';
import { badHoursOfDays, combined } from './hours-of-days.ts';
import { infrastructureNeed, metricIn, newestPeriods } from './infrastructure-look.ts';
import type { Need } from './lever.ts';
import { databaseMetricQuery, hourlySpan } from './metric-queries.ts';

/** What Aurora Serverless has used, in ACU. */
export interface AuroraHours {
  /** Mean of each of the newest hours, oldest first. */
  readonly acu: Reading<readonly number[]>;
  /** Most ACU of each of the calm days. */
  readonly peakAcu: Reading<readonly number[]>;
  /** Of each of those days the highest that an hour which was at the minimum has risen to; 0 where none was. */
  readonly rampedToAcu: Reading<readonly number[]>;
}

const HOURS_OF_A_DAY = 24;

const MEAN = 'aurora-capacity/acu-mean';
const HIGHEST = 'aurora-capacity/acu-highest';
const LOWEST = 'aurora-capacity/acu-lowest';

/**
 * ServerlessDatabaseCapacity, not ACUUtilization: that one is a share of the maximum of its time, and says nothing of the
 * maximum of now.
 */
export function auroraNeeds(database: DatabasePolicy, lever: LeverSettings['aurora-capacity']): readonly Need[] {
  // A day more: today is not over.
  const hours = (daysOf(lever) + 1) * HOURS_OF_A_DAY;
  const query = (statistic: 'Average' | 'Maximum' | 'Minimum', window: number) =>
    databaseMetricQuery(database, 'ServerlessDatabaseCapacity', hourlySpan(window, statistic));
  return [
    infrastructureNeed(MEAN, query('Average', lever.sustainedHours.of)),
    infrastructureNeed(HIGHEST, query('Maximum', hours)),
    infrastructureNeed(LOWEST, query('Minimum', hours)),
  ];
}

function daysOf({ calmDays, sustained }: LeverSettings['aurora-capacity']): number {
  return Math.max(calmDays, sustained.of);
}

export function auroraHours(
  infrastructure: InfrastructureSnapshot,
  lever: LeverSettings['aurora-capacity'],
  minAcu: number,
  now: EpochMs,
): AuroraHours {
  const rule = { days: daysOf(lever), hours: 1, bad: 'high' } as const;
  const highest = metricIn(infrastructure, HIGHEST);
  // Half a unit is the least step: what is within one of the minimum stands at it.
  const fromTheMinimum = combined(highest, metricIn(infrastructure, LOWEST), (high, low) =>
    low <= minAcu + 0.5 ? high : 0,
  );
  return {
    acu: newestPeriods(metricIn(infrastructure, MEAN), lever.sustainedHours.of, now),
    peakAcu: badHoursOfDays(highest, rule, now),
    rampedToAcu: badHoursOfDays(fromTheMinimum, rule, now),
  };
}
