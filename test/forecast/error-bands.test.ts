import { describe, expect, it } from '@jest/globals';
import { ErrorBands, type Validated } from '../../shared/forecast/error-bands.ts';

const PER_DAY = 96;
const DAYS = 14;
const END = DAYS * PER_DAY;

/** Reproducible chance between 0 and 1. */
const chance = (i: number): number => {
  const wave = Math.sin(i * 12.9898) * 43_758.5453;
  return wave - Math.floor(wave);
};

const pointsOf = (errorAt: (at: number) => number): readonly Validated[] =>
  Array.from({ length: END }, (_, at) => ({ at, ahead: at % PER_DAY, predicted: 0, actual: errorAt(at) }));

const boundAt = (bands: ErrorBands, at: number, quantile = 0.9): number =>
  bands.quantile({ at, ahead: at % PER_DAY, predicted: 0 }, quantile);

describe('bands of past errors', () => {
  it('cover what they are asked for, a little more because days are few', () => {
    const bands = new ErrorBands(
      pointsOf((at) => chance(at) - 0.5),
      PER_DAY,
      END,
    );
    const next = Array.from({ length: 4_000 }, (_, i) => END + i);
    const covered = (quantile: number): number =>
      next.filter((at) => chance(at) - 0.5 <= boundAt(bands, at, quantile)).length / next.length;
    expect(covered(0.9)).toBeGreaterThan(0.88);
    expect(covered(0.9)).toBeLessThan(0.94);
    expect(Math.abs(covered(0.5) - 0.5)).toBeLessThan(0.03);
    expect(covered(0.1)).toBeLessThan(0.13);
  });

  it('are wider at the time of day at which errors are larger', () => {
    const isRush = (at: number): boolean => at % PER_DAY >= 32 && at % PER_DAY < 40;
    const bands = new ErrorBands(
      pointsOf((at) => (chance(at) - 0.5) * (isRush(at) ? 1 : 0.1)),
      PER_DAY,
      END,
    );
    expect(boundAt(bands, END + 34)).toBeGreaterThan(2 * boundAt(bands, END + 60));
  });

  it('forget: after a change for the worse they are wider than after the same change for the better', () => {
    const late = (at: number): boolean => at >= END / 2;
    const worse = new ErrorBands(
      pointsOf((at) => (chance(at) - 0.5) * (late(at) ? 1 : 0.2)),
      PER_DAY,
      END,
    );
    const better = new ErrorBands(
      pointsOf((at) => (chance(at) - 0.5) * (late(at) ? 0.2 : 1)),
      PER_DAY,
      END,
    );
    expect(boundAt(worse, END)).toBeGreaterThan(1.1 * boundAt(better, END));
  });

  it('of a single day reach to the largest error that was seen', () => {
    const day = pointsOf((at) => chance(at) - 0.5).slice(0, PER_DAY);
    const bands = new ErrorBands(day, PER_DAY, PER_DAY);
    expect(boundAt(bands, PER_DAY, 0.95)).toBe(boundAt(bands, PER_DAY, 0.999));
    expect(boundAt(bands, PER_DAY, 0.95)).toBeGreaterThan(boundAt(bands, PER_DAY, 0.8));
  });

  it('end at no load, never below', () => {
    const bands = new ErrorBands(
      pointsOf((at) => (at % 2 === 0 ? 0 : 3)),
      PER_DAY,
      END,
    );
    expect(bands.quantile({ at: END, ahead: 0, predicted: -20 }, 0.001)).toBeLessThanOrEqual(-20);
    expect(Math.exp(bands.quantile({ at: END, ahead: 0, predicted: -20 }, 0.001))).toBeGreaterThanOrEqual(0);
  });

  it('without any error are the prediction itself', () => {
    expect(new ErrorBands([], PER_DAY, 0).quantile({ at: 0, ahead: 0, predicted: 1.5 }, 0.9)).toBeCloseTo(1.5, 12);
  });
});
