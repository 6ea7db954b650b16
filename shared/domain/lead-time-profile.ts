/**
 * What has been learned about the load of one service, as plain data: the forecast function stores it once an hour, a
 * look reads it and follows the newest measurements. The control law that makes and uses it is shared/control.
 */
import type { EpochMs, Seconds } from './units.ts';

/** Load in units (requests) a second. */
export type LoadPerSecond = number & { readonly __unit?: 'load-per-second' };

/** The periods of a signal, with start-up and delays counted in them. */
export interface Pace {
  readonly periodSeconds: Seconds;
  readonly perHour: number;
  readonly perDay: number;
  /** Tasks ordered at the start of a period serve this many periods later. */
  readonly lead: number;
  /** At the start of a period, the newest measurement is this many periods back. */
  readonly lag: number;
}

/** How often errors of each size occurred. */
export interface ErrorTail {
  /** Upper edges of the errors that occurred above zero, rising; the share of the load that had them. */
  readonly edges: readonly number[];
  readonly shares: readonly number[];
}

/**
 * The two loads that a floor is chosen for.
 *
 * - `arrival`: when tasks ordered now begin to serve. Ordering more than it needs would come too late for all before it.
 * - `until-arrival`: the highest from now to then. What is given back now cannot be had again any sooner.
 */
export type Span = 'arrival' | 'until-arrival';
export type PerSpan<T> = Readonly<Record<Span, T>>;

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

/** What was learned at a certain time, as it is stored. */
export interface StoredProfile {
  /** Start of the first period that the profile has not seen. */
  readonly continuesAt: EpochMs;
  readonly profile: LeadTimeProfile;
}
