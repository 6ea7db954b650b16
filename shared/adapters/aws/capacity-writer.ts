import {
  type ApplicationAutoScalingClient,
  DeleteScheduledActionCommand,
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  type CapacityBounds,
  type NamedTargetTracking,
  resourceIdOf,
  type ScalableTargetId,
  type ScheduledCapacity,
  type TargetTracking,
} from '../../domain/capacity.ts';
import type { FailureReason } from '../../domain/reason.ts';
import type { CapacityWriter } from '../../ports.ts';
import { atExpression } from './at-expression.ts';
import { attempt } from './refusals.ts';
import { scalableTarget } from './scalable-target.ts';

const METRIC_TYPES = {
  '60s': 'ECSServiceAverageCPUUtilization',
  '20s': 'ECSServiceAverageCPUUtilizationHighResolution',
} as const satisfies Record<TargetTracking['metricResolution'], string>;

/**
 * Changes through Application Auto Scaling.
 *
 * @throws TransientError for throttling, overlapping updates and faults of AWS or the network.
 */
export class AwsCapacityWriter implements CapacityWriter {
  readonly #autoScaling: ApplicationAutoScalingClient;

  constructor(autoScaling: ApplicationAutoScalingClient) {
    this.#autoScaling = autoScaling;
  }

  registerTarget(target: ScalableTargetId, { min, max }: CapacityBounds): Promise<FailureReason | null> {
    return attempt(`registering ${resourceIdOf(target)}`, () =>
      this.#autoScaling.send(
        new RegisterScalableTargetCommand({ ...scalableTarget(target), MinCapacity: min, MaxCapacity: max }),
      ),
    );
  }

  /** Both bounds always go together: AWS keeps the one that is not named, and a half-seen world must not decide it. */
  setBounds(target: ScalableTargetId, { min, max }: CapacityBounds): Promise<FailureReason | null> {
    return attempt(`setting the bounds of ${resourceIdOf(target)}`, () =>
      this.#autoScaling.send(
        new RegisterScalableTargetCommand({ ...scalableTarget(target), MinCapacity: min, MaxCapacity: max }),
      ),
    );
  }

  resumeScaling(target: ScalableTargetId): Promise<FailureReason | null> {
    const SuspendedState = {
      DynamicScalingInSuspended: false,
      DynamicScalingOutSuspended: false,
      ScheduledScalingSuspended: false,
    };
    return attempt(`resuming the scaling of ${resourceIdOf(target)}`, () =>
      this.#autoScaling.send(new RegisterScalableTargetCommand({ ...scalableTarget(target), SuspendedState })),
    );
  }

  putTargetTracking(target: ScalableTargetId, policy: NamedTargetTracking): Promise<FailureReason | null> {
    return attempt(`putting the policy ${policy.name} of ${resourceIdOf(target)}`, () =>
      this.#autoScaling.send(
        new PutScalingPolicyCommand({
          ...scalableTarget(target),
          PolicyName: policy.name,
          PolicyType: 'TargetTrackingScaling',
          TargetTrackingScalingPolicyConfiguration: {
            TargetValue: policy.cpuPercent,
            PredefinedMetricSpecification: { PredefinedMetricType: METRIC_TYPES[policy.metricResolution] },
            ScaleOutCooldown: policy.scaleOutCooldownSeconds,
            ScaleInCooldown: policy.scaleInCooldownSeconds,
            DisableScaleIn: policy.disableScaleIn,
          },
        }),
      ),
    );
  }

  putScheduled(target: ScalableTargetId, { name, at, min, max }: ScheduledCapacity): Promise<FailureReason | null> {
    return attempt(`putting the scheduled action ${name} of ${resourceIdOf(target)}`, () =>
      this.#autoScaling.send(
        new PutScheduledActionCommand({
          ...scalableTarget(target),
          ScheduledActionName: name,
          Schedule: atExpression(at),
          // Named although it is the default: an update keeps the time zone of before.
          Timezone: 'UTC',
          ScalableTargetAction: {
            ...(min === undefined ? {} : { MinCapacity: min }),
            ...(max === undefined ? {} : { MaxCapacity: max }),
          },
        }),
      ),
    );
  }

  async deleteScheduled(target: ScalableTargetId, name: string): Promise<FailureReason | null> {
    const failure = await attempt(`deleting the scheduled action ${name} of ${resourceIdOf(target)}`, () =>
      this.#autoScaling.send(
        new DeleteScheduledActionCommand({ ...scalableTarget(target), ScheduledActionName: name }),
      ),
    );
    return failure?.code === 'not-found' ? null : failure;
  }
}
