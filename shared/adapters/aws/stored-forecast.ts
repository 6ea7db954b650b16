import type { ErrorTail, Pace, PerSpan, SeasonalInputs } from '../../domain/lead-time-profile.ts';
import type { DayForecast, LoadSource, ServiceForecast } from '../../domain/service-forecast.ts';
import type { EpochMs } from '../../domain/units.ts';
import type { Packed } from './packed-numbers.ts';

/**
 * How forecasts lie in the state table: compressed JSON with its numbers rounded to what the control law needs. A look reads
 * one for every service every minute, so bytes are what it costs.
 */

/** Raised whenever the meaning of what is stored changes: a look takes what it cannot read for not there. */
export const FORECAST_SCHEMA = 1;

export const SEASONAL_FIELDS = [
  'dayGrowth',
  'weekGrowth',
  'dayLevel',
  'weekLevel',
  'hourGrowth',
  'dayError',
] as const satisfies readonly (keyof SeasonalInputs)[];

export interface StoredForecast extends Omit<ServiceForecast, 'learned' | 'day'> {
  readonly learned: StoredLearned | null;
  readonly day: StoredDay | null;
}

export interface StoredLearned {
  readonly continuesAt: EpochMs;
  readonly pace: Pace;
  readonly learned: PerSpan<{
    readonly mean: readonly number[];
    readonly error: readonly number[];
    readonly tail: ErrorTail | null;
  }>;
  readonly seasonal: PerSpan<Readonly<Record<(typeof SEASONAL_FIELDS)[number], Packed>>>;
  readonly state: {
    readonly measured: number;
    readonly levels: readonly number[];
    readonly change: number;
    readonly highest: number;
    readonly needs: readonly number[];
    /** Indexes of the needs that are gaps. */
    readonly gaps: readonly number[];
    readonly errors: PerSpan<readonly number[]>;
    readonly pendingMeans: PerSpan<Packed>;
    readonly pendingErrors: PerSpan<Packed>;
  };
}

export interface StoredDay extends Omit<DayForecast, 'perSecond'> {
  readonly loads: readonly Packed[];
}

export interface StoredPast {
  readonly madeAt: EpochMs;
  readonly source: LoadSource;
  readonly day: StoredDay | null;
}

export function bothSpans<Value>(of: (span: keyof PerSpan<unknown>) => Value): PerSpan<Value> {
  return { arrival: of('arrival'), 'until-arrival': of('until-arrival') };
}
