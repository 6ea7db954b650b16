import type { Pace } from '../../shared/domain/lead-time-profile.ts';
import { LeadTimeLearner } from '../../shared/control/lead-time-learner.ts';
import { MINUTE_SIGNAL, paceOf } from '../../shared/control/settings.ts';

export const PACE: Pace = paceOf(MINUTE_SIGNAL, 180);

/** A day that swings between 4 and 20 tasks, with a little noise that is the same in every run. */
export function dailyNeed(minute: number): number {
  const swing = 12 - 8 * Math.cos((2 * Math.PI * minute) / 1_440);
  return swing * (1 + 0.05 * Math.sin(minute * 12.9898) * Math.cos(minute * 78.233));
}

/** The same with a burst to the triple, 10 minutes from the beginning of each hour. */
export function hourlyBurst(minute: number): number {
  return dailyNeed(minute) * (minute % 60 < 10 ? 3 : 1);
}

export function learnMinutes(needAt: (minute: number) => number | null, minutes: number, pace = PACE): LeadTimeLearner {
  const learner = new LeadTimeLearner(pace);
  for (let minute = 0; minute < minutes; minute += 1) learner.measure(needAt(minute));
  return learner;
}
