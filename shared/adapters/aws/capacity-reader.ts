import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import type { ECSClient } from '@aws-sdk/client-ecs';
import { resourceIdOf, type ScalableTargetId, type ScalingSetup } from '../../domain/capacity.ts';
import { NOT_ASKED, type Reading } from '../../domain/reading.ts';
import type { ScheduledSetup, ServiceFacts } from '../../domain/snapshot.ts';
import type { EpochMs } from '../../domain/units.ts';
import type { CapacityReader, Clock } from '../../ports.ts';
import { readServiceFacts } from './ecs-services.ts';
import { readAlreadyAtMax } from './scaling-activities.ts';
import { readScalingSetups } from './scaling-setup.ts';
import { readScheduledSetups } from './scheduled-actions.ts';

/** Amazon ECS and Application Auto Scaling of one region. What AWS does not answer is unseen; it throws only bugs. */
export class AwsCapacityReader implements CapacityReader {
  readonly #ecs: ECSClient;
  readonly #autoScaling: ApplicationAutoScalingClient;
  readonly #clock: Clock;

  constructor(clients: { readonly ecs: ECSClient; readonly autoScaling: ApplicationAutoScalingClient }, clock: Clock) {
    this.#ecs = clients.ecs;
    this.#autoScaling = clients.autoScaling;
    this.#clock = clock;
  }

  async readServices(targets: readonly ScalableTargetId[]): Promise<readonly Reading<ServiceFacts>[]> {
    return inOrder(targets, await readServiceFacts(this.#ecs, this.#clock, targets));
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

function inOrder<Value>(
  targets: readonly ScalableTargetId[],
  readings: ReadonlyMap<string, Reading<Value>>,
): readonly Reading<Value>[] {
  return targets.map((target) => readings.get(resourceIdOf(target)) ?? NOT_ASKED);
}
