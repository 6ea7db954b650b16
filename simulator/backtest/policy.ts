import type { ControlSettings } from '../../shared/control/settings.ts';
import type { CapacityBounds, TargetTracking } from '../../shared/domain/capacity.ts';
import type { EpochMs, Percent, Seconds, Tasks } from '../../shared/domain/units.ts';
import type { LoadPerSecond, StepIndex } from '../load/steps.ts';

/**
 * All that a policy is told, once a step and in the order of time. There is no other way to learn about the load, so that
 * no policy can look ahead. Delays of metrics are the business of the policy.
 */
export interface StepView {
  readonly step: StepIndex;
  /** Load of this step. Where the recording has a gap, a straight line over it. */
  readonly load: LoadPerSecond;
  readonly isRecorded: boolean;
  /** Share of the CPU of the ready tasks that this load uses, 0 to 1. */
  readonly cpu: number;
  readonly ready: Tasks;
  readonly wanted: Tasks;
}

export interface StepDecision {
  /** Tasks to be wanted from now on; the floor and the bounds of the service are applied to it. */
  readonly wanted: Tasks;
  /** Min capacity from now on, as far as the policy moves it. */
  readonly floor: Tasks;
}

/** What decides about the tasks of one service, step by step. It may remember what it has seen. */
export interface BacktestPolicy {
  readonly decide: (view: StepView) => StepDecision;
  /** What it expected of the load; `null`, or absent, where it expects nothing. To be asked when the walk is over. */
  readonly expectations?: () => Expectations | null;
}

/** What was expected of the load before it came, one value for each period of so many steps; none where there was none. */
export interface Expectations {
  readonly label: string;
  /** How long ahead, as a sentence. */
  readonly explanation: string;
  readonly periodSteps: number;
  readonly low: readonly (LoadPerSecond | undefined)[];
  readonly high: readonly (LoadPerSecond | undefined)[];
}

/** What Fulcrum is told of the requests: one value a minute, 60 s late; or one every 20 s, 20 s late. */
export type RequestSignal = '1m' | '20s';

/** What a policy knows of its service before the first step. */
export interface PolicySetup {
  readonly startsAt: EpochMs;
  readonly taskCapacity: LoadPerSecond;
  readonly startupSeconds: Seconds;
  readonly bounds: CapacityBounds;
  /** CPU that the policy shall keep. */
  readonly targetPercent: Percent;
  readonly cooldowns: Pick<TargetTracking, 'scaleOutCooldownSeconds' | 'scaleInCooldownSeconds'>;
  readonly signal: RequestSignal;
  /** Of Fulcrum alone. */
  readonly control: ControlSettings;
  /** The same: `levers.predictive.shrinkCooldownSeconds`; none where it is absent. */
  readonly floorShrinkCooldownSeconds?: Seconds;
}
