import { isSamePlan } from '../capacity/scheduled-plans.ts';
import type { FailureReason } from '../domain/reason.ts';
import type { CapacityWriter } from '../ports.ts';
import type { Effect } from './service-craft.ts';

/** Moves the capacity bounds of a registered service. */
export const setCapacityBounds: Effect<'set-capacity-bounds'> = ({ target, to }, writer) =>
  writer.setBounds(target, to);

/** Registers or sets the bounds, puts the policy, resumes: in this order, so that a policy never runs in wrong bounds. */
export const ensureTargetTracking: Effect<'ensure-target-tracking'> = ({ target, from, to }, writer) =>
  firstFailure([
    () => (from === null ? writer.registerTarget(target, to.bounds) : writer.setBounds(target, to.bounds)),
    () => writer.putTargetTracking(target, to.targetTracking),
    () => writer.resumeScaling(target),
  ]);

/**
 * Replaces the scheduled actions of one owner. What gives capacity back is put before what takes it, and what takes it is
 * withdrawn before what gives back: cut off anywhere, no step up is ever left without its step down. What stands as it
 * should is left alone: most of a plan stays from one hour to the next.
 */
export const scheduleCapacity: Effect<'schedule-capacity'> = ({ target, from, to }, writer) => {
  const wanted = new Set(to.map(({ name }) => name));
  const latestFirst = to
    .filter((action) => !from.some((one) => isSamePlan([one], [action])))
    .sort((a, b) => b.at - a.at);
  const obsolete = from.filter(({ name }) => !wanted.has(name)).sort((a, b) => a.at - b.at);
  return firstFailure([
    ...latestFirst.map((action) => () => writer.putScheduled(target, action)),
    ...obsolete.map(
      ({ name }) =>
        () =>
          writer.deleteScheduled(target, name),
    ),
  ]);
};

type Step = () => ReturnType<CapacityWriter['setBounds']>;

async function firstFailure(steps: readonly Step[]): Promise<FailureReason | null> {
  for (const step of steps) {
    const failure = await step();
    if (failure !== null) return failure;
  }
  return null;
}
