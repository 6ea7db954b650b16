/**
 * Learns the lead-time profile of a service from its history, and on the way walks the control law through the last days as
 * it would have run: each look with what had been measured and learned by then.
 */
import { chooseFloor } from '../control/choose-floor.ts';
import { LeadTimeLearner } from '../control/lead-time-learner.ts';
import { type ControlSettings, needOf } from '../control/settings.ts';
import type { LeadTimeProfile, Pace } from '../domain/lead-time-profile.ts';
import type { Rehearsal } from '../domain/service-forecast.ts';
import { DAY, HOUR, type Tasks } from '../domain/units.ts';
import type { ServiceHistory } from './service-history.ts';

export interface RehearsalPlan {
  readonly pace: Pace;
  readonly settings: ControlSettings;
  readonly minTasks: Tasks;
  readonly maxTasks: Tasks;
  /** How far the profile reaches. */
  readonly reachHours: number;
}

export interface Learned {
  readonly profile: LeadTimeProfile | null;
  readonly rehearsal: Rehearsal | null;
}

const REHEARSED_DAYS = 7;
/** Without a day of errors the law has a fixed margin, and without a second one no day to compare with. */
const LEARNING_DAYS = 2;
/** Of the rehearsed time; with less, what ran is not known. */
const LEAST_KNOWN_SHARE = 0.8;

/** @throws RangeError when the history is not in periods of the pace, or a load makes no sense. */
export function learnAndRehearse({ load, taskCapacity, tasks }: ServiceHistory, plan: RehearsalPlan): Learned {
  const { pace, settings } = plan;
  if (load.stepSeconds !== pace.periodSeconds) {
    throw new RangeError(`a history of ${load.stepSeconds} s does not teach a pace of ${pace.periodSeconds} s`);
  }
  const needs = load.perSecond.map((value) => (value === null ? null : needOf(value, taskCapacity, settings)));
  const days = Math.min(REHEARSED_DAYS, Math.floor(needs.length / pace.perDay) - LEARNING_DAYS);
  const from = needs.length - Math.max(days, 0) * pace.perDay;
  const learner = new LeadTimeLearner(pace, settings);
  const walk = new FloorWalk(plan, from);
  for (const [period, need] of needs.entries()) {
    learner.measure(need);
    const acts = period + pace.lag;
    if (learner.measured > 0 && acts + pace.lead >= from && acts < needs.length) walk.look(acts, learner);
  }
  return {
    profile: learner.measured === 0 ? null : learner.profile(plan.reachHours),
    rehearsal: days < 1 ? null : walk.rehearsal(days, needs, ranTaskHours(tasks, days)),
  };
}

/** The floors of one walk, by the period from which on they were in force. */
class FloorWalk {
  readonly #plan: RehearsalPlan;
  readonly #from: number;
  readonly #floors = new Map<number, Tasks>();
  #floor: Tasks;

  constructor(plan: RehearsalPlan, from: number) {
    this.#plan = plan;
    this.#from = from;
    this.#floor = plan.minTasks;
  }

  /** With nothing above the floor: what it wants is what runs. */
  look(acts: number, learner: LeadTimeLearner): void {
    const { minTasks, maxTasks, settings } = this.#plan;
    const bounds = { wantedTasks: this.#floor, floorTasks: this.#floor, minTasks, maxTasks };
    this.#floor = chooseFloor(learner.outlook(), bounds, settings).floorTasks;
    this.#floors.set(acts, this.#floor);
  }

  rehearsal(days: number, needs: readonly (number | null)[], ranHours: number | null): Rehearsal {
    const { minTasks, pace } = this.#plan;
    let floorPeriods = 0;
    let peakTasks = minTasks;
    let came = 0;
    let missed = 0;
    for (let period = this.#from; period < needs.length; period += 1) {
      const floor = this.#floors.get(period) ?? minTasks;
      floorPeriods += floor;
      peakTasks = Math.max(peakTasks, floor);
      const need = needs[period] ?? 0;
      came += need;
      if (need > this.#servingAt(period)) missed += need;
    }
    return {
      days,
      missedPercent: came === 0 ? 0 : (100 * missed) / came,
      floorTaskHours: (floorPeriods * pace.periodSeconds) / HOUR,
      ranTaskHours: ranHours,
      peakTasks,
    };
  }

  /** A task serves when it has been wanted for as long as it takes to start. */
  #servingAt(period: number): Tasks {
    let least = Infinity;
    for (let back = 0; back <= this.#plan.pace.lead; back += 1) {
      least = Math.min(least, this.#floors.get(period - back) ?? this.#plan.minTasks);
    }
    return least;
  }
}

function ranTaskHours({ values, stepSeconds }: ServiceHistory['tasks'], days: number): number | null {
  const newest = values.slice(-Math.round((days * DAY) / stepSeconds));
  const known = newest.filter((value) => value !== null);
  if (known.length === 0 || known.length < LEAST_KNOWN_SHARE * newest.length) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return mean * ((days * DAY) / HOUR);
}
