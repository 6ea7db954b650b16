import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CANDIDATES } from '../../shared/forecast/candidates.ts';
import { combine, weigh } from '../../shared/forecast/combination.ts';
import type { PastPoint, Predictions } from '../../shared/forecast/rolling-origins.ts';

const NONE: Predictions = {
  'naive-day': null,
  'naive-week': null,
  'mean-of-days': null,
  regression: null,
  mstl: null,
};

const pointsOf = (predictionsAt: (i: number) => Partial<Predictions>): readonly PastPoint[] =>
  Array.from({ length: 200 }, (_, i) => ({
    at: i,
    ahead: i,
    actual: 0,
    predictions: { ...NONE, ...predictionsAt(i) },
  }));

describe('the weights of the candidates', () => {
  it('are not negative and sum to one, whatever they predicted', () => {
    const prediction = fc.option(fc.double({ min: -50, max: 50, noNaN: true }));
    const predictions = fc.record({
      'naive-day': prediction,
      'naive-week': prediction,
      'mean-of-days': prediction,
      regression: prediction,
      mstl: prediction,
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(predictions, fc.double({ min: -50, max: 50, noNaN: true }))), (pairs) => {
        const weights = weigh(pairs.map(([past, actual], at) => ({ at, ahead: 1, predictions: past, actual })));
        const all = CANDIDATES.map((name) => weights[name]);
        expect(all.every((weight) => weight >= 0)).toBe(true);
        expect(all.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('prefer the one that errs least', () => {
    const weights = weigh(pointsOf((i) => ({ regression: i % 2 === 0 ? 0.1 : -0.1, mstl: i % 2 === 0 ? 1 : -1 })));
    expect(weights.regression).toBeGreaterThan(0.95);
  });

  it('put together two whose errors cancel, rather than take the better one', () => {
    const weights = weigh(pointsOf(() => ({ 'naive-day': 0.25, 'mean-of-days': 0.2, mstl: -0.3 })));
    const errors = 0.25 * weights['naive-day'] + 0.2 * weights['mean-of-days'] - 0.3 * weights.mstl;
    expect(Math.abs(errors)).toBeLessThan(0.1);
    expect(weights.mstl).toBeGreaterThan(0.25);
  });

  it('do not count one that was there only some of the time', () => {
    const weights = weigh(pointsOf((i) => ({ 'naive-day': 0.5, 'naive-week': i < 180 ? 0 : null })));
    expect(weights['naive-week']).toBe(0);
    expect(weights['naive-day']).toBe(1);
  });
});

describe('the combination', () => {
  const half = { 'naive-day': 0.5, 'naive-week': 0, 'mean-of-days': 0.5, regression: 0, mstl: 0 };

  it('is the mean by weights', () => {
    expect(combine({ ...NONE, 'naive-day': 1, 'mean-of-days': 3 }, half)).toBe(2);
  });

  it('goes on with those that are there', () => {
    expect(combine({ ...NONE, 'naive-day': 1 }, half)).toBe(1);
  });

  it('is none where nobody with a weight is there', () => {
    expect(combine({ ...NONE, mstl: 1 }, half)).toBeNull();
    expect(combine(NONE, half)).toBeNull();
  });
});
