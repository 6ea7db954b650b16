import type { Seconds, Tasks } from '../../shared/domain/units.ts';
import type { LoadPerSecond } from '../load/steps.ts';
import type { SteppedLoad } from '../load/trace.ts';
import { carry } from '../plant/load-account.ts';
import type { CapacityRun } from '../plant/score.ts';
import { ServiceTasks, within } from '../plant/service-tasks.ts';
import type { BacktestPolicy } from './policy.ts';
import type { CapacityBounds } from '../../shared/domain/capacity.ts';

/** The tasks of a service at the end of each step, and the min capacity that held in it. */
export interface WalkedRun extends CapacityRun {
  readonly min: Int32Array;
}

/** Where a policy is let loose. */
export interface Ground {
  readonly load: SteppedLoad;
  readonly taskCapacity: LoadPerSecond;
  readonly startupSeconds: Seconds;
  readonly bounds: CapacityBounds;
  /** Ready from the start; inside the bounds. */
  readonly initialTasks: Tasks;
}

/**
 * Lets a policy decide step by step. Within a step: starting tasks whose time has come serve, the load uses the CPU of the
 * ready tasks, the policy sees both and decides, and its tasks are wanted from this step on.
 */
export function walk(policy: BacktestPolicy, ground: Ground): WalkedRun {
  const { load, taskCapacity, startupSeconds, bounds, initialTasks } = ground;
  const { perSecond, missing } = load;
  const tasks = new ServiceTasks(initialTasks, startupSeconds, bounds);
  const ready = new Int32Array(perSecond.length);
  const wanted = new Int32Array(perSecond.length);
  const min = new Int32Array(perSecond.length);
  for (let step = 0; step < perSecond.length; step += 1) {
    tasks.beginStep(step);
    const offered = perSecond[step] ?? 0;
    const { cpu } = carry(offered, tasks.ready, taskCapacity);
    const decision = policy.decide({
      step,
      load: offered,
      isRecorded: missing[step] === 0,
      cpu,
      ready: tasks.ready,
      wanted: tasks.wanted,
    });
    const floor = within(bounds, decision.floor);
    tasks.want(step, Math.max(floor, decision.wanted));
    ready[step] = tasks.ready;
    wanted[step] = tasks.wanted;
    min[step] = floor;
  }
  return { ready, wanted, min };
}
