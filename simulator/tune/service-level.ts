import type { PolicySummary } from '../backtest/summary.ts';

/** What a service promises: at most so much of its load is missed, or lost. Shares from 0 to 1. */
export interface ServiceLevel {
  readonly missedShare: number;
  /** `null` where only what is missed counts; what is lost is a part of it. */
  readonly lostShare: number | null;
}

/** What settings cost and what they missed, over one part of a load. */
export type Outcome = Pick<PolicySummary, 'taskHours' | 'costRatio' | 'missedShare' | 'lostShare'>;

/** The share of the load by which a level is broken; 0 where it is kept. */
export function excess({ missedShare, lostShare }: Outcome, level: ServiceLevel): number {
  const missed = Math.max(0, missedShare - level.missedShare);
  const lost = level.lostShare === null ? 0 : Math.max(0, lostShare - level.lostShare);
  return missed + lost;
}

export function keeps(outcome: Outcome, level: ServiceLevel): boolean {
  return excess(outcome, level) === 0;
}

/**
 * Of two that keep the level, the cheaper is better; one that keeps it is better than one that does not; of two that do not,
 * the one that is nearer to it. What costs the same is compared by what it misses.
 *
 * Source: the rules for constraints of K. Deb, An efficient constraint handling method for genetic algorithms, Computer Methods
 * in Applied Mechanics and Engineering 186, 2000. They need no price for what is missed.
 */
export function isBetter(one: Outcome, other: Outcome, level: ServiceLevel): boolean {
  const difference = excess(one, level) - excess(other, level);
  if (difference !== 0) return difference < 0;
  if (one.taskHours !== other.taskHours) return one.taskHours < other.taskHours;
  return one.missedShare < other.missedShare;
}
