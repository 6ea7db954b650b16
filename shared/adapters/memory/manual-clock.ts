import { type EpochMs, later, type Seconds } from '../../domain/units.ts';
import type { Clock } from '../../ports.ts';

/** A clock that stands until somebody moves it. */
export class ManualClock implements Clock {
  #now: EpochMs;

  constructor(now: EpochMs) {
    this.#now = now;
  }

  now(): EpochMs {
    return this.#now;
  }

  set(now: EpochMs): void {
    this.#now = now;
  }

  advance(seconds: Seconds): void {
    this.#now = later(this.#now, seconds);
  }
}
