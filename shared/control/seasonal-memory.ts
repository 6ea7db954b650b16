import type { Pace, SeasonalInputs } from '../domain/lead-time-profile.ts';
import { Ring } from './ring.ts';

const DAYS = 7;
const HOURS = 24;

/** What came of the predictions of the last 7 days, by the period in which orders acted on them. */
export class SeasonalMemory {
  readonly #pace: Pace;
  readonly #kept: number;
  readonly #actual: Ring;
  readonly #growth: Ring;
  readonly #error: Ring;
  #first: number | null = null;
  #newest = -1;

  constructor(pace: Pace) {
    this.#pace = pace;
    this.#kept = DAYS * pace.perDay + pace.perHour + pace.lead + pace.lag;
    this.#actual = new Ring(this.#kept);
    this.#growth = new Ring(this.#kept);
    this.#error = new Ring(this.#kept);
  }

  /** @param acted rises by one from call to call. */
  add(acted: number, actual: number, growth: number, absoluteError: number): void {
    this.#first ??= acted;
    this.#newest = acted;
    this.#actual.set(acted, actual);
    this.#growth.set(acted, growth);
    this.#error.set(acted, absoluteError);
  }

  /** Mean over the same time of the days that are known; `null` while none is. */
  inputsFor(acts: number): SeasonalInputs | null {
    const { perDay, perHour } = this.#pace;
    let days = 0;
    let actual = 0;
    let growth = 0;
    let error = 0;
    for (let day = 1; day <= DAYS; day += 1) {
      const then = acts - day * perDay;
      if (!this.#knows(then)) continue;
      days += 1;
      actual += this.#actual.at(then);
      growth += this.#growth.at(then);
      error += this.#error.at(then);
    }
    if (days === 0) return null;
    const weekAgo = acts - DAYS * perDay;
    const week = this.#knows(weekAgo);
    return {
      dayGrowth: growth / days,
      weekGrowth: week ? this.#growth.at(weekAgo) : growth / days,
      dayLevel: actual / days,
      weekLevel: week ? this.#actual.at(weekAgo) : actual / days,
      hourGrowth: this.#meanHourGrowth(acts, perHour),
      dayError: error / days,
    };
  }

  #meanHourGrowth(acts: number, perHour: number): number {
    let hours = 0;
    let growth = 0;
    for (let hour = 1; hour <= HOURS; hour += 1) {
      const then = acts - hour * perHour;
      if (!this.#knows(then)) continue;
      hours += 1;
      growth += this.#growth.at(then);
    }
    return hours === 0 ? 0 : growth / hours;
  }

  #knows(period: number): boolean {
    return (
      this.#first !== null && period >= this.#first && period > this.#newest - this.#kept && period <= this.#newest
    );
  }
}
