import { describe, expect, it } from '@jest/globals';
import { explainDoubt } from '../../shared/domain/explain-forecast.ts';
import type { ForecastDoubt } from '../../shared/domain/service-forecast.ts';

describe('why a forecast is in doubt', () => {
  const naive = (pinballLoss: number, naivePinballLoss: number): ForecastDoubt => ({
    code: 'worse-than-naive',
    pinballLoss,
    naivePinballLoss,
  });

  // prettier-ignore
  it.each<{ doubt: ForecastDoubt; then: string }>([
    { doubt: { code: 'too-little-history', days: 1.25, leastDays: 2 }, then: '1.3 days of history, it takes 2' },
    { doubt: { code: 'no-load' },                                      then: 'there was no load' },
    { doubt: { code: 'no-season' },                                    then: 'no day is like another' },
    { doubt: { code: 'does-not-cover', coverage: 0.784, least: 0.8, most: 0.97 }, then: 'its 90 % quantile held in 78.4 %, not in 80 % to 97 %' },
    { doubt: naive(0.2, 0.1),                                          then: 'its error of 20 % is above the 10 % of “as yesterday”' },
    { doubt: naive(0.0125, 0.0119),                                    then: 'its error of 1.3 % is above the 1.2 % of “as yesterday”' },
    { doubt: naive(0.012_183, 0.012_176),                              then: 'its error of 1.2183 % is above the 1.2176 % of “as yesterday”' },
    { doubt: naive(0.012 + 1e-12, 0.012),                              then: 'its error of 1.2 % is above the 1.2 % of “as yesterday”' },
  ])('$then', ({ doubt, then }) => {
    expect(explainDoubt(doubt)).toBe(then);
  });
});
