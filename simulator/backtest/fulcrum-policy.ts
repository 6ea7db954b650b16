import type { ErrorTail, Pace } from '../../shared/domain/lead-time-profile.ts';
import type { FloorOutlook } from '../../shared/control/choose-floor.ts';
import { LeadTimeLearner } from '../../shared/control/lead-time-learner.ts';
import {
  type ControlSettings,
  DEFAULT_SETTINGS,
  FAST_SIGNAL,
  MINUTE_SIGNAL,
  needOf,
  paceOf,
} from '../../shared/control/settings.ts';
import { NOTHING_SUSPENDED } from '../../shared/domain/capacity.ts';
import type { Percent } from '../../shared/domain/units.ts';
import { startOfStep, STEP_SECONDS } from '../load/steps.ts';
import { TargetTrackingController } from '../plant/target-tracking.ts';
import type { BacktestPolicy, Expectations, PolicySetup, StepDecision, StepView } from './policy.ts';
import { ProductionLook } from './production-look.ts';

/** Of the loads that came in the past, this share stayed below the upper end of the band. */
const BAND_QUANTILE = 0.9;

/**
 * Fulcrum in front of a service: at each look, once a period of the request signal, the evaluation of production moves min
 * capacity, or the target of the target tracking on 20-second CPU that stays in charge above it.
 *
 * What a look knows are the periods that have been published by then. A period in which a step was not recorded is a gap.
 * The learner takes in each measurement as it comes, which gives what production has from its stored profile.
 */
export function fulcrumPolicy(setup: PolicySetup, settings: ControlSettings = DEFAULT_SETTINGS): BacktestPolicy {
  const { bounds, taskCapacity, startupSeconds, cooldowns } = setup;
  const signal = setup.signal === '1m' ? MINUTE_SIGNAL : FAST_SIGNAL;
  const pace = paceOf(signal, startupSeconds);
  const measurements = new Measurements(pace.periodSeconds / STEP_SECONDS);
  const learner = new LeadTimeLearner(pace, settings);
  const band = new ExpectedBand(pace, taskCapacity * settings.usableUtilization);
  const production = new ProductionLook(bounds, settings, setup.floorShrinkCooldownSeconds);
  let controller = controllerAt(settings.unlearnedTargetPercent);
  let floor = bounds.min;

  function controllerAt(cpuPercent: Percent): TargetTrackingController {
    return new TargetTrackingController({ cpuPercent, metricResolution: '20s', disableScaleIn: false, ...cooldowns });
  }

  function look(period: number, { step, wanted, ready }: StepView): void {
    const measured = measurements.at(period - pace.lag);
    learner.measure(measured === null ? null : needOf(measured, taskCapacity, settings));
    if (learner.measured === 0) return;
    const outlook = learner.outlook();
    band.expect(period + pace.lead, outlook);
    const at = startOfStep(setup.startsAt, step);
    const moved = production.take(outlook, { at, wanted, ready, floor, targetTracking: controller.policy });
    floor = moved.floor;
    // As in Application Auto Scaling, a policy that is changed begins with fresh alarms.
    if (moved.targetPercent !== controller.policy.cpuPercent) controller = controllerAt(moved.targetPercent);
  }

  function decide(view: StepView): StepDecision {
    const period = measurements.beginningPeriod;
    if (period !== null && period >= pace.lag) look(period, view);
    measurements.add(view);
    const raised = { ...view, wanted: Math.max(view.wanted, floor) };
    const inside = { min: floor, max: bounds.max };
    return { wanted: controller.step({ ...raised, bounds: inside, suspended: NOTHING_SUSPENDED }), floor };
  }
  return { decide, expectations: () => band.expectations() };
}

/** Mean loads of whole periods; `null` where something of one was not recorded. */
class Measurements {
  readonly #stepsPerPeriod: number;
  readonly #means: (number | null)[] = [];
  #sum = 0;
  #steps = 0;
  #hasGap = false;

  constructor(stepsPerPeriod: number) {
    this.#stepsPerPeriod = stepsPerPeriod;
  }

  /** The period that begins with the next step, `null` in the midst of one. */
  get beginningPeriod(): number | null {
    return this.#steps === 0 ? this.#means.length : null;
  }

  at(period: number): number | null {
    return this.#means[period] ?? null;
  }

  add({ load, isRecorded }: Pick<StepView, 'load' | 'isRecorded'>): void {
    this.#sum += load;
    this.#steps += 1;
    this.#hasGap ||= !isRecorded;
    if (this.#steps < this.#stepsPerPeriod) return;
    this.#means.push(this.#hasGap ? null : this.#sum / this.#steps);
    this.#sum = 0;
    this.#steps = 0;
    this.#hasGap = false;
  }
}

/** What was expected of each period when tasks for it had to be ordered. */
class ExpectedBand {
  readonly #pace: Pace;
  readonly #loadPerTask: number;
  readonly #low: number[] = [];
  readonly #high: number[] = [];

  constructor(pace: Pace, loadPerTask: number) {
    this.#pace = pace;
    this.#loadPerTask = loadPerTask;
  }

  expect(period: number, { expectations: { arrival }, tails, highest }: FloorOutlook): void {
    if (tails.arrival === null) return;
    const mean = Math.min(arrival.mean, Math.log1p(highest));
    this.#low[period] = this.#loadOf(mean);
    this.#high[period] = this.#loadOf(mean + arrival.error * quantileOf(tails.arrival));
  }

  expectations(): Expectations {
    const { periodSeconds, lead, lag } = this.#pace;
    const minutesAhead = ((lead + lag) * periodSeconds) / 60;
    return {
      label: `expected by Fulcrum when tasks had to be ordered, up to the ${100 * BAND_QUANTILE} % quantile`,
      explanation: `From the newest measurement at that time to the end of the start-up: ${minutesAhead.toFixed(0)} minutes ahead.`,
      periodSteps: periodSeconds / STEP_SECONDS,
      low: this.#low,
      high: this.#high,
    };
  }

  #loadOf(logarithm: number): number {
    return Math.max(0, Math.expm1(logarithm)) * this.#loadPerTask;
  }
}

/** In expected errors above the expectation. */
function quantileOf({ edges, shares }: ErrorTail): number {
  let above = 0;
  for (let bin = edges.length - 1; bin >= 0; bin -= 1) {
    above += shares[bin] ?? 0;
    if (above > 1 - BAND_QUANTILE) return edges[bin] ?? 0;
  }
  return 0;
}
