import { learnLeadTime } from '../../../shared/control/lead-time-learner.ts';
import { type LoadSignal, MINUTE_SIGNAL, paceOf } from '../../../shared/control/settings.ts';
import type { PastForecast, ServiceForecast } from '../../../shared/domain/service-forecast.ts';
import { type EpochMs, later, type Seconds } from '../../../shared/domain/units.ts';
import { NOW } from './time.ts';

/** Ups and downs of a day, with a ripple that no two days share; loads a second at minute `index`. */
export function rippledDay(index: number): number {
  const day = Math.sin((2 * Math.PI * index) / 1_440);
  return 300 + 200 * day + 15 * Math.sin(index * 1.7) + 5 * Math.sin(index * index);
}

export interface LearnedOver {
  readonly days?: number;
  readonly startupSeconds?: Seconds;
  readonly signal?: LoadSignal;
  readonly reachHours?: number;
  /** In these minutes nothing was measured. */
  readonly gaps?: readonly number[];
}

/** A forecast with a profile that was really learned, of a service whose tasks carry 100 requests a second each. */
export function aServiceForecast(over: Partial<ServiceForecast> = {}, learned: LearnedOver = {}): ServiceForecast {
  const { days = 3, startupSeconds = 180, signal = MINUTE_SIGNAL, reachHours = 3, gaps = [] } = learned;
  const pace = paceOf(signal, startupSeconds);
  const needs = Array.from({ length: days * pace.perDay }, (_, index) =>
    gaps.includes(index) ? null : rippledDay((index * signal.periodSeconds) / 60) / 90,
  );
  const profile = learnLeadTime(needs, pace).profile(reachHours);
  return {
    computedAt: NOW,
    source: 'requests',
    taskCapacity: 100,
    startupSeconds,
    learned: profile === null ? null : { continuesAt: later(NOW, -120), profile },
    day: aDay(),
    doubts: [],
    rehearsal: { days: 7, missedPercent: 0.25, floorTaskHours: 612.5, ranTaskHours: 900, peakTasks: 7 },
    ...over,
  };
}

export function aDay(startsAt: EpochMs = NOW): NonNullable<ServiceForecast['day']> {
  const quantiles = [0.1, 0.5, 0.9];
  return {
    startsAt,
    stepSeconds: 300,
    quantiles,
    perSecond: quantiles.map((quantile) =>
      Array.from({ length: 288 }, (_, step) => rippledDay(step * 5) * (0.8 + 0.4 * quantile)),
    ),
    record: { days: 14, pinballLoss: 0.021, naivePinballLoss: 0.043, coverage: 0.912 },
  };
}

export function aPastForecast(over: Partial<PastForecast> = {}): PastForecast {
  return { madeAt: NOW, source: 'requests', day: aDay(), ...over };
}
