import type { CapacityBounds, ScheduledCapacity, TargetTracking } from '../../shared/domain/capacity.ts';
import type { Percent, Seconds, Tasks } from '../../shared/domain/units.ts';
import type { LoadPerSecond } from '../load/steps.ts';
import type { SteppedLoad } from '../load/trace.ts';
import type { CapacityRun } from './score.ts';
import { within } from './service-tasks.ts';
import { SimulatedService } from './simulated-service.ts';

/** One service under one load from its start to its end. */
export interface RunPlan {
  readonly load: SteppedLoad;
  readonly taskCapacity: LoadPerSecond;
  readonly startupSeconds: Seconds;
  readonly bounds: CapacityBounds;
  readonly targetTracking: TargetTracking;
  readonly scheduled?: readonly ScheduledCapacity[];
}

/** Two tasks, so that one may fail, and no ceiling: for comparisons in which bounds play no part. */
export const TWO_OR_MORE: CapacityBounds = { min: 2, max: 2 ** 31 - 1 };

/** Steps of load that the initial tasks are fitted to: the first five minutes. */
export const FITTED_STEPS = 15;

/** Runs target tracking over a load, with scheduled actions if there are any. */
export function runTargetTracking(plan: RunPlan): CapacityRun {
  const { load, taskCapacity, startupSeconds, bounds, targetTracking } = plan;
  const service = new SimulatedService({
    startsAt: load.startsAt,
    startupSeconds,
    taskCapacity,
    bounds,
    initialTasks: fittingTasks(load, taskCapacity, targetTracking.cpuPercent, bounds),
    targetTracking,
  });
  for (const action of plan.scheduled ?? []) service.putScheduledAction(action);
  const ready = new Int32Array(load.perSecond.length);
  const wanted = new Int32Array(load.perSecond.length);
  load.perSecond.forEach((offered, step) => {
    const after = service.step(offered);
    ready[step] = after.ready;
    wanted[step] = after.wanted;
  });
  return { ready, wanted };
}

/** The tasks that hold the CPU at the target during the first five minutes of a load. */
export function fittingTasks(
  load: SteppedLoad,
  taskCapacity: LoadPerSecond,
  cpuPercent: Percent,
  bounds: CapacityBounds,
): Tasks {
  const first = load.perSecond.subarray(0, FITTED_STEPS);
  const mean = first.reduce((sum, offered) => sum + offered, 0) / first.length;
  return within(bounds, Math.ceil(mean / (taskCapacity * (cpuPercent / 100))));
}
