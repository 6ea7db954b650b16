import type { ErrorTail } from './error-tail.ts';
import type { Pace } from './settings.ts';

/**
 * The two loads that a floor is chosen for.
 *
 * - `arrival`: when tasks ordered now begin to serve. Ordering more than it needs would come too late for all before it.
 * - `until-arrival`: the highest from now to then. What is given back now cannot be had again any sooner.
 */
export const SPANS = ['arrival', 'until-arrival'] as const;
export type Span = (typeof SPANS)[number];

/** What is expected of one span; logarithms of the need in tasks plus one. */
export interface Expectation {
  readonly mean: number;
  /** Mean absolute error that is expected. */
  readonly error: number;
}

/** Levels that the newest measurement is compared with, as time constants. */
export const LEVEL_MINUTES = [2, 5, 15, 60, 240] as const;
/** Time constants of the recent absolute errors. */
export const ERROR_MINUTES = [20, 180, 1_440] as const;
/** Time constant of the recent absolute changes from one period to the next. */
export const CHANGE_MINUTES = 10;

/** Inputs of the mean: the levels, one, growth of the same time yesterday and a week ago, their level, and the hour's. */
export const MEAN_INPUTS = LEVEL_MINUTES.length + 6;
/** Inputs of the error: one, the recent errors, the recent change, the errors of that time of day, the share of one task. */
export const ERROR_INPUTS = ERROR_MINUTES.length + 4;

/** What the same times of earlier hours, days and weeks say about one period and span. */
export interface SeasonalInputs {
  /** From the newest measurement then to the load that came, mean over the same time of the last 7 days. */
  readonly dayGrowth: number;
  /** The same 7 days ago; that of the days while there is none. */
  readonly weekGrowth: number;
  readonly dayLevel: number;
  readonly weekLevel: number;
  /** The same minute of the last 24 hours. */
  readonly hourGrowth: number;
  /** Absolute error at the same time of the last 7 days. */
  readonly dayError: number;
}

/** What has been learned about one span. */
export interface LearnedSpan {
  /** `MEAN_INPUTS` numbers: how much of each input to add to the newest measurement. */
  readonly mean: readonly number[];
  /** `ERROR_INPUTS` numbers, none negative. */
  readonly error: readonly number[];
  /** `null` as long as too few errors are known. */
  readonly tail: ErrorTail | null;
}

export type PerSpan<T> = Readonly<Record<Span, T>>;

/** A prediction that waits for its outcome. */
export interface PendingPrediction {
  readonly mean: number;
  readonly error: number;
}

/** What following the load has to remember between two measurements. */
export interface TrackerState {
  /** How many periods have been measured, with gaps. */
  readonly measured: number;
  readonly levels: readonly number[];
  readonly change: number;
  /** Highest need ever measured, in tasks. */
  readonly highest: number;
  /** Needs of the newest `lead + lag + 1` periods, oldest first; a gap repeats the one before and is marked. */
  readonly recent: readonly { readonly need: number; readonly kind: 'measured' | 'gap' }[];
  readonly errors: PerSpan<readonly number[]>;
  readonly pending: PerSpan<readonly PendingPrediction[]>;
}

/** All that a look needs besides the newest measurements. Plain data: it is stored once an hour and read every minute. */
export interface LeadTimeProfile {
  readonly pace: Pace;
  readonly learned: PerSpan<LearnedSpan>;
  /** The periods that come next, as far as the profile reaches; `null` where no day has been seen before them. */
  readonly seasonal: PerSpan<readonly (SeasonalInputs | null)[]>;
  readonly state: TrackerState;
}
