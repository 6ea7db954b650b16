/** What the predictive lever rests its decision on, from the readings of a service. */
import type { FleetPolicy, ServicePolicy } from '../config/policy.ts';
import { type Foresight, isSamePace, lookAhead } from '../control/decide-floor.ts';
import { controlSettingsOf, effectiveStartupSeconds } from '../control/policy-settings.ts';
import { MINUTE_SIGNAL, paceOf } from '../control/settings.ts';
import { mapReading, type Reading, seen, unseen } from '../domain/reading.ts';
import type { ForecastDoubt, ForecastRecord, Rehearsal, ServiceForecast } from '../domain/service-forecast.ts';
import type { ServiceSnapshot } from '../domain/snapshot.ts';
import { earlier, type EpochMs, HOUR, MINUTE, secondsBetween } from '../domain/units.ts';
import type { CheapServiceFacts, Need } from './lever.ts';
import { alignLoad } from './load-series.ts';
import { busyCpuQuery, busyTasksQuery, requestsQuery } from './metric-queries.ts';
import { planSlots, type PlannedSlots } from './predictive-plan.ts';
import { freshForecast } from './predictive-standing.ts';

/** The forecast as far as it is acted on, small enough to be kept with every decision. */
export interface PlannedDay {
  readonly computedAt: EpochMs;
  /** `null` where there is no forecast of the day. */
  readonly plan: PlannedSlots | null;
  readonly doubts: readonly ForecastDoubt[];
  /** How well it would have done, for people. */
  readonly record: ForecastRecord | null;
  readonly rehearsal: Rehearsal | null;
}

/**
 * What is known of the load to come. Where the profile was learned for another start-up than `fulcrum.yml` says by now,
 * nothing has been learned.
 */
export function foresightOf(
  { forecast, load }: Pick<ServiceSnapshot, 'forecast' | 'load'>,
  service: ServicePolicy,
  policy: FleetPolicy,
  now: EpochMs,
): Reading<Foresight> {
  if (forecast.kind === 'unseen') return forecast;
  if (load.kind === 'unseen') return load;
  const { taskCapacity, learned } = forecast.value;
  if (!(taskCapacity > 0 && Number.isFinite(taskCapacity))) {
    return unseen({ code: 'invalid', value: String(taskCapacity) });
  }
  const facts = { taskCapacity, startupSeconds: effectiveStartupSeconds(service, policy) };
  const pace = paceOf(MINUTE_SIGNAL, facts.startupSeconds);
  const stored = learned !== null && isSamePace(learned.profile.pace, pace) ? learned : null;
  const from = stored?.continuesAt ?? anHourBefore(now);
  const { observed, asOf } = alignLoad(load.value, from, MINUTE_SIGNAL, now);
  const settings = controlSettingsOf(service, policy.levers.predictive);
  return seen(lookAhead({ now: asOf, signal: MINUTE_SIGNAL, facts, observed, stored }, settings), load.at);
}

export function plannedDayOf(
  forecast: Reading<ServiceForecast>,
  service: ServicePolicy,
  policy: FleetPolicy,
  now: EpochMs,
): Reading<PlannedDay> {
  const { planHours, planQuantile, usablePercent } = policy.levers.predictive;
  return mapReading(freshForecast(forecast, policy, now), (fresh) => {
    const { computedAt, day, doubts, rehearsal, taskCapacity } = fresh;
    const usablePerTask = (taskCapacity * usablePercent) / 100;
    const startupSeconds = effectiveStartupSeconds(service, policy);
    const isPlannable = day !== null && usablePerTask > 0;
    return {
      computedAt,
      plan: isPlannable ? planSlots(fresh, day, { planHours, planQuantile, usablePerTask, startupSeconds }) : null,
      doubts,
      record: day?.record ?? null,
      rehearsal,
    };
  });
}

function anHourBefore(now: EpochMs): EpochMs {
  return Math.floor(earlier(now, HOUR) / 1000 / MINUTE) * MINUTE * 1000;
}

/** Windows grow by steps of so many minutes, so that the same query serves several looks. */
const WINDOW_STEP_MINUTES = 15;

/** The load since the forecast has learned, or of the last hour. Without a forecast there is nothing to follow it with. */
export function loadNeeds(service: ServicePolicy, facts: CheapServiceFacts | undefined, now: EpochMs): readonly Need[] {
  if (facts?.forecast.kind !== 'seen' || facts.scaling.kind !== 'seen' || facts.scaling.value === null) return [];
  const { learned, source } = facts.forecast.value;
  const since = Math.min(learned?.continuesAt ?? now, anHourBefore(now));
  const minutes = Math.ceil(secondsBetween(since, now) / MINUTE / WINDOW_STEP_MINUTES) * WINDOW_STEP_MINUTES;
  if (source === 'requests') {
    const query = requestsQuery(service, minutes);
    return query === null ? [] : [{ slot: 'requests', service: service.name, query }];
  }
  return [
    { slot: 'busyCpu', service: service.name, query: busyCpuQuery(service, minutes) },
    { slot: 'busyTasks', service: service.name, query: busyTasksQuery(service, minutes) },
  ];
}
