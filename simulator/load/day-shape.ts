import { STEP_SECONDS, STEPS_PER_DAY } from './steps.ts';

/** A time of day around which people come. */
export interface DayPeak {
  /** Local time, 10.5 is half past ten. */
  readonly hour: number;
  /** Standard deviation of the bell. */
  readonly spreadHours: number;
  /** Above the night, in the same measure. */
  readonly height: number;
}

/** How the load goes through a day, in any measure: only the proportions count. */
export interface DayShape {
  /** What is left when people sleep. */
  readonly night: number;
  readonly peaks: readonly DayPeak[];
}

/** People at work: a morning peak, a dip at noon, an afternoon peak, a little in the evening, a tenth at night. */
export const OFFICE_DAY: DayShape = {
  night: 0.1,
  peaks: [
    { hour: 10.25, spreadHours: 1.5, height: 0.9 },
    { hour: 14.75, spreadHours: 1.7, height: 0.75 },
    { hour: 19.5, spreadHours: 1.6, height: 0.25 },
  ],
};

/** People at home: less in office hours and much in the evening. */
export const CITIZEN_DAY: DayShape = {
  night: 0.08,
  peaks: [
    { hour: 10.5, spreadHours: 1.7, height: 0.7 },
    { hour: 15, spreadHours: 2, height: 0.6 },
    { hour: 20, spreadHours: 1.5, height: 0.65 },
  ],
};

/** The shape step by step from local midnight, scaled to a mean of 1. */
export function dayCurve({ night, peaks }: DayShape): Float64Array {
  const curve = new Float64Array(STEPS_PER_DAY);
  for (let step = 0; step < STEPS_PER_DAY; step += 1) {
    const hour = (step * STEP_SECONDS) / 3600;
    curve[step] = night + peaks.reduce((sum, peak) => sum + bell(peak, hour), 0);
  }
  const mean = curve.reduce((sum, value) => sum + value, 0) / STEPS_PER_DAY;
  if (!(mean > 0)) throw new RangeError('a day shape without any load has no proportions');
  return curve.map((value) => value / mean);
}

function bell({ hour: middle, spreadHours, height }: DayPeak, hour: number): number {
  const apart = Math.abs(hour - middle);
  // The day is a circle: 23:00 is two hours from 01:00.
  const distance = Math.min(apart, 24 - apart);
  return height * Math.exp(-0.5 * (distance / spreadHours) ** 2);
}
