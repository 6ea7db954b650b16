import type { CapacityBounds } from '../../shared/domain/capacity.ts';
import type { Percent, Seconds, Tasks } from '../../shared/domain/units.ts';
import type { LoadPerSecond, StepIndex } from '../load/steps.ts';
import type { SteppedLoad } from '../load/trace.ts';
import { fittingTasks } from '../plant/run.ts';
import { type CapacityRun, clairvoyantRun } from '../plant/score.ts';
import { within } from '../plant/service-tasks.ts';
import { type ChosenPolicy, CLAIRVOYANT, FRONTIER_TARGETS, type PolicyKind } from './catalogue.ts';
import type { BacktestPolicy, Expectations, PolicySetup } from './policy.ts';
import { type FrontierPoint, frontierPoint, type PolicySummary, summarize, type Yardstick } from './summary.ts';
import { walk, type WalkedRun } from './walk.ts';

/** One service under one recorded load, to be walked through by several policies. */
export interface BacktestPlan {
  readonly load: SteppedLoad;
  readonly taskCapacity: LoadPerSecond;
  readonly startupSeconds: Seconds;
  readonly bounds: CapacityBounds;
  /** Of policies that are given none. */
  readonly targetPercent: Percent;
  readonly cooldowns: PolicySetup['cooldowns'];
  readonly signal: PolicySetup['signal'];
  readonly control: PolicySetup['control'];
  readonly floorShrinkCooldownSeconds?: Seconds;
  /** Steps at the start that are walked through but not scored. */
  readonly warmUpSteps: StepIndex;
  readonly policies: readonly ChosenPolicy[];
}

export interface PolicyResult {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** `null` where the policy has no such thing. */
  readonly targetPercent: Percent | null;
  readonly run: WalkedRun;
  readonly summary: PolicySummary;
  /** The same policy at other targets; empty where it was tried at one only. */
  readonly frontier: readonly FrontierPoint[];
  readonly expectations: Expectations | null;
}

/** What the policies made of the load, and the bound that none of them can undercut. */
export interface BacktestResult {
  readonly plan: BacktestPlan;
  readonly clairvoyant: PolicySummary;
  /** In the order of the plan. */
  readonly policies: readonly PolicyResult[];
}

/**
 * Walks every policy through the load.
 *
 * What comes out for the beginning of a load does not depend on how it goes on, summaries apart: policies are told one step
 * after the other, and all else (task capacity, bounds, tasks to begin with) is given or comes from the first five minutes.
 *
 * @throws RangeError when no step is left to be scored.
 */
export function runBacktest(plan: BacktestPlan, progress: (share: number) => void = () => undefined): BacktestResult {
  const scored = plan.load.missing.subarray(plan.warmUpSteps).includes(0);
  if (!scored) throw new RangeError('after the warm-up there is not one recorded value to score; shorten the warm-up');
  const clairvoyant = clairvoyantOf(plan);
  const yardstick: Yardstick = { ...plan, clairvoyant };
  let walked = 0;
  const walks = plan.policies.reduce((sum, chosen) => sum + walksOf(chosen), 0);
  const advance = (): void => {
    walked += 1;
    progress(walked / walks);
  };
  const policies = plan.policies.map((chosen) =>
    chosen.kind === 'clairvoyant'
      ? clairvoyantResult(plan, yardstick, advance)
      : steppingResult(chosen, plan, yardstick, advance),
  );
  return { plan, clairvoyant: summarize(clairvoyant, yardstick), policies };
}

/** What the load needs in each step, there at once; above max nobody can have it. */
export function clairvoyantOf({ load, taskCapacity, bounds }: BacktestPlan): CapacityRun {
  const { ready } = clairvoyantRun(load, taskCapacity, bounds.min);
  const affordable = ready.map((tasks) => within(bounds, tasks));
  return { ready: affordable, wanted: affordable };
}

function clairvoyantResult(plan: BacktestPlan, yardstick: Yardstick, advance: () => void): PolicyResult {
  const { clairvoyant } = yardstick;
  advance();
  return {
    name: CLAIRVOYANT,
    title: 'Clairvoyant',
    description: 'In each step the fewest tasks below 90 % CPU, there at once: what nobody can undercut.',
    targetPercent: null,
    run: { ...clairvoyant, min: new Int32Array(clairvoyant.ready.length).fill(plan.bounds.min) },
    summary: summarize(clairvoyant, yardstick),
    frontier: [],
    expectations: null,
  };
}

type SteppingPolicy = Extract<ChosenPolicy, { kind: 'stepping' }>;

function steppingResult(
  chosen: SteppingPolicy,
  plan: BacktestPlan,
  yardstick: Yardstick,
  advance: () => void,
): PolicyResult {
  const { title, description } = chosen.policy;
  const targetPercent = chosen.targetPercent ?? plan.targetPercent;
  const { run, policy } = walkAt(targetPercent, chosen.policy, plan);
  advance();
  const summary = summarize(run, yardstick);
  const others = frontierTargetsOf(chosen).map((target) => {
    const point = frontierPoint(target, summarize(walkAt(target, chosen.policy, plan).run, yardstick));
    advance();
    return point;
  });
  return {
    name: chosen.name,
    title,
    description,
    targetPercent: chosen.policy.targets === 'own' ? null : targetPercent,
    run,
    summary,
    frontier: others.length === 0 ? [] : withPoint(others, frontierPoint(targetPercent, summary)),
    expectations: policy.expectations?.() ?? null,
  };
}

/** A policy that is given its target shall be seen at that one. */
function frontierTargetsOf(chosen: ChosenPolicy): readonly Percent[] {
  const isSwept = chosen.kind === 'stepping' && chosen.targetPercent === null && chosen.policy.targets === 'given';
  return isSwept ? FRONTIER_TARGETS : [];
}

function walksOf(chosen: ChosenPolicy): number {
  return 1 + frontierTargetsOf(chosen).length;
}

function withPoint(points: readonly FrontierPoint[], added: FrontierPoint): readonly FrontierPoint[] {
  const others = points.filter(({ targetPercent }) => targetPercent !== added.targetPercent);
  return [...others, added].toSorted((left, right) => left.targetPercent - right.targetPercent);
}

/** Walks a policy through the load of a plan, from as many tasks as hold the target at the beginning. */
export function walkAt(
  targetPercent: Percent,
  kind: PolicyKind,
  plan: BacktestPlan,
): { readonly run: WalkedRun; readonly policy: BacktestPolicy } {
  const { load, taskCapacity, bounds } = plan;
  const policy = kind.create({ ...plan, startsAt: load.startsAt, targetPercent });
  const initialTasks: Tasks = fittingTasks(load, taskCapacity, targetPercent, bounds);
  return { run: walk(policy, { ...plan, initialTasks }), policy };
}
