/**
 * One ECS service with its scalable target: tasks, bounds, scheduled actions, suspended scaling and target tracking, moved
 * one step of 20 seconds at a time. Several services are several objects; they share nothing.
 *
 * Within a step: starting tasks whose time has come serve; scheduled actions that are due set the bounds; the load uses the
 * CPU of the ready tasks; target tracking sees that and may move the tasks; the step is accounted for with the tasks that it
 * ends with. What is set from outside between two steps acts at the start of the next.
 */
import {
  type CapacityBounds,
  NOTHING_SUSPENDED,
  type ScheduledCapacity,
  type SuspendedScaling,
  type TargetTracking,
} from '../../shared/domain/capacity.ts';
import type { EpochMs, Seconds, Tasks } from '../../shared/domain/units.ts';
import { type LoadPerSecond, startOfStep, type StepIndex } from '../load/steps.ts';
import { type CapacitySummary, type CarriedLoad, carry, LoadAccount } from './load-account.ts';
import { applyTo, ScheduledActions, type ScheduledOutcome } from './scheduled-actions.ts';
import { ServiceTasks } from './service-tasks.ts';
import { TargetTrackingController } from './target-tracking.ts';

export interface SimulatedServiceSetup {
  /** Start of the first step. */
  readonly startsAt: EpochMs;
  /** From when a task is wanted to when it serves. */
  readonly startupSeconds: Seconds;
  /** What one task carries with all of its CPU. */
  readonly taskCapacity: LoadPerSecond;
  readonly bounds: CapacityBounds;
  /** Ready from the start; inside the bounds. */
  readonly initialTasks: Tasks;
  /** `null` where the service has no such policy. */
  readonly targetTracking: TargetTracking | null;
}

/** A step after it has passed. */
export interface ServiceStep extends CarriedLoad {
  readonly step: StepIndex;
  /** Start of the step. */
  readonly at: EpochMs;
  readonly load: LoadPerSecond;
  readonly wanted: Tasks;
  readonly ready: Tasks;
  readonly bounds: CapacityBounds;
  /** Scheduled actions that were due in this step. */
  readonly scheduled: readonly ScheduledOutcome[];
}

export class SimulatedService {
  readonly #setup: SimulatedServiceSetup;
  readonly #tasks: ServiceTasks;
  readonly #scheduled = new ScheduledActions();
  readonly #account = new LoadAccount();
  #tracking: TargetTrackingController | null = null;
  #suspended: SuspendedScaling = NOTHING_SUSPENDED;
  #nextStep: StepIndex = 0;

  /** @throws RangeError when a number of the setup makes no sense. */
  constructor(setup: SimulatedServiceSetup) {
    if (!(setup.taskCapacity > 0 && Number.isFinite(setup.taskCapacity))) {
      throw new RangeError(`a task must carry more than nothing, not ${setup.taskCapacity}`);
    }
    this.#setup = setup;
    this.#tasks = new ServiceTasks(setup.initialTasks, setup.startupSeconds, setup.bounds);
    this.setTargetTracking(setup.targetTracking);
  }

  /** Start of the step that comes next. */
  get now(): EpochMs {
    return startOfStep(this.#setup.startsAt, this.#nextStep);
  }

  get wanted(): Tasks {
    return this.#tasks.wanted;
  }

  get ready(): Tasks {
    return this.#tasks.ready;
  }

  get bounds(): CapacityBounds {
    return this.#tasks.bounds;
  }

  get suspended(): SuspendedScaling {
    return this.#suspended;
  }

  get targetTracking(): TargetTracking | null {
    return this.#tracking?.policy ?? null;
  }

  /** In the order in which they will run. */
  get scheduledActions(): readonly ScheduledCapacity[] {
    return this.#scheduled.pending();
  }

  /** Moves capacity into the bounds at once. @throws RangeError when min is above max. */
  setBounds(bounds: CapacityBounds): void {
    this.#tasks.setBounds(this.#nextStep, bounds);
  }

  setSuspended(suspended: SuspendedScaling): void {
    this.#suspended = suspended;
  }

  /** A policy that differs from the present one begins with fresh alarms; the same one again changes nothing. */
  setTargetTracking(policy: TargetTracking | null): void {
    if (policy && this.#tracking && isSamePolicy(policy, this.#tracking.policy)) return;
    this.#tracking = policy && new TargetTrackingController(policy);
  }

  putScheduledAction(action: ScheduledCapacity): void {
    this.#scheduled.put(action);
  }

  deleteScheduledAction(name: string): void {
    this.#scheduled.delete(name);
  }

  /** Lets the next step pass under a load. @throws RangeError when that is negative or not finite. */
  step(load: LoadPerSecond): ServiceStep {
    if (!(load >= 0 && load < Infinity)) throw new RangeError(`a load is finite and not negative, not ${load}`);
    const step = this.#nextStep;
    const at = this.now;
    this.#tasks.beginStep(step);
    const scheduled = this.#scheduled.takeDue(at).map((action) => this.#runScheduled(step, action));
    this.#track(step, load);
    const { wanted, ready, bounds } = this.#tasks;
    const carried = carry(load, ready, this.#setup.taskCapacity);
    this.#account.add(load, wanted, carried);
    this.#nextStep += 1;
    return { ...carried, step, at, load, wanted, ready, bounds, scheduled };
  }

  /** Of all steps so far. */
  summary(): CapacitySummary {
    return this.#account.summary();
  }

  #track(step: StepIndex, load: LoadPerSecond): void {
    if (!this.#tracking) return;
    const { wanted, ready, bounds } = this.#tasks;
    const { cpu } = carry(load, ready, this.#setup.taskCapacity);
    this.#tasks.want(step, this.#tracking.step({ step, cpu, ready, wanted, bounds, suspended: this.#suspended }));
  }

  #runScheduled(step: StepIndex, action: ScheduledCapacity): ScheduledOutcome {
    // AWS does not make up later for what was due while scheduled scaling was suspended.
    if (this.#suspended.scheduledScaling) return { kind: 'skipped', action, because: { code: 'suspended' } };
    const outcome = applyTo(this.#tasks.bounds, action);
    if (outcome.kind === 'applied') this.#tasks.setBounds(step, outcome.to);
    return outcome;
  }
}

function isSamePolicy(a: TargetTracking, b: TargetTracking): boolean {
  return (
    a.cpuPercent === b.cpuPercent &&
    a.metricResolution === b.metricResolution &&
    a.scaleOutCooldownSeconds === b.scaleOutCooldownSeconds &&
    a.scaleInCooldownSeconds === b.scaleInCooldownSeconds &&
    a.disableScaleIn === b.disableScaleIn
  );
}
