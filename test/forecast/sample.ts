import type { LoadHistory } from '../../shared/forecast/history.ts';
import { instant } from '../../shared/domain/units.ts';

export const START = instant('2026-03-02T00:00:00Z');
/** Half-hour steps keep the tests quick. */
export const STEPS_PER_DAY = 48;

/** A day that swings between 20 and 180, with noise of a few percent that is the same in every run. */
export function dailyLoad(step: number): number {
  return (
    (100 - 80 * Math.cos((2 * Math.PI * step) / STEPS_PER_DAY)) *
    (1 + 0.1 * Math.sin(step * 12.9898) * Math.cos(step * 78.233))
  );
}

export function historyOf(days: number, loadAt: (step: number) => number | null = dailyLoad): LoadHistory {
  return {
    startsAt: START,
    stepSeconds: 1_800,
    perSecond: Array.from({ length: days * STEPS_PER_DAY }, (_, step) => loadAt(step)),
  };
}
