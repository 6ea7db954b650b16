import {
  type CapacityBounds,
  type NamedTargetTracking,
  NOTHING_SUSPENDED,
  resourceIdOf,
  type ScalableTargetId,
  type ScheduledCapacity,
} from '../../domain/capacity.ts';
import type { FailureReason } from '../../domain/reason.ts';
import type { CapacityWriter } from '../../ports.ts';
import type { MemoryWorld } from './world.ts';

/** Changes a world in memory as Application Auto Scaling changes AWS. */
export class MemoryCapacityWriter implements CapacityWriter {
  readonly #world: MemoryWorld;

  constructor(world: MemoryWorld) {
    this.#world = world;
  }

  registerTarget(target: ScalableTargetId, bounds: CapacityBounds): Promise<FailureReason | null> {
    return this.setBounds(target, bounds);
  }

  /** Registering again is how AWS sets bounds, so the two are one. Capacity moves into the bounds at once. */
  setBounds(target: ScalableTargetId, { min, max }: CapacityBounds): Promise<FailureReason | null> {
    const { facts, scaling } = this.#world.service(target);
    if (facts === null) return refuse('not-found', `ECS service doesn't exist: ${resourceIdOf(target)}`);
    if (min > max || min < 0) return refuse('rejected', `not bounds: ${min}–${max}`);
    const present = scaling ?? { suspended: NOTHING_SUSPENDED, targetTracking: [], otherPolicies: [] };
    this.#world.put(target, {
      scaling: { ...present, bounds: { min, max } },
      facts: { ...facts, desired: Math.min(Math.max(facts.desired, min), max) },
    });
    return DONE;
  }

  resumeScaling(target: ScalableTargetId): Promise<FailureReason | null> {
    const { scaling } = this.#world.service(target);
    if (scaling === null) return refuse('rejected', `a new target needs bounds: ${resourceIdOf(target)}`);
    this.#world.put(target, { scaling: { ...scaling, suspended: NOTHING_SUSPENDED } });
    return DONE;
  }

  putTargetTracking(target: ScalableTargetId, policy: NamedTargetTracking): Promise<FailureReason | null> {
    const { scaling } = this.#world.service(target);
    if (scaling === null) return notRegistered(target);
    const others = scaling.targetTracking.filter(({ name }) => name !== policy.name);
    this.#world.put(target, { scaling: { ...scaling, targetTracking: [...others, policy] } });
    return DONE;
  }

  putScheduled(target: ScalableTargetId, action: ScheduledCapacity): Promise<FailureReason | null> {
    const { scaling, scheduled } = this.#world.service(target);
    if (scaling === null) return notRegistered(target);
    if (action.min === undefined && action.max === undefined) return refuse('rejected', `${action.name} sets nothing`);
    // AWS knows whole seconds only.
    const kept = { ...action, at: Math.floor(action.at / 1000) * 1000 };
    this.#world.put(target, { scheduled: [...scheduled.filter(({ name }) => name !== action.name), kept] });
    return DONE;
  }

  deleteScheduled(target: ScalableTargetId, name: string): Promise<FailureReason | null> {
    const { scheduled } = this.#world.service(target);
    this.#world.put(target, { scheduled: scheduled.filter((action) => action.name !== name) });
    return DONE;
  }
}

const DONE: Promise<null> = Promise.resolve(null);

function refuse(code: 'not-found' | 'rejected', detail: string): Promise<FailureReason> {
  return Promise.resolve({ code, detail });
}

function notRegistered(target: ScalableTargetId): Promise<FailureReason> {
  return refuse('not-found', `no scalable target is registered for ${resourceIdOf(target)}`);
}
