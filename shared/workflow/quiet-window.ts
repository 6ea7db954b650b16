import type { ServicePolicy } from '../config/policy.ts';
import type { QuietWindow } from '../domain/infrastructure.ts';
import type { Reading } from '../domain/reading.ts';
import type { DayForecast, ServiceForecast } from '../domain/service-forecast.ts';
import { DAY, type EpochMs, HOUR, later, MINUTE, type Seconds, secondsBetween } from '../domain/units.ts';

/** Long enough for a failover, or a roll-out, with room to look at what came of it. */
const LENGTH: Seconds = 2 * HOUR;
/** Less than this is left of a window: it is over. */
const LEAST_LEFT: Seconds = HOUR;
const STEP: Seconds = 15 * MINUTE;
/** Further ahead the same hours come again: what waits for the quietest of two days would never come. */
const HORIZON: Seconds = DAY;
const MEDIAN = 0.5;

type Forecasts = readonly Reading<ServiceForecast>[];

/**
 * The two hours with the least load among those of the next day that are not over: the sum, over the services, of the tasks
 * that the median of the forecast keeps busy. `null` where it is not known of every service that uses the database, or
 * where a forecast is in doubt: hours are not quiet because nobody has counted.
 *
 * @param forecasts in the order of the services
 */
export function quietWindow(
  services: readonly ServicePolicy[],
  forecasts: Forecasts,
  now: EpochMs,
): QuietWindow | null {
  const days = daysOf(services, forecasts);
  if (days === null) return null;
  const startsAt = Math.max(...days.map(({ day }) => day.startsAt));
  const endsAt = Math.min(later(now, HORIZON), ...days.map(({ day }) => endOf(day)));
  const slots = Math.floor(secondsBetween(startsAt, endsAt) / STEP);
  const loads = Array.from({ length: Math.max(slots, 0) }, (_, slot) =>
    busyTasksAt(days, later(startsAt, slot * STEP)),
  );
  const mean = meanOf(loads);
  if (mean <= 0) return null;

  const length = LENGTH / STEP;
  let quietest: QuietWindow | null = null;
  for (let first = 0; first + length <= loads.length; first += 1) {
    const from = later(startsAt, first * STEP);
    const to = later(from, LENGTH);
    const left = Math.max(first, Math.floor(secondsBetween(startsAt, now) / STEP));
    // What of a window is over says nothing of the rest of it.
    const loadPercent = (100 * meanOf(loads.slice(left, first + length))) / mean;
    if (to >= later(now, LEAST_LEFT) && loadPercent < (quietest?.loadPercent ?? Infinity))
      quietest = { from, to, loadPercent };
  }
  return quietest;
}

interface KnownDay {
  readonly day: DayForecast;
  readonly taskCapacity: number;
  /** Of the median, a value a step. */
  readonly perSecond: readonly number[];
}

function daysOf(services: readonly ServicePolicy[], forecasts: Forecasts): readonly KnownDay[] | null {
  const days: KnownDay[] = [];
  const usesDatabase = services.some(({ connectsTo }) => connectsTo !== 'nothing');
  for (const [index, { connectsTo }] of services.entries()) {
    if (usesDatabase && connectsTo === 'nothing') continue;
    const forecast = forecasts[index];
    if (forecast?.kind !== 'seen' || forecast.value.doubts.length > 0) return null;
    const { day, taskCapacity } = forecast.value;
    const perSecond = day?.perSecond[day.quantiles.findIndex((quantile) => quantile >= MEDIAN - 1e-9)];
    if (day === null || perSecond === undefined || !(taskCapacity > 0)) return null;
    days.push({ day, taskCapacity, perSecond });
  }
  return days.length === 0 ? null : days;
}

function endOf({ startsAt, stepSeconds, perSecond }: DayForecast): EpochMs {
  return later(startsAt, (perSecond[0]?.length ?? 0) * stepSeconds);
}

function busyTasksAt(days: readonly KnownDay[], at: EpochMs): number {
  return days.reduce((sum, { day: { startsAt, stepSeconds }, perSecond, taskCapacity }) => {
    const load = perSecond[Math.floor(secondsBetween(startsAt, at) / stepSeconds)] ?? 0;
    return sum + load / taskCapacity;
  }, 0);
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
