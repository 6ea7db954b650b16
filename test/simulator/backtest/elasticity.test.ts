import { describe, expect, it } from '@jest/globals';
import { ElasticityAccount } from '../../../simulator/backtest/elasticity.ts';

function elasticityOf(steps: readonly (readonly [demand: number, supply: number])[]) {
  const account = new ElasticityAccount();
  for (const [demand, supply] of steps) account.add(demand, supply);
  return account.elasticity();
}

describe('the elasticity metrics', () => {
  it('are all zero where supply is what is needed', () => {
    expect(
      elasticityOf([
        [3, 3],
        [8, 8],
      ]),
    ).toEqual({
      underAccuracyPercent: 0,
      overAccuracyPercent: 0,
      underTimesharePercent: 0,
      overTimesharePercent: 0,
    });
  });

  it('count what lacks and what is idle as a share of the demand, and the time of each', () => {
    // Lacking: 2 of 4 and 2 of 10. Idle: 3 over 5. Exact: 1. Five steps and no more.
    expect(
      elasticityOf([
        [4, 2],
        [10, 8],
        [5, 8],
        [7, 7],
        [6, 6],
      ]),
    ).toEqual({
      underAccuracyPercent: 14,
      overAccuracyPercent: 12,
      underTimesharePercent: 40,
      overTimesharePercent: 20,
    });
  });

  it('have an upper end for what lacks and none for what is idle', () => {
    expect(elasticityOf([[5, 0]]).underAccuracyPercent).toBe(100);
    expect(elasticityOf([[1, 9]]).overAccuracyPercent).toBe(800);
  });

  it('are a mean over steps: of none there is none', () => {
    expect(() => elasticityOf([])).toThrow(RangeError);
  });
});
