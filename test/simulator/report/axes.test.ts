import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { daysOf, timeTicks, valueTicks, wholeTicks } from '../../../simulator/report/axes.ts';

describe('value ticks', () => {
  it.each([
    { peak: 0, ticks: [0, 1] },
    { peak: 0.35, ticks: [0, 0.1, 0.2, 0.3, 0.4] },
    { peak: 200, ticks: [0, 50, 100, 150, 200] },
    { peak: 1_240, ticks: [0, 500, 1_000, 1_500] },
  ])('up to $peak', ({ peak, ticks }) => {
    expect(valueTicks(peak)).toEqual(ticks);
  });

  it('law: reach the peak, by not much more than a step', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (peak) => {
        const ticks = valueTicks(peak);
        expect(ticks.at(-1)!).toBeGreaterThanOrEqual(peak * (1 - 1e-8));
        expect(ticks.at(-2)!).toBeLessThanOrEqual(peak);
        expect(ticks.length).toBeLessThanOrEqual(6);
      }),
    );
  });

  it('count tasks in whole numbers', () => {
    expect(wholeTicks(2)).toEqual([0, 1, 2, 3, 4]);
    expect(wholeTicks(40)).toEqual([0, 10, 20, 30, 40]);
  });
});

describe('time ticks', () => {
  const day = 86_400_000;
  const week = { start: Date.parse('2026-11-29T00:00:00+01:00'), end: Date.parse('2026-12-06T00:00:00+01:00') };

  it('stand at the midnights of the time zone, with hours between for a closer look', () => {
    const ticks = timeTicks(week, 'Europe/Berlin');
    expect(ticks.filter(({ grain }) => grain === 'coarse').map(({ at }) => new Date(at).getUTCHours())).toEqual(
      Array.from({ length: 7 }, () => 23),
    );
    expect(ticks.filter(({ grain }) => grain === 'fine')).toHaveLength(21);
    expect(ticks.map(({ at }) => at)).toEqual(ticks.map(({ at }) => at).toSorted((left, right) => left - right));
  });

  it('keep to midnight over the clock changes, and to the hours that the clocks show', () => {
    const spring = { start: Date.parse('2026-03-28T00:00:00+01:00'), end: Date.parse('2026-03-30T00:00:00+02:00') };
    const hours = timeTicks(spring, 'Europe/Berlin');
    const coarse = hours.filter(({ grain }) => grain === 'coarse');
    expect(coarse.map(({ at }) => new Date(at).toISOString().slice(5, 16))).toEqual([
      '03-27T23:00',
      '03-28T05:00',
      '03-28T11:00',
      '03-28T17:00',
      '03-28T23:00',
      '03-29T04:00',
      '03-29T10:00',
      '03-29T16:00',
    ]);
    // 24 hours of the Saturday and 23 of the Sunday, none of them twice.
    expect(new Set(hours.map(({ at }) => at)).size).toBe(47);
    expect(hours).toHaveLength(47);
  });

  it.each([
    { days: 1, unit: 'hour', most: 4 },
    { days: 60, unit: 'day', most: 9 },
    { days: 365, unit: 'month', most: 13 },
    { days: 1_000, unit: 'month', most: 12 },
    { days: 4_000, unit: 'month', most: 11 },
  ])('of $days days stay few', ({ days, unit, most }) => {
    const ticks = timeTicks({ start: week.start, end: week.start + days * day }, 'UTC');
    const coarse = ticks.filter(({ grain }) => grain === 'coarse');
    expect(coarse.length).toBeLessThanOrEqual(most);
    expect(coarse.at(-1)?.unit).toBe(unit);
  });
});

describe('days', () => {
  it('are cut at midnight; the first and the last may be shorter, and none is lost at a clock change', () => {
    const start = Date.parse('2026-10-24T15:00:00+02:00');
    const end = Date.parse('2026-10-26T10:00:00+01:00');
    const lengths = daysOf({ start, end }, 'Europe/Berlin').map((day) => (day.end - day.start) / 3_600_000);
    expect(lengths).toEqual([9, 25, 10]);
  });
});
