import type { FleetPolicy, ServicePolicy } from '../config/policy.ts';
import { controlSettingsOf, effectiveStartupSeconds } from '../control/policy-settings.ts';
import { MINUTE_SIGNAL, paceOf } from '../control/settings.ts';
import type { ServiceForecast } from '../domain/service-forecast.ts';
import { type EpochMs, HOUR, later, MINUTE } from '../domain/units.ts';
import type { FormerStanding } from './doubts.ts';
import { forecastDay } from './forecast-day.ts';
import { learnAndRehearse } from './rehearse.ts';
import type { ServiceHistory } from './service-history.ts';

/** The profile begins where the history ends, which is some minutes before it is computed and stored. */
const REACH_SLACK_MINUTES = 15;

/**
 * All that the forecast function has to say of one service.
 *
 * @param formerly what was said of its forecast before
 */
export async function forecastService(
  history: ServiceHistory,
  service: ServicePolicy,
  fleet: Pick<FleetPolicy, 'tickMinutes' | 'levers'>,
  formerly: FormerStanding,
  now: EpochMs,
): Promise<ServiceForecast> {
  const { source, taskCapacity, load } = history;
  const lever = fleet.levers.predictive;
  const startupSeconds = effectiveStartupSeconds(service, fleet);
  const reachMinutes = lever.maxForecastAgeMinutes + REACH_SLACK_MINUTES;
  const { profile, rehearsal } = learnAndRehearse(history, {
    pace: paceOf(MINUTE_SIGNAL, startupSeconds),
    settings: controlSettingsOf(service, lever),
    minTasks: service.min,
    maxTasks: service.max,
    reachHours: Math.ceil((reachMinutes * MINUTE) / HOUR),
  });
  const { day, doubts } = await forecastDay(history, {
    hours: lever.planHours,
    quantile: lever.planQuantile,
    formerly,
  });
  const continuesAt = later(load.startsAt, load.perSecond.length * load.stepSeconds);
  return {
    computedAt: now,
    source,
    taskCapacity,
    startupSeconds,
    learned: profile === null ? null : { continuesAt, profile },
    day,
    doubts,
    rehearsal,
  };
}
