import { describe, expect, it } from '@jest/globals';
import type { CapacitySummary } from '../../../simulator/plant/load-account.ts';
import { clairvoyantRun, objective, scoreRun, warmUpSteps } from '../../../simulator/plant/score.ts';

const aLoad = (perSecond: readonly number[], missing: readonly number[] = perSecond.map(() => 0)) => ({
  startsAt: 0,
  perSecond: Float64Array.from(perSecond),
  missing: Uint8Array.from(missing),
});
const aRun = (wanted: readonly number[], ready = wanted) => ({
  ready: Int32Array.from(ready),
  wanted: Int32Array.from(wanted),
});

describe('the warm-up', () => {
  const DAY = 4_320;
  it.each([
    { days: 27, warmUpDays: 14, steps: 27 * DAY },
    { days: 21, warmUpDays: 14, steps: 21 * DAY },
    { days: 20.9, warmUpDays: 7, steps: 21 * DAY - 1 },
    { days: 10, warmUpDays: 7, steps: 10 * DAY },
    { days: 9.9, warmUpDays: 3, steps: 10 * DAY - 1 },
  ])('of a load of $days days takes $warmUpDays', ({ steps, warmUpDays }) => {
    expect(warmUpSteps(steps)).toBe(warmUpDays * DAY);
  });
});

describe('the score of a run', () => {
  it('costs what is wanted and carries with what is ready', () => {
    const score = scoreRun(aLoad([10, 10]), aRun([4, 4], [1, 2]), 10, 0);
    // One task at 100 % misses all, two at 50 % nothing.
    expect(score).toMatchObject({ steps: 2, taskHours: (8 * 20) / 3600, missedShare: 0.5, lostShare: 0 });
  });

  it('leaves out the warm-up and what was not recorded', () => {
    const load = aLoad([100, 10, 100, 10], [0, 0, 1, 0]);
    const score = scoreRun(load, aRun([1, 2, 1, 3]), 10, 1);
    expect(score).toMatchObject({ steps: 2, taskHours: (5 * 20) / 3600, missed: 0, capacityChanges: 1 });
  });

  it('leaves out the warm-up of its length unless told otherwise', () => {
    const load = aLoad(Array.from({ length: 4 * 4_320 }, () => 1));
    expect(scoreRun(load, aRun(Array.from({ length: 4 * 4_320 }, () => 2)), 10).steps).toBe(4_320);
  });

  it('refuses a run of another length', () => {
    expect(() => scoreRun(aLoad([1, 2]), aRun([2]), 10, 0)).toThrow('a run of 1 steps does not fit a load of 2');
  });
});

describe('the clairvoyant', () => {
  it('has in each step the fewest tasks that miss nothing, two at least', () => {
    // Each carries 10 * 0.9 * 0.999 = 8.991 a second.
    expect([...clairvoyantRun(aLoad([0, 9, 17.98, 17.99, 89.9, 90]), 10).wanted]).toEqual([2, 2, 2, 3, 10, 11]);
    expect([...clairvoyantRun(aLoad([0, 9]), 10, 0).wanted]).toEqual([0, 2]);
  });

  it('misses nothing', () => {
    const load = aLoad(Array.from({ length: 1_000 }, (_, step) => ((step * 7919) % 997) / 3));
    const score = scoreRun(load, clairvoyantRun(load, 1.7), 1.7, 0);
    expect(score).toMatchObject({ missed: 0, lost: 0 });
  });
});

describe('J', () => {
  const summary = (taskHours: number, missedShare: number): CapacitySummary => ({
    steps: 1,
    taskHours,
    offered: 1,
    missed: missedShare,
    lost: 0,
    missedShare,
    lostShare: 0,
    capacityChanges: 0,
  });

  it('is the mean over traces of cost over the clairvoyant and missed percent', () => {
    const traces = [
      { achieved: summary(150, 0.002), clairvoyant: summary(100, 0) },
      { achieved: summary(60, 0), clairvoyant: summary(50, 0) },
    ];
    // (1.5 + 0.2 + 1.2 + 0) / 2
    expect(objective(traces)).toBeCloseTo(1.45, 12);
  });

  it('is 1 for the clairvoyant itself, and nothing over no traces', () => {
    expect(objective([{ achieved: summary(100, 0), clairvoyant: summary(100, 0) }])).toBe(1);
    expect(() => objective([])).toThrow(RangeError);
  });
});
