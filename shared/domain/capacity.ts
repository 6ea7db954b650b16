import type { EpochMs, Percent, Seconds, Tasks } from './units.ts';

/** An ECS service as Application Auto Scaling addresses it: `service/<cluster>/<service>`. */
export interface ScalableTargetId {
  readonly cluster: string;
  readonly service: string;
}

export function resourceIdOf({ cluster, service }: ScalableTargetId): string {
  return `service/${cluster}/${service}`;
}

/** The least and the most tasks that scaling may choose. */
export interface CapacityBounds {
  readonly min: Tasks;
  readonly max: Tasks;
}

/** Which kinds of scaling are switched off on a scalable target. */
export interface SuspendedScaling {
  readonly dynamicScalingIn: boolean;
  readonly dynamicScalingOut: boolean;
  readonly scheduledScaling: boolean;
}

export const NOTHING_SUSPENDED: SuspendedScaling = {
  dynamicScalingIn: false,
  dynamicScalingOut: false,
  scheduledScaling: false,
};

/** A target-tracking policy on the average CPU of the service. */
export interface TargetTracking {
  readonly cpuPercent: Percent;
  readonly scaleOutCooldownSeconds: Seconds;
  readonly scaleInCooldownSeconds: Seconds;
  readonly disableScaleIn: boolean;
  /** `20s` needs high-resolution metrics switched on in the ECS service. */
  readonly metricResolution: '60s' | '20s';
}

/** What Application Auto Scaling holds for one service. */
export interface ScalingSetup {
  readonly bounds: CapacityBounds;
  readonly suspended: SuspendedScaling;
  /** Target-tracking policies on the average CPU of the service. */
  readonly targetTracking: readonly NamedTargetTracking[];
  /** Policies of other kinds, which we recognise and leave alone. */
  readonly otherPolicies: readonly { readonly name: string; readonly type: string }[];
}

export interface NamedTargetTracking extends TargetTracking {
  readonly name: string;
}

/** A one-off scheduled action: at that instant the bounds are set. An absent bound stays as it is. */
export interface ScheduledCapacity {
  readonly name: string;
  readonly at: EpochMs;
  readonly min?: Tasks;
  readonly max?: Tasks;
}
