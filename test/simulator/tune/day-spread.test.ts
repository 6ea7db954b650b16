import { describe, expect, it } from '@jest/globals';
import { shareErrors } from '../../../simulator/tune/day-spread.ts';
import { aLoad } from '../backtest/loads.ts';

const DAY_STEPS = 4_320;

/** Two tasks of 50 a second: a load of 95 is missed, and of 110 ten are lost. */
function errorsOf(days: readonly { readonly share: number; readonly load: number }[], missing = 0) {
  const perSecond = days.flatMap(({ share, load }) =>
    Array.from({ length: DAY_STEPS }, (_, step) => (step < share * DAY_STEPS ? load : 50)),
  );
  const load = aLoad(perSecond, { missing: new Uint8Array(perSecond.length).fill(1, 0, missing) });
  const ready = new Int32Array(perSecond.length).fill(2);
  return shareErrors({ ready }, { load, taskCapacity: 50, warmUpSteps: 0, clairvoyant: { ready, wanted: ready } });
}

describe('how far the missed share of other days may lie', () => {
  it('is nothing where all days are alike, or there is one only, or nothing came', () => {
    const alike = { share: 0.1, load: 95 };
    expect(errorsOf([alike, alike, alike]).missed).toBeCloseTo(0, 12);
    expect(errorsOf([alike]).missed).toBe(0);
    expect(
      errorsOf([
        { share: 1, load: 0 },
        { share: 1, load: 0 },
      ]),
    ).toEqual({ missed: 0, lost: 0 });
  });

  it('is the standard error of a ratio of sums over days', () => {
    // Offered 50 and 95 for half a day each on day one, 50 all of day two: 72.5 and 50, of which 47.5 and 0 are missed.
    const [offered, missed] = [
      [72.5, 50],
      [47.5, 0],
    ] as const;
    const ratio = 47.5 / 122.5;
    const squares = offered.map((whole, day) => (missed[day]! - ratio * whole) ** 2);
    const expected = Math.sqrt(2 * (squares[0]! + squares[1]!)) / 122.5;
    expect(
      errorsOf([
        { share: 0.5, load: 95 },
        { share: 0, load: 95 },
      ]).missed,
    ).toBeCloseTo(expected, 10);
  });

  it('counts what is lost for itself, and nothing in gaps', () => {
    const { missed, lost } = errorsOf([
      { share: 0.5, load: 110 },
      { share: 0, load: 95 },
    ]);
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThan(missed);
    expect(
      errorsOf(
        [
          { share: 0.5, load: 110 },
          { share: 0, load: 95 },
        ],
        DAY_STEPS / 2,
      ),
    ).toEqual({ missed: 0, lost: 0 });
  });
});
