/**
 * AWS target tracking on the average CPU of an ECS service, as a controller that is stepped.
 *
 * Each metric period gives one datapoint: the mean CPU of its steps, and how many tasks were ready at its end. The alarms
 * see it after the publication lag. With `target` as a share of the CPU:
 *
 *   out   3 datapoints in a row above target           -> ceil(ready * cpu / target), if that is more than wanted
 *   in    15 minutes in a row below 0.9 * target       -> ceil(ready * cpu / target), if that is less than wanted, and
 *                                                         nothing is starting
 *
 *   10 ready tasks at 80 % with a target of 70 %       -> 12 tasks
 *
 * The lags are such that a jump of load is answered about 380 s (one-minute metrics) and 80 s (20-second metrics) later;
 * AWS reports 363 s and 86 s.
 *
 * Cooldowns follow the API reference of Application Auto Scaling:
 * - scale-out: until it ends, only a larger scale-out than the one that began it acts. Larger is measured from the tasks
 *   of the datapoint, so capacity that has been ordered but did not serve yet is not ordered again;
 * - scale-in: until it ends no further scale-in acts. A scale-out acts nevertheless and ends it. It counts from the
 *   recommendation, also where min kept the tasks.
 *
 * With a scale-out cooldown of up to 60 s the alarms alone decide: one-minute datapoints are no nearer to each other, and a
 * 20-second datapoint that is seen within that time was measured before the ordered tasks served, so that whatever asks for
 * more than is wanted is larger.
 */
import { type CapacityBounds, type SuspendedScaling, type TargetTracking } from '../../shared/domain/capacity.ts';
import type { Seconds, Tasks } from '../../shared/domain/units.ts';
import { STEP_SECONDS, type StepIndex } from '../load/steps.ts';
import { within } from './service-tasks.ts';

/** What target tracking knows about a service in one step. */
export interface TrackingObservation {
  readonly step: StepIndex;
  /** Share of the CPU that was used in this step, 0 to 1. */
  readonly cpu: number;
  readonly ready: Tasks;
  readonly wanted: Tasks;
  readonly bounds: CapacityBounds;
  readonly suspended: SuspendedScaling;
}

interface AlarmRule {
  readonly stepsPerDatapoint: number;
  /** How many newer datapoints have been measured by the time the alarms see one. */
  readonly lagDatapoints: number;
  /** 15 minutes of them. */
  readonly datapointsToScaleIn: number;
}

const ALARM_RULES: Readonly<Record<TargetTracking['metricResolution'], AlarmRule>> = {
  '60s': { stepsPerDatapoint: 3, lagDatapoints: 4, datapointsToScaleIn: 15 },
  '20s': { stepsPerDatapoint: 1, lagDatapoints: 2, datapointsToScaleIn: 45 },
};
const DATAPOINTS_TO_SCALE_OUT = 3;
/** Target tracking leaves a margin below the target, so that it does not swing around it. */
const SCALE_IN_BELOW = 0.9;

interface Datapoint {
  readonly cpu: number;
  readonly ready: Tasks;
}

interface ScaleOut {
  readonly at: StepIndex;
  readonly added: Tasks;
}

export class TargetTrackingController {
  readonly policy: TargetTracking;
  readonly #target: number;
  readonly #rule: AlarmRule;
  /** Measured, but not seen by the alarms yet; oldest first. */
  readonly #unpublished: Datapoint[] = [];
  #cpuOfPeriod = 0;
  #stepsOfPeriod = 0;
  #datapointsAbove = 0;
  #datapointsBelow = 0;
  #lastScaleOut: ScaleOut | null = null;
  #lastScaleIn: StepIndex | null = null;

  /** @throws RangeError when the target is not between 0 and 100 %. */
  constructor(policy: TargetTracking) {
    if (!(policy.cpuPercent > 0 && policy.cpuPercent <= 100)) {
      throw new RangeError(`a CPU target lies above 0 and up to 100 %, not at ${policy.cpuPercent} %`);
    }
    this.policy = policy;
    this.#target = policy.cpuPercent / 100;
    this.#rule = ALARM_RULES[policy.metricResolution];
  }

  /**
   * To be called once a step.
   *
   * @returns the tasks to be wanted from now on, inside the bounds.
   */
  step(observation: TrackingObservation): Tasks {
    const datapoint = this.#measure(observation);
    if (!datapoint) return observation.wanted;
    this.#datapointsAbove = datapoint.cpu > this.#target ? this.#datapointsAbove + 1 : 0;
    this.#datapointsBelow = datapoint.cpu < SCALE_IN_BELOW * this.#target ? this.#datapointsBelow + 1 : 0;
    if (this.#datapointsAbove >= DATAPOINTS_TO_SCALE_OUT) return this.#scaleOut(datapoint, observation);
    if (this.#datapointsBelow >= this.#rule.datapointsToScaleIn) return this.#scaleIn(datapoint, observation);
    return observation.wanted;
  }

  /** @returns the datapoint that the alarms see for the first time in this step, if there is one. */
  #measure({ step, cpu, ready }: TrackingObservation): Datapoint | undefined {
    this.#cpuOfPeriod += cpu;
    this.#stepsOfPeriod += 1;
    // Periods are aligned to the clock, so a controller that is put in the middle of one begins with a part of it.
    if ((step + 1) % this.#rule.stepsPerDatapoint !== 0) return undefined;
    this.#unpublished.push({ cpu: this.#cpuOfPeriod / this.#stepsOfPeriod, ready });
    this.#cpuOfPeriod = 0;
    this.#stepsOfPeriod = 0;
    return this.#unpublished.length > this.#rule.lagDatapoints ? this.#unpublished.shift() : undefined;
  }

  #scaleOut(datapoint: Datapoint, { step, wanted, bounds, suspended }: TrackingObservation): Tasks {
    const needed = this.#neededFor(datapoint);
    if (suspended.dynamicScalingOut || needed <= wanted) return wanted;
    const last = this.#lastScaleOut;
    const cooling = last !== null && secondsBetweenSteps(last.at, step) < this.policy.scaleOutCooldownSeconds;
    if (cooling && needed - datapoint.ready <= last.added) return wanted;
    const to = within(bounds, needed);
    if (to > wanted) {
      this.#lastScaleOut = { at: step, added: to - wanted };
      this.#lastScaleIn = null;
    }
    return to;
  }

  #scaleIn(datapoint: Datapoint, { step, ready, wanted, bounds, suspended }: TrackingObservation): Tasks {
    const needed = this.#neededFor(datapoint);
    if (this.policy.disableScaleIn || suspended.dynamicScalingIn) return wanted;
    if (ready < wanted || needed >= wanted) return wanted;
    const last = this.#lastScaleIn;
    if (last !== null && secondsBetweenSteps(last, step) < this.policy.scaleInCooldownSeconds) return wanted;
    this.#lastScaleIn = step;
    return within(bounds, needed);
  }

  #neededFor({ cpu, ready }: Datapoint): Tasks {
    return Math.ceil((ready * cpu) / this.#target);
  }
}

function secondsBetweenSteps(from: StepIndex, to: StepIndex): Seconds {
  return (to - from) * STEP_SECONDS;
}
