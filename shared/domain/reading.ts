import { type EpochMs, type Seconds, secondsBetween } from './units.ts';

/** A measurement that may be missing. Missing is not zero, and a blind lever never shrinks anything. */
export type Reading<T> = Seen<T> | Unseen;

export interface Seen<T> {
  readonly kind: 'seen';
  readonly value: T;
  /** When the value was true, not when it was asked for. */
  readonly at: EpochMs;
}

export interface Unseen {
  readonly kind: 'unseen';
  readonly because: UnseenReason;
}

export type UnseenReason =
  /** Nobody needed it at this look. */
  | { readonly code: 'not-asked' }
  | { readonly code: 'no-data' }
  | { readonly code: 'too-old'; readonly ageSeconds: Seconds; readonly limitSeconds: Seconds }
  | { readonly code: 'incomplete'; readonly points: number; readonly needed: number }
  /** NaN, infinite or negative where that cannot be. */
  | { readonly code: 'invalid'; readonly value: string }
  /** The source did not answer, or refused. */
  | { readonly code: 'unreadable'; readonly detail: string };

export function seen<T>(value: T, at: EpochMs): Seen<T> {
  return { kind: 'seen', value, at };
}

export function unseen(because: UnseenReason): Unseen {
  return { kind: 'unseen', because };
}

export const NOT_ASKED: Unseen = unseen({ code: 'not-asked' });

export function mapReading<T, U>(reading: Reading<T>, change: (value: T) => U): Reading<U> {
  return reading.kind === 'seen' ? seen(change(reading.value), reading.at) : reading;
}

export interface MetricPoint {
  /** Start of the period. */
  readonly at: EpochMs;
  readonly value: number;
}

/** Points of one metric, oldest first. */
export interface Series {
  readonly periodSeconds: Seconds;
  readonly points: readonly MetricPoint[];
}

/**
 * The newest `count` points of a series as a reading: unseen when one of them is missing, invalid or too old.
 *
 * @param limitSeconds how old the end of the newest period may be.
 */
export function newest(
  series: Reading<Series>,
  count: number,
  limitSeconds: Seconds,
  now: EpochMs,
): Reading<readonly number[]> {
  if (series.kind === 'unseen') return series;
  const { points, periodSeconds } = series.value;
  const last = points.at(-1);
  if (last === undefined) return unseen({ code: 'no-data' });
  const ageSeconds = secondsBetween(last.at, now) - periodSeconds;
  if (ageSeconds > limitSeconds) return unseen({ code: 'too-old', ageSeconds, limitSeconds });
  const window = points.filter((point) => secondsBetween(point.at, last.at) < count * periodSeconds);
  const invalid = window.find((point) => !Number.isFinite(point.value) || point.value < 0);
  if (invalid) return unseen({ code: 'invalid', value: String(invalid.value) });
  if (window.length < count) return unseen({ code: 'incomplete', points: window.length, needed: count });
  return seen(
    window.map((point) => point.value),
    last.at,
  );
}
