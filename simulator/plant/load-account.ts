import type { Tasks } from '../../shared/domain/units.ts';
import { type LoadPerSecond, STEP_SECONDS } from '../load/steps.ts';

/** Above this share of the CPU, answers come too late to count: the load of such a step is missed. */
export const MISSED_ABOVE = 0.9;

/** How the ready tasks of one step carried its load. */
export interface CarriedLoad {
  /** Load over what the ready tasks carry with all of their CPU; above 1 where it is too much for them. */
  readonly utilization: number;
  /** What CloudWatch would show: the same, but never above 1. */
  readonly cpu: number;
  /** The whole load where utilization is above `MISSED_ABOVE`, otherwise 0. Includes what is lost. */
  readonly missed: LoadPerSecond;
  /** The part of the load for which there is no CPU. */
  readonly lost: LoadPerSecond;
}

/** What one service cost and what became of its load. */
export interface CapacitySummary {
  readonly steps: number;
  /** Of the tasks wanted, which is what AWS bills. */
  readonly taskHours: number;
  /** Units of load (requests) that came. */
  readonly offered: number;
  readonly missed: number;
  readonly lost: number;
  /** 0 to 1; 0 where no load came. */
  readonly missedShare: number;
  readonly lostShare: number;
  /** How often the wanted tasks differ from those of the step before. */
  readonly capacityChanges: number;
}

/** @param taskCapacity load that one task carries with all of its CPU, above 0. */
export function carry(load: LoadPerSecond, ready: Tasks, taskCapacity: LoadPerSecond): CarriedLoad {
  const capacity = ready * taskCapacity;
  // Without load there is nothing to use the CPU of no tasks.
  const utilization = load === 0 ? 0 : load / capacity;
  return {
    utilization,
    cpu: Math.min(utilization, 1),
    missed: utilization > MISSED_ABOVE ? load : 0,
    lost: Math.max(load - capacity, 0),
  };
}

/** Adds up steps of one service. */
export class LoadAccount {
  #steps = 0;
  #taskSteps = 0;
  #offered = 0;
  #missed = 0;
  #lost = 0;
  #changes = 0;
  #wantedBefore: Tasks | null = null;

  add(load: LoadPerSecond, wanted: Tasks, { missed, lost }: Pick<CarriedLoad, 'missed' | 'lost'>): void {
    this.#steps += 1;
    this.#taskSteps += wanted;
    this.#offered += load;
    this.#missed += missed;
    this.#lost += lost;
    if (this.#wantedBefore !== null && wanted !== this.#wantedBefore) this.#changes += 1;
    this.#wantedBefore = wanted;
  }

  summary(): CapacitySummary {
    return {
      steps: this.#steps,
      taskHours: (this.#taskSteps * STEP_SECONDS) / 3600,
      offered: this.#offered * STEP_SECONDS,
      missed: this.#missed * STEP_SECONDS,
      lost: this.#lost * STEP_SECONDS,
      missedShare: shareOf(this.#missed, this.#offered),
      lostShare: shareOf(this.#lost, this.#offered),
      capacityChanges: this.#changes,
    };
  }
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
