import { type EpochMs, MINUTE, type Seconds } from '../../shared/domain/units.ts';
import { STEP_SECONDS, startOfStep } from '../load/steps.ts';
import type { SteppedLoad } from '../load/trace.ts';
import { carry } from '../plant/load-account.ts';
import type { CapacityRun } from '../plant/score.ts';
import type { Yardstick } from './summary.ts';

/** A stretch of time in which a policy kept falling short. */
export interface FailureSpell {
  readonly start: EpochMs;
  readonly end: EpochMs;
  /** Units of load. */
  readonly missed: number;
  readonly lost: number;
  /** Highest load over capacity; above 1 some was lost. */
  readonly peakUtilization: number;
  /** Time within the spell in which load was missed. */
  readonly missedSeconds: Seconds;
}

/** Failures with less than this between them are one spell to a reader. */
const BREATH_STEPS = (30 * MINUTE) / STEP_SECONDS;

interface OpenSpell {
  readonly first: number;
  last: number;
  steps: number;
  missed: number;
  lost: number;
  peakUtilization: number;
}

/** The spells in which most load was missed, the worst first; of the scored steps only. */
export function worstSpells(
  run: CapacityRun,
  { load, taskCapacity, warmUpSteps }: Pick<Yardstick, 'load' | 'taskCapacity' | 'warmUpSteps'>,
  count: number,
): readonly FailureSpell[] {
  const spells: OpenSpell[] = [];
  for (let step = warmUpSteps; step < load.perSecond.length; step += 1) {
    if (load.missing[step] === 1) continue;
    const { missed, lost, utilization } = carry(load.perSecond[step] ?? 0, run.ready[step] ?? 0, taskCapacity);
    if (missed === 0) continue;
    const spell = openSpell(spells, step);
    spell.last = step;
    spell.steps += 1;
    spell.missed += missed * STEP_SECONDS;
    spell.lost += lost * STEP_SECONDS;
    spell.peakUtilization = Math.max(spell.peakUtilization, utilization);
  }
  return spells
    .toSorted((left, right) => right.missed - left.missed)
    .slice(0, count)
    .map((spell) => closed(spell, load));
}

function openSpell(spells: OpenSpell[], step: number): OpenSpell {
  const latest = spells.at(-1);
  if (latest !== undefined && step - latest.last <= BREATH_STEPS) return latest;
  const spell = { first: step, last: step, steps: 0, missed: 0, lost: 0, peakUtilization: 0 };
  spells.push(spell);
  return spell;
}

function closed({ first, last, steps, ...sums }: OpenSpell, { startsAt }: SteppedLoad): FailureSpell {
  return {
    start: startOfStep(startsAt, first),
    end: startOfStep(startsAt, last + 1),
    missedSeconds: steps * STEP_SECONDS,
    missed: sums.missed,
    lost: sums.lost,
    peakUtilization: sums.peakUtilization,
  };
}
