import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { plottingStepSeconds, thin, thinRun, thinService } from '../../../simulator/report/thinning.ts';

describe('thinning', () => {
  it.each([
    { keep: 'max', points: [5, 9] },
    { keep: 'min', points: [1, 7] },
    { keep: 'mean', points: [3, 8] },
    { keep: 'last', points: [3, 9] },
  ] as const)('keeps the $keep, also of a last point that is cut short', ({ keep, points }) => {
    expect(thin([1, 5, 3, 7, 9], 3, keep)).toEqual(points);
  });

  it('takes typed arrays', () => {
    expect(thin(Float64Array.of(1, 2, 3, 4), 2, 'max')).toEqual([2, 4]);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %d samples a point', (samplesPerPoint) => {
    expect(() => thin([1], samplesPerPoint, 'max')).toThrow(RangeError);
  });

  const samples = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 200 });
  const factors = fc.integer({ min: 1, max: 50 });

  it('law: the highest peak and the deepest trough survive', () => {
    fc.assert(
      fc.property(samples, factors, (values, factor) => {
        expect(Math.max(...thin(values, factor, 'max'))).toBe(Math.max(...values));
        expect(Math.min(...thin(values, factor, 'min'))).toBe(Math.min(...values));
      }),
    );
  });

  it('law: means keep the sum where the points are whole', () => {
    fc.assert(
      fc.property(samples, factors, (values, factor) => {
        const whole = values.slice(0, Math.floor(values.length / factor) * factor);
        const sum = (list: readonly number[]): number => list.reduce((total, value) => total + value, 0);
        expect(sum(thin(whole, factor, 'mean')) * factor).toBeCloseTo(sum(whole), 4);
      }),
    );
  });

  it('shows the worst moment of a service, and as much loss as there was', () => {
    const run = {
      wanted: [2, 6],
      ready: [2, 1],
      cpuPercent: [40, 100],
      missedPerSecond: [0, 30],
      lostPerSecond: [0, 10],
    };
    expect(thinRun(run, 2)).toEqual({
      wanted: [6],
      ready: [1],
      cpuPercent: [100],
      missedPerSecond: [15],
      lostPerSecond: [5],
    });
    expect(thinService({ loadPerSecond: [10, 50], min: [2, 4], max: [8, 6] }, 2)).toEqual({
      loadPerSecond: [50],
      min: [4],
      max: [6],
    });
  });
});

describe('the plotting step', () => {
  it.each([
    { what: 'an hour', length: 3_600, step: 20 },
    { what: 'a day', length: 86_400, step: 60 },
    { what: 'a week', length: 7 * 86_400, step: 300 },
    { what: 'three months', length: 91 * 86_400, step: 7_200 },
    { what: 'thirty years', length: 30 * 365 * 86_400, step: 450_520 },
  ])('of $what is $step s', ({ length, step }) => {
    expect(plottingStepSeconds(length, 20)).toBe(step);
  });

  it('law: is a multiple of the step of the plant, and few points come of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 1e9 }), fc.constantFrom(20, 60, 300, 700), (length, plant) => {
        const step = plottingStepSeconds(length, plant);
        expect(step % plant).toBe(0);
        expect(length / step).toBeLessThanOrEqual(2_100);
      }),
    );
  });
});
