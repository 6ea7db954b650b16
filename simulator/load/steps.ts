import type { EpochMs, Seconds } from '../../shared/domain/units.ts';

/** The simulator moves in steps of this length: the period of the high-resolution metrics of ECS. */
export const STEP_SECONDS: Seconds = 20;
export const STEPS_PER_DAY = 86_400 / STEP_SECONDS;

/** Counts the steps from the start of a simulation, the first is 0. */
export type StepIndex = number & { readonly __unit?: 'step-index' };
/** Requests a second, or whatever a trace counts, a second. */
export type LoadPerSecond = number & { readonly __unit?: 'load-per-second' };

/** The instant at which a step begins. */
export function startOfStep(startsAt: EpochMs, step: StepIndex): EpochMs {
  return startsAt + step * STEP_SECONDS * 1000;
}
