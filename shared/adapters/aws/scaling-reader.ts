import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { resourceIdOf, type ScalableTargetId, type ScalingSetup } from '../../domain/capacity.ts';
import { NOT_ASKED, type Reading } from '../../domain/reading.ts';
import type { ScheduledSetup } from '../../domain/snapshot.ts';
import type { EpochMs } from '../../domain/units.ts';
import type { CapacityReader, Clock } from '../../ports.ts';
import { readAlreadyAtMax } from './scaling-activities.ts';
import { readScalingSetups } from './scaling-setup.ts';
import { readScheduledSetups } from './scheduled-actions.ts';

/**
 * Application Auto Scaling of one region: what an action looks at again before it acts. By itself it brings no client of
 * Amazon ECS into a bundle. What AWS does not answer is unseen; it throws only bugs.
 */
export class AwsScalingReader implements Omit<CapacityReader, 'readServices'> {
  readonly #autoScaling: ApplicationAutoScalingClient;
  readonly #clock: Clock;

  constructor(autoScaling: ApplicationAutoScalingClient, clock: Clock) {
    this.#autoScaling = autoScaling;
    this.#clock = clock;
  }

  async readScaling(targets: readonly ScalableTargetId[]): Promise<readonly Reading<ScalingSetup | null>[]> {
    return inOrder(targets, await readScalingSetups(this.#autoScaling, this.#clock, targets.map(resourceIdOf)));
  }

  async readScheduled(targets: readonly ScalableTargetId[]): Promise<readonly Reading<ScheduledSetup>[]> {
    return inOrder(targets, await readScheduledSetups(this.#autoScaling, this.#clock, targets.map(resourceIdOf)));
  }

  readWantedMoreThanMax(target: ScalableTargetId, since: EpochMs): Promise<Reading<EpochMs | null>> {
    return readAlreadyAtMax(this.#autoScaling, this.#clock, target, since);
  }
}

export function inOrder<Value>(
  targets: readonly ScalableTargetId[],
  readings: ReadonlyMap<string, Reading<Value>>,
): readonly Reading<Value>[] {
  return targets.map((target) => readings.get(resourceIdOf(target)) ?? NOT_ASKED);
}
