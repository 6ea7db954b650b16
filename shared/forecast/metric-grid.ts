import type { Reading, Series } from '../domain/reading.ts';
import type { EpochMs, Seconds } from '../domain/units.ts';

/** Values period by period without a break, oldest first; `null` where there is none. */
export interface Grid {
  readonly startsAt: EpochMs;
  readonly stepSeconds: Seconds;
  readonly values: readonly (number | null)[];
}

export type MutableValues = (number | null)[];

/** The time that a history covers. */
export interface Frame {
  /** On a border of five minutes. */
  readonly startsAt: EpochMs;
  /** On a border of a minute. */
  readonly endsAt: EpochMs;
}

/** The points of a series in their places. What is no quantity counts as missing. */
export function gridOf(series: Reading<Series>, { startsAt, endsAt }: Frame, stepSeconds: Seconds): MutableValues {
  const steps = Math.ceil((endsAt - startsAt) / 1000 / stepSeconds);
  const values: MutableValues = Array<number | null>(steps).fill(null);
  if (series.kind === 'unseen') return values;
  for (const { at, value } of series.value.points) {
    const step = Math.floor((at - startsAt) / 1000 / stepSeconds);
    if (step >= 0 && step < steps && Number.isFinite(value) && value >= 0) values[step] = value;
  }
  return values;
}

/** Means of whole groups of `size` values; `null` where fewer than `least` of a group are known. */
export function meansOf(values: readonly (number | null)[], size: number, least: number): readonly (number | null)[] {
  return Array.from({ length: Math.floor(values.length / size) }, (_, group) => {
    let sum = 0;
    let known = 0;
    for (let i = group * size; i < (group + 1) * size; i += 1) {
      const value = values[i] ?? null;
      if (value === null) continue;
      sum += value;
      known += 1;
    }
    return known < least ? null : sum / known;
  });
}
