import type { Reading, Series } from '../../../shared/domain/reading.ts';
import { hours } from './infrastructure.ts';

const HOURS_OF_A_DAY = 24;

/** Hourly values of whole days up to yesterday, and those of today so far: `busy` in three hours of each day, else `idle`. */
export function busyDays(busy: readonly number[], idle = 0, ofToday = idle): Reading<Series> {
  const days = busy.flatMap((value) => [...Array<number>(HOURS_OF_A_DAY - 3).fill(idle), value, value, value]);
  // It is 12:30.
  return hours([...days, ...Array<number>(12).fill(ofToday)]);
}

/** So many of fourteen days at the first value, the others at the second; the newest last. */
export function ofFourteen(count: number, busy: number, calm: number): readonly number[] {
  return [...Array<number>(14 - count).fill(calm), ...Array<number>(count).fill(busy)];
}

/** The same value in every hour of so many days. */
export function evenDays(value: number, days = 28): Reading<Series> {
  return busyDays(Array<number>(days).fill(value), value);
}
