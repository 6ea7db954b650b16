import type { Span } from '../domain/lead-time-profile.ts';

export const SPANS = ['arrival', 'until-arrival'] as const satisfies readonly Span[];

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
