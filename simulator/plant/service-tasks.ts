import type { CapacityBounds } from '../../shared/domain/capacity.ts';
import type { Seconds, Tasks } from '../../shared/domain/units.ts';
import { STEP_SECONDS, type StepIndex } from '../load/steps.ts';

interface StartingTasks {
  readonly servesFrom: StepIndex;
  readonly count: Tasks;
}

/**
 * The tasks of one service: those wanted are either ready or still starting.
 *
 * A task costs from when it is wanted and serves `startupSeconds` later (rounded down to whole steps, and at the earliest
 * in the next step). Scaling in acts at once and gives up the newest starting tasks first, then ready ones.
 */
export class ServiceTasks {
  readonly #startupSteps: number;
  #bounds: CapacityBounds;
  #wanted: Tasks;
  #ready: Tasks;
  /** Oldest first. */
  readonly #starting: StartingTasks[] = [];

  /** All initial tasks are ready. @throws RangeError when they are outside the bounds. */
  constructor(initial: Tasks, startupSeconds: Seconds, bounds: CapacityBounds) {
    if (!Number.isFinite(startupSeconds) || startupSeconds < 0) {
      throw new RangeError(`startupSeconds must be 0 or more, not ${startupSeconds}`);
    }
    checkBounds(bounds);
    if (initial !== within(bounds, initial)) {
      throw new RangeError(`${initial} initial tasks are outside of ${bounds.min} to ${bounds.max}`);
    }
    this.#startupSteps = Math.floor(startupSeconds / STEP_SECONDS);
    this.#bounds = bounds;
    this.#wanted = wholeTasks(initial);
    this.#ready = initial;
  }

  get wanted(): Tasks {
    return this.#wanted;
  }

  get ready(): Tasks {
    return this.#ready;
  }

  get starting(): Tasks {
    return this.#wanted - this.#ready;
  }

  get bounds(): CapacityBounds {
    return this.#bounds;
  }

  /** Lets those tasks serve whose start-up time is over. To be called once, first thing in each step. */
  beginStep(step: StepIndex): void {
    let oldest = this.#starting[0];
    while (oldest && oldest.servesFrom <= step) {
      this.#ready += oldest.count;
      this.#starting.shift();
      oldest = this.#starting[0];
    }
  }

  /** Moves to so many tasks, or as near as the bounds allow. */
  want(step: StepIndex, tasks: Tasks): void {
    const wanted = within(this.#bounds, wholeTasks(tasks));
    if (wanted > this.#wanted) {
      this.#starting.push({ servesFrom: step + this.#startupSteps, count: wanted - this.#wanted });
    } else {
      this.#ready -= this.#stopStarting(this.#wanted - wanted);
    }
    this.#wanted = wanted;
  }

  /** Moves capacity into the new bounds at once, as RegisterScalableTarget and scheduled actions do. */
  setBounds(step: StepIndex, bounds: CapacityBounds): void {
    checkBounds(bounds);
    this.#bounds = bounds;
    this.want(step, this.#wanted);
  }

  /** @returns how many of the surplus tasks were not found among the starting ones. */
  #stopStarting(surplus: Tasks): Tasks {
    let left = surplus;
    while (left > 0) {
      const newest = this.#starting.pop();
      if (!newest) break;
      if (newest.count > left) this.#starting.push({ ...newest, count: newest.count - left });
      left -= Math.min(left, newest.count);
    }
    return left;
  }
}

/** The number of tasks inside the bounds that is nearest to the one given. */
export function within({ min, max }: CapacityBounds, tasks: Tasks): Tasks {
  return Math.max(min, Math.min(max, tasks));
}

function checkBounds({ min, max }: CapacityBounds): void {
  wholeTasks(min);
  wholeTasks(max);
  if (min > max) throw new RangeError(`the bounds ${min} to ${max} hold nothing: min must not be above max`);
}

function wholeTasks(tasks: Tasks): Tasks {
  if (Number.isSafeInteger(tasks) && tasks >= 0) return tasks;
  throw new RangeError(`tasks come in whole numbers from 0, not ${tasks}`);
}
