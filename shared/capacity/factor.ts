import type { Tasks } from '../domain/units.ts';

/** So many times as many tasks: 10 × 1.1 is 11, not the 11.000000000000002 that would round up to 12. */
export function times(tasks: Tasks, factor: number): number {
  return Math.round(tasks * factor * 1e6) / 1e6;
}
