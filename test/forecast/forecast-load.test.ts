import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { forecastLoad, type LoadForecast, pinballLoss } from '../../shared/forecast/forecast-load.ts';
import { later } from '../../shared/domain/units.ts';
import { dailyLoad, historyOf, START, STEPS_PER_DAY } from './sample.ts';

type Made = Extract<LoadForecast, { kind: 'forecast' }>;

function made(forecast: LoadForecast): Made {
  if (forecast.kind !== 'forecast') throw new Error(`no forecast: ${forecast.because.code}`);
  return forecast;
}

describe('a forecast of the load', () => {
  it('follows a day like the days before, and nothing speaks against it', () => {
    const forecast = made(forecastLoad(historyOf(14)));
    expect(forecast.steps).toHaveLength(STEPS_PER_DAY);
    expect(forecast.steps[0]!.at).toBe(later(START, 14 * 86_400));
    forecast.steps.forEach(({ perSecond }, ahead) => {
      expect(Math.abs(perSecond[1]! / dailyLoad(14 * STEPS_PER_DAY + ahead) - 1)).toBeLessThan(0.25);
    });
    expect(forecast.doubts).toEqual([]);
  });

  it('says so when there is no season', () => {
    const chance = (step: number): number => 100 + 80 * Math.sin(step * step * 0.731);
    expect(made(forecastLoad(historyOf(14, chance))).doubts.map(({ code }) => code)).toContain('no-season');
  });

  it('says so when its quantiles stop covering', () => {
    const growing = (step: number): number =>
      dailyLoad(step) * (step > 11 * STEPS_PER_DAY ? 1 + (step - 11 * STEPS_PER_DAY) / 30 : 1);
    expect(made(forecastLoad(historyOf(14, growing))).doubts.map(({ code }) => code)).toContain('does-not-cover');
  });

  it('knows the week where there is one', () => {
    const week = (step: number): number => dailyLoad(step) * (Math.floor(step / STEPS_PER_DAY) % 7 >= 5 ? 0.3 : 1);
    // The day after 26 days is a Saturday of this calendar.
    const forecast = made(forecastLoad(historyOf(26, week)));
    expect(forecast.steps[24]!.perSecond[1]).toBeLessThan(0.6 * dailyLoad(24));
  });

  it('has quantiles that never fall, finite and not negative, whatever the history', () => {
    const load = fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { freq: 10 });
    fc.assert(
      fc.property(fc.array(load, { minLength: 96, maxLength: 400 }), (perSecond) => {
        const forecast = forecastLoad(
          { startsAt: START, stepSeconds: 1_800, perSecond },
          { horizonHours: 48, quantiles: [0.05, 0.5, 0.9, 0.99] },
        );
        if (forecast.kind === 'no-forecast') return;
        for (const { perSecond: bounds } of forecast.steps) {
          bounds.forEach((bound, i) => {
            expect(Number.isFinite(bound)).toBe(true);
            expect(bound).toBeGreaterThanOrEqual(bounds[i - 1] ?? 0);
          });
        }
      }),
      { numRuns: 25 },
    );
  });

  it('does not depend on the unit of the load', () => {
    const one = made(forecastLoad(historyOf(10)));
    const other = made(forecastLoad(historyOf(10, (step) => dailyLoad(step) * 1_024)));
    one.steps.forEach(({ perSecond }, i) => {
      expect(other.steps[i]!.perSecond[2]! / 1_024).toBeCloseTo(perSecond[2]!, 6);
    });
  });

  it('is none, with the reason, of a short history', () => {
    expect(forecastLoad(historyOf(1))).toEqual({
      kind: 'no-forecast',
      because: { code: 'short-history', days: 1, neededDays: 2 },
    });
  });

  it.each([
    ['no quantile', { horizonHours: 24, quantiles: [] }],
    ['falling quantiles', { horizonHours: 24, quantiles: [0.9, 0.5] }],
    ['a quantile of one', { horizonHours: 24, quantiles: [1] }],
    ['three days', { horizonHours: 72, quantiles: [0.9] }],
    ['NaN hours', { horizonHours: Number.NaN, quantiles: [0.9] }],
  ])('refuses to be asked for %s', (_, request) => {
    expect(() => forecastLoad(historyOf(7), request)).toThrow(RangeError);
  });
});

describe('pinball loss', () => {
  it('charges nine times as much below a 90 % quantile as above it', () => {
    expect(pinballLoss(11, 10, 0.9)).toBeCloseTo(0.9, 12);
    expect(pinballLoss(9, 10, 0.9)).toBeCloseTo(0.1, 12);
    expect(pinballLoss(10, 10, 0.9)).toBe(0);
  });
});
