import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { ScalableTargetId, ScalingSetup } from '../../domain/capacity.ts';
import type { Reading } from '../../domain/reading.ts';
import type { ScheduledSetup, ServiceFacts } from '../../domain/snapshot.ts';
import type { EpochMs } from '../../domain/units.ts';
import type { CapacityReader, Clock } from '../../ports.ts';
import { readServiceFacts } from './ecs-services.ts';
import { AwsScalingReader, inOrder } from './scaling-reader.ts';

/** Amazon ECS and Application Auto Scaling of one region. What AWS does not answer is unseen; it throws only bugs. */
export class AwsCapacityReader implements CapacityReader {
  readonly #ecs: ECSClient;
  readonly #clock: Clock;
  readonly #scaling: AwsScalingReader;

  constructor(clients: { readonly ecs: ECSClient; readonly autoScaling: ApplicationAutoScalingClient }, clock: Clock) {
    this.#ecs = clients.ecs;
    this.#clock = clock;
    this.#scaling = new AwsScalingReader(clients.autoScaling, clock);
  }

  async readServices(targets: readonly ScalableTargetId[]): Promise<readonly Reading<ServiceFacts>[]> {
    return inOrder(targets, await readServiceFacts(this.#ecs, this.#clock, targets));
  }

  readScaling(targets: readonly ScalableTargetId[]): Promise<readonly Reading<ScalingSetup | null>[]> {
    return this.#scaling.readScaling(targets);
  }

  readScheduled(targets: readonly ScalableTargetId[]): Promise<readonly Reading<ScheduledSetup>[]> {
    return this.#scaling.readScheduled(targets);
  }

  readWantedMoreThanMax(target: ScalableTargetId, since: EpochMs): Promise<Reading<EpochMs | null>> {
    return this.#scaling.readWantedMoreThanMax(target, since);
  }
}
