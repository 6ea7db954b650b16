import type { Tasks } from '../../shared/domain/units.ts';

/** Five minutes of recommendations: scaling in waits until all of them ask for less. */
const HELD_STEPS = 15;

/**
 * Scale-down stabilization as in HPA v2: up at once, down to the highest recommendation of the last five minutes.
 */
export class HeldRecommendation {
  /** Oldest first. */
  readonly #recent: Tasks[] = [];

  /** @returns the tasks to be wanted from now on. */
  next(recommended: Tasks, wanted: Tasks): Tasks {
    this.#recent.push(recommended);
    if (this.#recent.length > HELD_STEPS) this.#recent.shift();
    return recommended > wanted ? recommended : Math.min(wanted, Math.max(...this.#recent));
  }
}
