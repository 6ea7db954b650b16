import { STEPS_PER_DAY } from '../load/steps.ts';
import { carry } from '../plant/load-account.ts';
import type { CapacityRun } from '../plant/score.ts';
import type { Yardstick } from '../backtest/summary.ts';

/** Standard errors of the missed and of the lost share of a load. */
export interface ShareErrors {
  readonly missed: number;
  readonly lost: number;
}

/**
 * How far the missed share of other days of the same kind may lie from that of these, by how much these differ. With what was
 * missed `m` and offered `o` on each of `n` days, and the share `r = Σ m / Σ o`:
 *
 *   error = √(n / (n - 1) * Σ (m - r * o)²) / Σ o
 *
 * which is the standard error of a ratio of sums over clusters, here days: W. G. Cochran, Sampling Techniques, 3rd edition,
 * 1977, section 6.3 with the sampling fraction left out. Misses come in bursts, so that single steps would promise too much.
 */
export function shareErrors(run: Pick<CapacityRun, 'ready'>, yardstick: Yardstick): ShareErrors {
  const { load, taskCapacity, warmUpSteps } = yardstick;
  const days = Math.ceil((load.perSecond.length - warmUpSteps) / STEPS_PER_DAY);
  const offered = new Float64Array(days);
  const missed = new Float64Array(days);
  const lost = new Float64Array(days);
  for (let step = warmUpSteps; step < load.perSecond.length; step += 1) {
    if (load.missing[step] === 1) continue;
    const day = Math.floor((step - warmUpSteps) / STEPS_PER_DAY);
    const came = load.perSecond[step] ?? 0;
    const carried = carry(came, run.ready[step] ?? 0, taskCapacity);
    offered[day] = (offered[day] ?? 0) + came;
    missed[day] = (missed[day] ?? 0) + carried.missed;
    lost[day] = (lost[day] ?? 0) + carried.lost;
  }
  return { missed: errorOf(missed, offered), lost: errorOf(lost, offered) };
}

function errorOf(parts: Float64Array, wholes: Float64Array): number {
  const whole = sum(wholes);
  if (whole === 0 || parts.length < 2) return 0;
  const ratio = sum(parts) / whole;
  const squares = sum(parts.map((part, day) => (part - ratio * (wholes[day] ?? 0)) ** 2));
  return Math.sqrt((parts.length / (parts.length - 1)) * squares) / whole;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
