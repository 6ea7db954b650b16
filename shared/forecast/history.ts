/**
 * A history of load on one grid of steps, made fit for a forecast: what is missing or cannot be load of a working service
 * is told apart and stands in with what the same time of other days was.
 */
import type { EpochMs, Seconds } from '../domain/units.ts';
import type { LoadPerSecond } from '../control/settings.ts';

export interface LoadHistory {
  /** Start of the first step. */
  readonly startsAt: EpochMs;
  /** Divides the day. */
  readonly stepSeconds: Seconds;
  /** Mean load of each step, oldest first; `null` where it was not measured. */
  readonly perSecond: readonly (LoadPerSecond | null)[];
}

export interface CleanHistory {
  readonly startsAt: EpochMs;
  readonly stepSeconds: Seconds;
  readonly stepsPerDay: number;
  readonly perSecond: Float64Array;
  /** 1 where the value was not measured but stands in. */
  readonly standsIn: Uint8Array;
  readonly gaps: number;
  /** Steps of silence where the other days have load: an outage or a broken metric, not a calm hour. */
  readonly silentSteps: number;
  /** Steps that were cut to what the same time of other days makes believable. */
  readonly outliers: number;
}

export type HistoryProblem =
  | { readonly code: 'short-history'; readonly days: number; readonly neededDays: number }
  | { readonly code: 'too-many-gaps'; readonly missingShare: number; readonly limitShare: number }
  | { readonly code: 'constant'; readonly perSecond: LoadPerSecond };

export type CleanedHistory =
  | { readonly kind: 'clean'; readonly history: CleanHistory }
  | { readonly kind: 'unusable'; readonly because: HistoryProblem };

/** Two seasons of a day: with fewer no season can be told from chance. */
const NEEDED_DAYS = 2;
const LONGEST_DAYS = 28;
const MISSING_LIMIT = 0.5;
const SILENCE_SECONDS: Seconds = 3_600;
const NEIGHBOUR_DAYS = 7;
/** A step counts as an outlier above so many times the highest of the same time, an hour around it, of the other days. */
const OUTLIER_FACTOR = 3;

/**
 * Takes the newest four weeks. @throws RangeError when the step does not divide the day, or a load is negative or not
 * finite.
 */
export function cleanHistory(raw: LoadHistory): CleanedHistory {
  const { stepSeconds } = raw;
  if (!(stepSeconds > 0 && 86_400 % stepSeconds === 0)) {
    throw new RangeError(`a step divides the day, ${stepSeconds} s does not`);
  }
  const invalid = raw.perSecond.find((load) => load !== null && !(load >= 0 && Number.isFinite(load)));
  if (invalid !== undefined) throw new RangeError(`a load is finite and not negative, not ${String(invalid)}`);
  const stepsPerDay = 86_400 / stepSeconds;
  const dropped = Math.max(0, raw.perSecond.length - LONGEST_DAYS * stepsPerDay);
  const perSecond = raw.perSecond.slice(dropped);
  const days = perSecond.length / stepsPerDay;
  if (days < NEEDED_DAYS) return unusable({ code: 'short-history', days, neededDays: NEEDED_DAYS });
  const values = Float64Array.from(perSecond, (load) => load ?? 0);
  const standsIn = Uint8Array.from(perSecond, (load) => (load === null ? 1 : 0));
  const gaps = countOnes(standsIn);
  const missingShare = gaps / values.length;
  if (missingShare > MISSING_LIMIT) return unusable({ code: 'too-many-gaps', missingShare, limitShare: MISSING_LIMIT });
  const first = values[standsIn.indexOf(0)] ?? 0;
  if (values.every((value, step) => standsIn[step] === 1 || value === first)) {
    return unusable({ code: 'constant', perSecond: first });
  }
  const silentSteps = markSilence(values, standsIn, stepsPerDay, SILENCE_SECONDS / stepSeconds);
  fillFromOtherDays(values, standsIn, stepsPerDay);
  const outliers = cutOutliers(values, standsIn, stepsPerDay);
  const startsAt = raw.startsAt + dropped * stepSeconds * 1000;
  return {
    kind: 'clean',
    history: { startsAt, stepSeconds, stepsPerDay, perSecond: values, standsIn, gaps, silentSteps, outliers },
  };
}

function unusable(because: HistoryProblem): CleanedHistory {
  return { kind: 'unusable', because };
}

function countOnes(flags: Uint8Array): number {
  return flags.reduce((sum, flag) => sum + flag, 0);
}

/** Zeros in a row for an hour or longer, where most other days had load at the same time. */
function markSilence(values: Float64Array, standsIn: Uint8Array, stepsPerDay: number, least: number): number {
  const silent: number[] = [];
  for (let from = 0; from < values.length; from += 1) {
    let to = from;
    while (to < values.length && values[to] === 0 && standsIn[to] === 0) to += 1;
    if (to - from >= least) {
      for (let step = from; step < to; step += 1) {
        const others = sameTimeOfOtherDays(values, standsIn, step, stepsPerDay);
        if (others.length > 1 && others.filter((value) => value > 0).length > others.length / 2) silent.push(step);
      }
    }
    from = Math.max(from, to - 1);
  }
  for (const step of silent) standsIn[step] = 1;
  return silent.length;
}

function fillFromOtherDays(values: Float64Array, standsIn: Uint8Array, stepsPerDay: number): void {
  let before = values[standsIn.indexOf(0)] ?? 0;
  const filled = values.map((value, step) => {
    if (standsIn[step] === 0) {
      before = value;
      return value;
    }
    const others = sameTimeOfOtherDays(values, standsIn, step, stepsPerDay);
    return others.length === 0 ? before : median(others);
  });
  values.set(filled);
}

/** Against the highest of the hour around the same time, so that a burst that comes every day is no outlier. */
function cutOutliers(values: Float64Array, standsIn: Uint8Array, stepsPerDay: number): number {
  const around = Math.max(1, Math.round(stepsPerDay / 48));
  const cut = values.map((value, step) => {
    if (standsIn[step] === 1) return value;
    let highest = 0;
    let days = 0;
    for (const day of neighbourDays(values.length, step, stepsPerDay)) {
      days += 1;
      for (let near = day - around; near <= day + around; near += 1) highest = Math.max(highest, values[near] ?? 0);
    }
    return days >= 2 && highest > 0 ? Math.min(value, OUTLIER_FACTOR * highest) : value;
  });
  const outliers = cut.reduce((sum, value, step) => sum + (value === values[step] ? 0 : 1), 0);
  values.set(cut);
  return outliers;
}

function sameTimeOfOtherDays(
  values: Float64Array,
  standsIn: Uint8Array,
  step: number,
  stepsPerDay: number,
): readonly number[] {
  return neighbourDays(values.length, step, stepsPerDay)
    .filter((other) => standsIn[other] === 0)
    .map((other) => values[other] ?? 0);
}

function neighbourDays(length: number, step: number, stepsPerDay: number): readonly number[] {
  const days: number[] = [];
  for (let day = 1; day <= NEIGHBOUR_DAYS; day += 1) {
    if (step - day * stepsPerDay >= 0) days.push(step - day * stepsPerDay);
    if (step + day * stepsPerDay < length) days.push(step + day * stepsPerDay);
  }
  return days;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
