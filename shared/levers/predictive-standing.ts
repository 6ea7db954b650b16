/** What other levers have to know of the predictive one. */
import type { FleetPolicy, ServicePolicy } from '../config/policy.ts';
import { controlSettingsOf } from '../control/policy-settings.ts';
import { type Reading, unseen } from '../domain/reading.ts';
import type { ServiceForecast } from '../domain/service-forecast.ts';
import { type EpochMs, MINUTE, type Percent, secondsBetween } from '../domain/units.ts';

/**
 * Whether the minimum of a service may stand above the ordinary one because of its load to come. Also while the forecast
 * is missing: what is missing never takes anything away.
 */
export function mayHoldFloor({ levers }: Pick<FleetPolicy, 'levers'>): boolean {
  return levers.predictive.mode === 'apply';
}

/** The forecast, unless it is too old to be planned with. */
export function freshForecast(
  forecast: Reading<ServiceForecast>,
  { levers }: Pick<FleetPolicy, 'levers'>,
  now: EpochMs,
): Reading<ServiceForecast> {
  if (forecast.kind === 'unseen') return forecast;
  const ageSeconds = secondsBetween(forecast.value.computedAt, now);
  const limitSeconds = levers.predictive.maxForecastAgeMinutes * MINUTE;
  return ageSeconds > limitSeconds ? unseen({ code: 'too-old', ageSeconds, limitSeconds }) : forecast;
}

/**
 * A target that may stand besides the one of the service; `null` where only that one may. While there is a fresh forecast
 * the predictive lever chooses between the two, and a store that does not answer for once is no reason to change it.
 */
export function predictiveTarget(
  forecast: Reading<ServiceForecast>,
  service: ServicePolicy,
  policy: FleetPolicy,
  now: EpochMs,
): Percent | null {
  const { predictive } = policy.levers;
  if (predictive.mode !== 'apply') return null;
  const fresh = freshForecast(forecast, policy, now);
  const isKnown = fresh.kind === 'seen' ? fresh.value.learned !== null : isUnanswered(fresh.because.code);
  return isKnown ? controlSettingsOf(service, predictive).targetPercent : null;
}

function isUnanswered(code: string): boolean {
  return code === 'unreadable' || code === 'not-asked';
}
