import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fillGaps, loadPerStep } from '../../../simulator/load/trace.ts';
import { aTrace } from './a-trace.ts';

describe('the load of each step', () => {
  it('is a straight line through the middles of the intervals, and level at the ends', () => {
    const load = loadPerStep(aTrace([60, 240, 120]));
    // 1, 4 and 2 a second in the middle of their minutes, at 30, 90 and 150 s.
    const expected = [1, 1, 1.5, 2.5, 3.5, 4 - 1 / 3, 3, 4 - 5 / 3, 2];
    expect(load.perSecond).toHaveLength(9);
    load.perSecond.forEach((value, step) => {
      expect(value).toBeCloseTo(expected[step]!, 12);
    });
  });

  it('of intervals of one step lies half way between the amounts', () => {
    const load = loadPerStep(aTrace([20, 60, 40], { intervalSeconds: 20 }));
    expect([...load.perSecond]).toEqual([1, 2, 2.5]);
  });

  it('of a single interval is level', () => {
    expect([...loadPerStep(aTrace([120])).perSecond]).toEqual([2, 2, 2]);
  });

  it('says for each step whether it was recorded', () => {
    const { missing, startsAt } = loadPerStep(aTrace([60, null, 120]));
    expect([...missing]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0]);
    expect(startsAt).toBe(Date.UTC(2026, 10, 30));
  });

  it('law: stays between the least and the greatest rate', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(100_000), { minLength: 1, maxLength: 50 }),
        fc.constantFrom(20, 60, 300),
        (amounts, intervalSeconds) => {
          const { perSecond } = loadPerStep(aTrace(amounts, { intervalSeconds }));
          expect(perSecond).toHaveLength((amounts.length * intervalSeconds) / 20);
          const rounding = 1e-9;
          expect(Math.min(...perSecond)).toBeGreaterThanOrEqual(Math.min(...amounts) / intervalSeconds - rounding);
          expect(Math.max(...perSecond)).toBeLessThanOrEqual(Math.max(...amounts) / intervalSeconds + rounding);
        },
      ),
    );
  });
});

describe('gaps', () => {
  it.each([
    { when: 'there are none', amounts: [1, 2], filled: [1, 2] },
    { when: 'one is missing', amounts: [1, null, 5], filled: [1, 3, 5] },
    { when: 'several are missing', amounts: [8, null, null, null, 0, null, 1], filled: [8, 6, 4, 2, 0, 0.5, 1] },
    { when: 'the first are missing', amounts: [null, null, 7, 9], filled: [7, 7, 7, 9] },
    { when: 'the last are missing', amounts: [7, 9, null, null], filled: [7, 9, 9, 9] },
    { when: 'all but one are missing', amounts: [null, 4, null], filled: [4, 4, 4] },
  ])('become straight lines when $when', ({ amounts, filled }) => {
    const trace = aTrace(amounts);
    fillGaps(trace.amounts, trace.missing);
    expect([...trace.amounts]).toEqual(filled);
  });

  it('cannot be filled from nothing', () => {
    expect(() => {
      fillGaps(new Float64Array(2), Uint8Array.of(1, 1));
    }).toThrow(RangeError);
  });
});
