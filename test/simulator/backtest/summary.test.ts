import { describe, expect, it } from '@jest/globals';
import { summarize } from '../../../simulator/backtest/summary.ts';
import { worstSpells } from '../../../simulator/backtest/worst-spells.ts';
import { clairvoyantRun } from '../../../simulator/plant/score.ts';
import { aLoad } from './loads.ts';

// A task carries 10; up to 8.99 of it in time. The first step is warm-up, the last but one was not recorded.
const load = aLoad([500, 17, 35, 60, 26, 900, 8], { missing: Uint8Array.of(0, 0, 0, 0, 0, 1, 0) });
const run = {
  ready: Int32Array.of(1, 4, 4, 4, 4, 1, 2),
  wanted: Int32Array.of(9, 4, 4, 7, 4, 9, 2),
};
const yardstick = { load, taskCapacity: 10, warmUpSteps: 1, clairvoyant: clairvoyantRun(load, 10) };

describe('the summary of a run', () => {
  const summary = summarize(run, yardstick);

  it('counts the scored steps and nothing else', () => {
    expect(summary.steps).toBe(5);
    expect(summary.offered).toBe((17 + 35 + 60 + 26 + 8) * 20);
  });

  it('counts the whole load of a step above 90 % as missed, and what is above 100 % as lost', () => {
    // 35 and 26 are within 36; 60 is above 40.
    expect(summary.missed).toBe(60 * 20);
    expect(summary.lost).toBe(20 * 20);
    expect(summary.missedShare).toBeCloseTo(60 / 146, 12);
    expect(summary.lostShare).toBeCloseTo(20 / 146, 12);
  });

  it('pays for what is wanted, and compares with the clairvoyant, who needs 2, 4, 7, 3 and 2', () => {
    expect(summary.taskHours).toBeCloseTo((21 * 20) / 3_600, 12);
    expect(summary.costRatio).toBeCloseTo(21 / 18, 12);
    expect(summary.j).toBeCloseTo(21 / 18 + (100 * 60) / 146, 12);
  });

  it('takes the mean of the CPU in use, which is never above 100 %', () => {
    expect(summary.meanUtilization).toBeCloseTo((0.425 + 0.875 + 1 + 0.65 + 0.4) / 5, 12);
  });

  it('counts changes of the wanted tasks between scored steps', () => {
    expect(summary.capacityChanges).toBe(3);
  });

  it('measures what was ready against what the clairvoyant has', () => {
    expect(summary.elasticity.underAccuracyPercent).toBeCloseTo(100 * (3 / 7 / 5), 12);
    expect(summary.elasticity.overAccuracyPercent).toBeCloseTo(100 * ((2 / 2 + 1 / 3) / 5), 12);
    expect(summary.elasticity.underTimesharePercent).toBe(20);
    expect(summary.elasticity.overTimesharePercent).toBe(40);
  });
});

describe('the worst spells', () => {
  const steps = 400;
  const short = (from: number, count: number, load: number) =>
    Array.from({ length: steps }, (_, step) => (step >= from && step < from + count ? load : 1));
  const merged = short(50, 3, 20).map((value, step) =>
    Math.max(value, short(52 + 90, 2, 9.5)[step]!, short(350, 1, 30)[step]!),
  );
  const plan = { load: aLoad(merged), taskCapacity: 10, warmUpSteps: 0 };
  const one = { ready: new Int32Array(steps).fill(1), wanted: new Int32Array(steps).fill(1) };

  it('join what is up to half an hour apart, and come the worst first', () => {
    const spells = worstSpells(one, plan, 5);
    const at = (step: number) => plan.load.startsAt + step * 20_000;
    expect(spells).toEqual([
      {
        start: at(50),
        end: at(144),
        missed: (3 * 20 + 2 * 9.5) * 20,
        lost: 3 * 10 * 20,
        peakUtilization: 2,
        missedSeconds: 100,
      },
      { start: at(350), end: at(351), missed: 600, lost: 400, peakUtilization: 3, missedSeconds: 20 },
    ]);
  });

  it('leave out the warm-up, gaps, and all but as many as are asked for', () => {
    expect(worstSpells(one, { ...plan, warmUpSteps: 351 }, 5)).toEqual([]);
    expect(worstSpells(one, plan, 1)).toHaveLength(1);
    const missing = new Uint8Array(steps).fill(1, 340);
    expect(worstSpells(one, { ...plan, load: { ...plan.load, missing } }, 5)).toHaveLength(1);
  });
});
