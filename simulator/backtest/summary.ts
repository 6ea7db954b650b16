import type { Percent } from '../../shared/domain/units.ts';
import type { LoadPerSecond, StepIndex } from '../load/steps.ts';
import type { SteppedLoad } from '../load/trace.ts';
import { type CapacitySummary, carry } from '../plant/load-account.ts';
import { type CapacityRun, objective, scoreRun } from '../plant/score.ts';
import { type Elasticity, ElasticityAccount } from './elasticity.ts';

/** What a policy cost and what became of the load, over the scored steps. */
export interface PolicySummary extends CapacitySummary {
  /** Task-hours over those of the clairvoyant. */
  readonly costRatio: number;
  /** `costRatio` plus the missed load in percent: the lower the better. */
  readonly j: number;
  /** Mean over the steps of the share of the CPU in use, 0 to 1. */
  readonly meanUtilization: number;
  readonly elasticity: Elasticity;
}

/** A policy at one of several targets. */
export interface FrontierPoint {
  readonly targetPercent: Percent;
  readonly taskHours: number;
  readonly costRatio: number;
  readonly missedShare: number;
  readonly lostShare: number;
  readonly j: number;
}

/** What a run is measured by. */
export interface Yardstick {
  readonly load: SteppedLoad;
  readonly taskCapacity: LoadPerSecond;
  readonly warmUpSteps: StepIndex;
  readonly clairvoyant: CapacityRun;
}

export function summarize(run: CapacityRun, yardstick: Yardstick): PolicySummary {
  const { load, taskCapacity, warmUpSteps, clairvoyant } = yardstick;
  const achieved = scoreRun(load, run, taskCapacity, warmUpSteps);
  const best = scoreRun(load, clairvoyant, taskCapacity, warmUpSteps);
  return {
    ...achieved,
    costRatio: achieved.taskHours / best.taskHours,
    j: objective([{ achieved, clairvoyant: best }]),
    ...fit(run, yardstick),
  };
}

/** Over the scored steps, as `scoreRun` chooses them. */
function fit(run: CapacityRun, { load, taskCapacity, warmUpSteps, clairvoyant }: Yardstick) {
  const account = new ElasticityAccount();
  let steps = 0;
  let cpuSum = 0;
  for (let step = warmUpSteps; step < load.perSecond.length; step += 1) {
    if (load.missing[step] === 1) continue;
    const ready = run.ready[step] ?? 0;
    steps += 1;
    cpuSum += carry(load.perSecond[step] ?? 0, ready, taskCapacity).cpu;
    account.add(clairvoyant.ready[step] ?? 0, ready);
  }
  return { meanUtilization: cpuSum / steps, elasticity: account.elasticity() };
}

export function frontierPoint(
  targetPercent: Percent,
  { taskHours, costRatio, missedShare, lostShare, j }: PolicySummary,
): FrontierPoint {
  return { targetPercent, taskHours, costRatio, missedShare, lostShare, j };
}
