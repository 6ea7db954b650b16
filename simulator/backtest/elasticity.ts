import type { Tasks } from '../../shared/domain/units.ts';

/**
 * How well a supply of tasks follows the demand for them, with demand `d`, supply `s` and equal steps `t = 1 … T`:
 *
 *   under-provisioning accuracy   100 / T * Σ max(d - s, 0) / d
 *   over-provisioning accuracy    100 / T * Σ max(s - d, 0) / d
 *   under-provisioning timeshare  100 / T * Σ [d > s]
 *   over-provisioning timeshare   100 / T * Σ [s > d]
 *
 * All are 0 at best. What lacks is at most 100 %, what is idle has no upper end.
 *
 * Source: the elasticity metrics of the SPEC RG Cloud Group. Herbst et al., Ready for Rain? A View from SPEC Research on
 * the Future of Cloud Metrics, SPEC-RG-2016-01, chapter on elasticity; with the accuracy normalized by the demand as in
 * Herbst et al., Quantifying Cloud Performance and Dependability, ACM TOMPECS 3(4), 2018.
 */
export interface Elasticity {
  readonly underAccuracyPercent: number;
  readonly overAccuracyPercent: number;
  readonly underTimesharePercent: number;
  readonly overTimesharePercent: number;
}

/** Adds up steps. */
export class ElasticityAccount {
  #steps = 0;
  #under = 0;
  #over = 0;
  #stepsUnder = 0;
  #stepsOver = 0;

  /** @param demand the fewest tasks that serve the load of the step as it should be served, at least 1. */
  add(demand: Tasks, supply: Tasks): void {
    this.#steps += 1;
    if (demand > supply) {
      this.#under += (demand - supply) / demand;
      this.#stepsUnder += 1;
    } else if (supply > demand) {
      this.#over += (supply - demand) / demand;
      this.#stepsOver += 1;
    }
  }

  /** @throws RangeError when there was no step. */
  elasticity(): Elasticity {
    if (this.#steps === 0) throw new RangeError('elasticity is a mean over steps, and there are none');
    const percent = (sum: number): number => (100 * sum) / this.#steps;
    return {
      underAccuracyPercent: percent(this.#under),
      overAccuracyPercent: percent(this.#over),
      underTimesharePercent: percent(this.#stepsUnder),
      overTimesharePercent: percent(this.#stepsOver),
    };
  }
}
