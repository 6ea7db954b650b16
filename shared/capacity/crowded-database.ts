import type { Worsening } from '../domain/pooler.ts';

type RisenCpu = Extract<Worsening, { what: 'database-cpu' }>;

/** CPU and throughput are not measured in the same seconds: only more than this is no chance. */
const CROWDED_FACTOR = 1.25;

/**
 * Whether more connections make a database work harder rather than get more done: its CPU has come above a limit, and each
 * transaction costs it clearly more than before. A database that is busy with more transactions does what is asked of it.
 * Where it is not known how many they were, the limit alone counts.
 *
 *   60 → 90 % for 400 → 600 a second   0.15 → 0.15 % each            no
 *   60 → 90 % for 400 → 420 a second   0.15 → 0.21 % each, × 1.43    yes
 *
 * @param cpu  percent, before and after
 * @param work transactions a second, before and after; `null` where they were not measured
 * @returns    `null` when it does not
 */
export function risenCpu(
  { before, after, limit }: Pick<RisenCpu, 'before' | 'after' | 'limit'>,
  work: RisenCpu['work'] | null,
): RisenCpu | null {
  if (before > limit || after <= limit) return null;
  const risen = { what: 'database-cpu', before, after, limit } as const;
  if (!work) return risen;
  const isCrowded = work.after === 0 || after * work.before > CROWDED_FACTOR * before * work.after;
  return isCrowded ? { ...risen, work } : null;
}
