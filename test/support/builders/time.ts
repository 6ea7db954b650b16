import { type EpochMs, instant } from '../../../shared/domain/units.ts';

/** A Tuesday, in the middle of the hour: no slow metric is due. */
export const NOW: EpochMs = instant('2026-12-01T12:30:00Z');

/** `at('07:45')` on the day of NOW, `at('07:45:30', 3)` three days later, UTC. */
export function at(time: string, days = 0): EpochMs {
  const day = instant('2026-12-01T00:00:00Z') + days * 86_400_000;
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return day + ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

export function secondsAgo(seconds: number, now: EpochMs = NOW): EpochMs {
  return now - seconds * 1000;
}

export function minutesAgo(minutes: number, now: EpochMs = NOW): EpochMs {
  return secondsAgo(minutes * 60, now);
}
