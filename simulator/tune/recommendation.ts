import type { Point } from './search.ts';
import { excess, keeps, type Outcome, type ServiceLevel } from './service-level.ts';

/** Settings with what they did on the part that was searched, and on the part that the search never saw. */
export interface Proven {
  readonly point: Point;
  readonly tuning: Outcome;
  readonly heldOut: Outcome;
}

/** What a search comes to, after the part of the load that it never saw has had its say. */
export type Recommendation =
  /** Better than what stands, on both parts. `held`: whether the level is kept on the part that was held out, too. */
  | { readonly kind: 'change'; readonly held: 'kept' | 'nearer' }
  /** Nothing keeps the level on the tuning part; these settings come nearest, and nearer than what stands on both parts. */
  | { readonly kind: 'nearest' }
  | { readonly kind: 'keep'; readonly because: KeepReason };

export type KeepReason =
  /** The search found nothing better than what stands. */
  | 'nothing-better'
  /** Better on the tuning part only. */
  | 'no-gain-held-out'
  /** It would keep the level on the tuning part, and what stands keeps it better on the part that was held out. */
  | 'breaks-held-out'
  /** Of a load that never changes nothing can be learned about changes. */
  | 'constant-load';

export interface Evidence {
  readonly standing: Proven;
  readonly best: Proven;
  readonly level: ServiceLevel;
  readonly variety: 'constant' | 'varied';
}

/** A smaller saving of task-hours, or a smaller share of what the level is broken by, is not worth a change. */
const LEAST_GAIN = 0.01;

export function recommend({ standing, best, level, variety }: Evidence): Recommendation {
  if (variety === 'constant') return { kind: 'keep', because: 'constant-load' };
  if (!isGain(best.tuning, standing.tuning, level)) return { kind: 'keep', because: 'nothing-better' };
  if (!isGain(best.heldOut, standing.heldOut, level)) {
    const isBroken = excess(best.heldOut, level) > excess(standing.heldOut, level);
    return { kind: 'keep', because: isBroken ? 'breaks-held-out' : 'no-gain-held-out' };
  }
  if (!keeps(best.tuning, level)) return { kind: 'nearest' };
  return { kind: 'change', held: keeps(best.heldOut, level) ? 'kept' : 'nearer' };
}

/** As `isBetter` of the service level, by more than what chance would give. */
function isGain(one: Outcome, other: Outcome, level: ServiceLevel): boolean {
  const [broken, brokenBefore] = [excess(one, level), excess(other, level)];
  if (broken > 0 || brokenBefore > 0) return broken < (1 - LEAST_GAIN) * brokenBefore;
  return one.taskHours <= (1 - LEAST_GAIN) * other.taskHours;
}
