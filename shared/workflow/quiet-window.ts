import type { FleetPolicy, ServicePolicy } from '../config/policy.ts';
import type { QuietWindow } from '../domain/infrastructure.ts';
import type { KnownEvent } from '../domain/known-event.ts';
import type { Reading } from '../domain/reading.ts';
import type { DayForecast, ServiceForecast } from '../domain/service-forecast.ts';
import { DAY, type EpochMs, HOUR, later, MINUTE, type Seconds, secondsBetween } from '../domain/units.ts';
import { freezeInForce } from '../guards/freeze.ts';

/** Long enough for a failover, or a roll-out, with room to look at what came of it. */
const LENGTH: Seconds = 2 * HOUR;
/** Less than this is left of a window: it is over. */
const LEAST_LEFT: Seconds = HOUR;
const STEP: Seconds = 15 * MINUTE;
/** Further ahead the same hours come again: what waits for the quietest of two days would never come. */
const HORIZON: Seconds = DAY;
const MEDIAN = 0.5;
/** Shares of sums of floating numbers, which are compared. */
const ROUNDING = 1e-9;

type Forecasts = readonly Reading<ServiceForecast>[];

type Events = readonly Pick<KnownEvent, 'from' | 'to'>[];

type Carbon = NonNullable<FleetPolicy['carbon']>;

/**
 * The two hours with the least load among those of the next day that are not over: the sum, over the services, of the tasks
 * that the median of the forecast keeps busy. `null` where it is not known of every service that uses the database, or
 * where a forecast is in doubt: hours are not quiet because nobody has counted.
 *
 * Hours in which something may not be changed are none of them: those of a known event, of which the forecast knows nothing, and
 * those in which a freeze forbids even growth.
 *
 * Where a carbon profile is configured, the greenest of the windows that are equally quiet: those whose load is at most
 * `equalWithinPercent` of the mean load above that of the quietest one.
 *
 * @param forecasts in the order of the services
 */
export function quietWindow(
  { services, carbon, freezes = [] }: Pick<FleetPolicy, 'services' | 'carbon'> & Partial<Pick<FleetPolicy, 'freezes'>>,
  forecasts: Forecasts,
  now: EpochMs,
  events: Events = [],
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
  const mayChange = loads.map((_, slot) => isFree(later(startsAt, slot * STEP), events, freezes));
  const windows: QuietWindow[] = [];
  for (let first = 0; first + length <= loads.length; first += 1) {
    const from = later(startsAt, first * STEP);
    const to = later(from, LENGTH);
    const left = Math.max(first, Math.floor(secondsBetween(startsAt, now) / STEP));
    // What of a window is over says nothing of the rest of it.
    const loadPercent = (100 * meanOf(loads.slice(left, first + length))) / mean;
    const isQuiet = mayChange.slice(left, first + length).every((may) => may);
    if (isQuiet && to >= later(now, LEAST_LEFT)) windows.push({ from, to, loadPercent });
  }
  const quietest = leastOf(windows, ({ loadPercent }) => loadPercent);
  return quietest === null || carbon === undefined ? quietest : greenest(windows, quietest, carbon);
}

/** Whether no event and no freeze touches the quarter of an hour. */
function isFree(at: EpochMs, events: Events, freezes: FleetPolicy['freezes']): boolean {
  const isOfEvent = events.some(({ from, to }) => from < later(at, STEP) && to > at);
  return !isOfEvent && freezeInForce(freezes, 'grow', at) === null;
}

/** Of those that are equally green, the quietest. */
function greenest(windows: readonly QuietWindow[], quietest: QuietWindow, carbon: Carbon): QuietWindow | null {
  const { equalWithinPercent } = carbon;
  const hourOf = hourIn(carbon.timeZone);
  const gramsPerKWh = ({ from }: QuietWindow): number =>
    meanOf(
      Array.from(
        { length: LENGTH / STEP },
        // Over the whole window, also of one that has begun: what waited for its green half would see it move away.
        (_, slot) => carbon.gramsPerKWh[hourOf(later(from, slot * STEP))] ?? Infinity,
      ),
    );
  const equals = windows.filter(
    ({ loadPercent }) => loadPercent <= quietest.loadPercent + equalWithinPercent + ROUNDING,
  );
  const least = Math.min(...equals.map(gramsPerKWh));
  const chosen = leastOf(
    equals.filter((window) => gramsPerKWh(window) <= least + ROUNDING),
    ({ loadPercent }) => loadPercent,
  );
  return chosen === null
    ? null
    : {
        ...chosen,
        carbon: {
          gramsPerKWh: gramsPerKWh(chosen),
          quietest: { ...quietest, gramsPerKWh: gramsPerKWh(quietest) },
          equalWithinPercent,
        },
      };
}

function hourIn(timeZone: string): (at: EpochMs) => number {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' });
  return (at) => Number(clock.format(at));
}

/** The first of the least; `null` of none. */
function leastOf<T>(values: readonly T[], measure: (value: T) => number): T | null {
  return values.reduce<T | null>(
    (least, value) => (least === null || measure(value) < measure(least) ? value : least),
    null,
  );
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
