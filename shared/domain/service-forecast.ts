import type { LoadPerSecond, StoredProfile } from './lead-time-profile.ts';
import type { EpochMs, Percent, Seconds, Tasks } from './units.ts';

/**
 * What the forecast function works out for one service once an hour and stores; a look only reads it. Plain data, so that
 * it can stand in a snapshot and in the evidence of a record.
 */
export interface ServiceForecast {
  readonly computedAt: EpochMs;
  /** What the load is counted in; task capacity and all loads below are in the same unit a second. */
  readonly source: LoadSource;
  /** What one task carries with all of its CPU, as measured in the history. */
  readonly taskCapacity: LoadPerSecond;
  /** Start-up that the profile was learned for. */
  readonly startupSeconds: Seconds;
  /** For the floor of the next minutes; `null` while the history is too short to learn from. */
  readonly learned: StoredProfile | null;
  /** For the plan of the next day or two; `null` where there is no forecast. */
  readonly day: DayForecast | null;
  /** Why the plan of the day is not to be acted on; empty where it may be. */
  readonly doubts: readonly ForecastDoubt[];
  /** How the floor would have done on the last days of the history; `null` while too little is known. */
  readonly rehearsal: Rehearsal | null;
}

/** Requests of the target group, or tasks' worth of CPU (average CPU × running tasks) where there is no such metric. */
export type LoadSource = 'requests' | 'busy-tasks';

/** Loads to come as quantiles. */
export interface DayForecast {
  readonly startsAt: EpochMs;
  readonly stepSeconds: Seconds;
  /** Rising, each between 0 and 1. */
  readonly quantiles: readonly number[];
  /** For each quantile the loads of all steps. */
  readonly perSecond: readonly (readonly LoadPerSecond[])[];
  readonly record: ForecastRecord;
}

/** The forecast of a day that is under way, kept to be judged by what comes. */
export interface PastForecast {
  readonly madeAt: EpochMs;
  readonly source: LoadSource;
  readonly day: DayForecast | null;
}

/** How the forecast has done on the last days of its own history. */
export interface ForecastRecord {
  readonly days: number;
  /** Of the 90 % quantile, over the mean load. */
  readonly pinballLoss: number;
  /** The same of the better seasonal naive forecast. */
  readonly naivePinballLoss: number;
  /** Share of the load's steps at or below the 90 % quantile. */
  readonly coverage: number;
}

export type ForecastDoubt =
  | { readonly code: 'too-little-history'; readonly days: number; readonly leastDays: number }
  | { readonly code: 'no-load' }
  | { readonly code: 'no-season' }
  | { readonly code: 'worse-than-naive'; readonly pinballLoss: number; readonly naivePinballLoss: number }
  | { readonly code: 'does-not-cover'; readonly coverage: number; readonly least: number; readonly most: number };

/** The control law walked through the last days, each look knowing only what was known then. */
export interface Rehearsal {
  readonly days: number;
  /** Share of the load that came while the floor alone had too few tasks for it. */
  readonly missedPercent: Percent;
  /** Task-hours of the floor. */
  readonly floorTaskHours: number;
  /** Task-hours that ran; `null` where the history does not say. */
  readonly ranTaskHours: number | null;
  /** Highest floor. */
  readonly peakTasks: Tasks;
}
