import { describe, expect, it } from '@jest/globals';
import { busiestRow, cutWindow, rowAt } from '../../../simulator/load/window.ts';
import { aTrace } from './a-trace.ts';

/** Four days of six hours each. */
const aFewDays = (amounts: readonly (number | null)[]) => aTrace(amounts, { intervalSeconds: 21_600 });
const quarters = aFewDays([1, 2, 3, 4, 5, 6, 7, 8, null, 10, 11, 12, 0, 0, 0, 0]);
const at = (day: number, hour: number) => Date.UTC(2026, 10, 30 + day, hour);

describe('the row of an instant', () => {
  it.each([
    { instant: at(0, 0), row: 0 },
    { instant: at(0, 6) - 1, row: 0 },
    { instant: at(0, 6), row: 1 },
    { instant: at(4, 0) - 1, row: 15 },
  ])('$instant is in row $row', ({ instant, row }) => {
    expect(rowAt(quarters, instant)).toBe(row);
  });

  it.each([at(0, 0) - 1, at(4, 0)])('%d is outside', (instant) => {
    expect(() => rowAt(quarters, instant)).toThrow(
      'a-trace.csv goes from 2026-11-30T00:00:00.000Z to 2026-12-04T00:00:00.000Z',
    );
  });
});

describe('a window', () => {
  it('is some days of the trace', () => {
    expect(cutWindow(quarters, 5, 1)).toEqual({
      ...quarters,
      startsAt: at(1, 6),
      amounts: Float64Array.of(6, 7, 8, 0),
      missing: Uint8Array.of(0, 0, 0, 1),
    });
  });

  it('shares no memory with the trace', () => {
    const window = cutWindow(quarters, 0, 1);
    window.amounts[0] = 99;
    expect(quarters.amounts[0]).toBe(1);
  });

  it.each([
    { firstRow: 0, days: 4 },
    { firstRow: 12, days: 1 },
    { firstRow: 15, days: 0.25 },
  ])('may reach to the end: $days days from row $firstRow', ({ firstRow, days }) => {
    expect(cutWindow(quarters, firstRow, days).amounts).toHaveLength(days * 4);
  });

  it.each([
    { firstRow: 13, days: 1 },
    { firstRow: 0, days: 4.25 },
    { firstRow: -1, days: 1 },
    { firstRow: 0.5, days: 1 },
    { firstRow: 0, days: 0 },
    { firstRow: 0, days: -1 },
    { firstRow: 0, days: 0.1 },
    { firstRow: 0, days: NaN },
  ])('is refused: $days days from row $firstRow', ({ firstRow, days }) => {
    expect(() => cutWindow(quarters, firstRow, days)).toThrow(RangeError);
  });
});

describe('the busiest window', () => {
  it.each([
    // The filled gap at row 8 counts nothing, so rows 8 to 11 make 33 and rows 9 to 12 as well.
    { days: 1, row: 8 },
    { days: 0.25, row: 11 },
    { days: 2, row: 4 },
    { days: 4, row: 0 },
  ])('of $days days begins in row $row', ({ days, row }) => {
    expect(busiestRow(quarters, days)).toBe(row);
  });

  it('does not fall for a gap that was filled', () => {
    const trace = aFewDays([5, 5, 5, 5, null, null, null, null, 6, 1, 1, 1]);
    trace.amounts.fill(1_000, 4, 8);
    expect(busiestRow(trace, 1)).toBe(0);
  });

  it('is the first of equals', () => {
    expect(busiestRow(aFewDays([3, 3, 3, 3, 3, 3, 3, 3]), 1)).toBe(0);
  });

  it('does not exist in a shorter trace', () => {
    expect(() => busiestRow(quarters, 5)).toThrow('that is less than 5 days');
  });
});
