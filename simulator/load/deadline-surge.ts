import { type EpochMs, HOUR, secondsBetween } from '../../shared/domain/units.ts';

/** Many people who all have until the same instant: a filing deadline, the end of an enrolment. */
export interface DeadlineSurge {
  readonly name: string;
  /** Usually midnight, local time. */
  readonly deadline: EpochMs;
  /** By service: what comes on top at the height of it, in multiples of the service's weekday mean. Absent: nothing. */
  readonly peakFactors: Readonly<Record<string, number>>;
}

const RISE_HOURS = 48;
/** How much of the peak the early ones reach, in the busiest hour of a day and shortly before the deadline. */
const EARLY_SHARE = 0.25;
/** The height of it: late in the evening, while there is still time to fill in a form. */
const PEAK_HOURS_BEFORE = 2.5;
/** Up to the peak the load grows by the factor e in this time, 70-fold over a day. */
const STEEPNESS_HOURS = 4;
/** What is left of the peak in the last minute. */
const LAST_MINUTE_SHARE = 0.7;
/** After the deadline the load falls by the factor e in this time. */
const COLLAPSE_HOURS = 1 / 3;

/**
 * The part of its peak, 0 to 1, that a deadline surge has at an instant. The shape is plausible, not measured: the early
 * ones come in the hours in which people come anyway, over the last two days; the late ones come whatever the hour.
 *
 *   2.5 hours before  ->  1;   at the deadline  ->  about 0.7;   an hour after it  ->  0.03
 *
 * @param activity how busy the hour usually is, 0 to 1.
 */
export function surgeShare(deadline: EpochMs, at: EpochMs, activity: number): number {
  const hoursLeft = secondsBetween(at, deadline) / HOUR;
  if (hoursLeft >= RISE_HOURS) return 0;
  const late = lateShare(hoursLeft);
  const early = hoursLeft > 0 ? EARLY_SHARE * (1 - hoursLeft / RISE_HOURS) * activity : 0;
  return late + (1 - late) * early;
}

function lateShare(hoursLeft: number): number {
  if (hoursLeft <= 0) return LAST_MINUTE_SHARE * Math.exp(hoursLeft / COLLAPSE_HOURS);
  if (hoursLeft >= PEAK_HOURS_BEFORE) return Math.exp((PEAK_HOURS_BEFORE - hoursLeft) / STEEPNESS_HOURS);
  return 1 - (1 - LAST_MINUTE_SHARE) * (1 - hoursLeft / PEAK_HOURS_BEFORE) ** 2;
}
