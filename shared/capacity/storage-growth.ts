import type { EpochMs } from '../domain/units.ts';

/** Free storage at one time, lowest of its period. */
export interface FreeStorage {
  readonly at: EpochMs;
  readonly freeGiB: number;
}

const NEWEST_DAYS = 7;

/**
 * Growth in GiB a day, from the lowest free storage of each day, oldest first: the mean over all days or over those of the
 * newest week, whichever is more, and never below 0.
 *
 *   30, 29, 28, 26, 24 GiB free  ->  6 GiB in 4 days: 1.5 GiB a day
 *
 * A day on which the storage itself was made larger says nothing of the growth and is left out, and so is a gap.
 *
 * @returns `null` where no two days follow each other.
 */
export function growthGiBPerDay(daily: readonly FreeStorage[], allocatedGiB: number): number | null {
  const grown = steps(daily).flatMap(({ from, to }) => {
    const days = (to.at - from.at) / 86_400_000;
    return days > 1.5 || isEnlarged(from, to, allocatedGiB) ? [] : [from.freeGiB - to.freeGiB];
  });
  if (grown.length === 0) return null;
  return Math.max(0, mean(grown), mean(grown.slice(-NEWEST_DAYS)));
}

/** When the storage was made larger, by RDS itself or by anybody, as far as free storage that jumps up shows it. */
export function enlargedAt(hourly: readonly FreeStorage[], allocatedGiB: number): readonly EpochMs[] {
  return steps(hourly).flatMap(({ from, to }) => (isEnlarged(from, to, allocatedGiB) ? [to.at] : []));
}

/** Storage grows by 10 GiB or 10 % at least: half of that leaves room for what is written meanwhile. */
function isEnlarged(from: FreeStorage, to: FreeStorage, allocatedGiB: number): boolean {
  return to.freeGiB - from.freeGiB >= Math.max(5, allocatedGiB / 20);
}

function steps(points: readonly FreeStorage[]): readonly { readonly from: FreeStorage; readonly to: FreeStorage }[] {
  return points.slice(1).flatMap((to, index) => {
    const from = points[index];
    return from === undefined ? [] : [{ from, to }];
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
