import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Reading, seen, type Series, unseen } from '../../shared/domain/reading.ts';
import { badHoursOfDays, combined, type DayRule } from '../../shared/levers/hours-of-days.ts';
import { busyDays, evenDays } from '../support/builders/database-hours.ts';
import { hours } from '../support/builders/infrastructure.ts';
import { NOW } from '../support/builders/time.ts';

const HIGH: DayRule = { days: 2, hours: 3, bad: 'high' };
const LOW: DayRule = { ...HIGH, bad: 'low' };

const without = (series: Reading<Series>, ...indexes: readonly number[]): Reading<Series> =>
  series.kind === 'unseen'
    ? series
    : seen({ ...series.value, points: series.value.points.filter((_, index) => !indexes.includes(index)) }, series.at);

const ofDays = (series: Reading<Series>, rule: DayRule = HIGH): unknown => {
  const days = badHoursOfDays(series, rule, NOW);
  return days.kind === 'seen' ? days.value : days.because;
};

/** It is Tuesday, 12:30. */
describe('what a day comes to', () => {
  // prettier-ignore
  it.each<{ when: string; series: Reading<Series>; rule?: DayRule; then: unknown }>([
    { when: 'three hours are high: it is what they reach',       series: busyDays([82, 75], 10),                             then: [82, 75] },
    { when: 'the worst hour is asked for',                       series: busyDays([82, 75], 10), rule: { ...HIGH, hours: 1 }, then: [82, 75] },
    { when: 'a fourth hour is asked for: the calm of the rest',  series: busyDays([82, 75], 10), rule: { ...HIGH, hours: 4 }, then: [10, 10] },
    { when: 'low is bad',                                        series: busyDays([2, 3], 10), rule: LOW,                    then: [2, 3] },
    { when: 'today is worse: it is not over',                    series: busyDays([50, 50], 10, 99),                         then: [50, 50] },
    { when: 'older days are worse: they are not asked for',      series: busyDays([99, 50, 51], 10),                         then: [50, 51] },
    { when: 'one hour of a day is missing',                      series: without(busyDays([50, 51]), 3),                     then: [50, 51] },
    { when: 'two hours of a day are missing',                    series: without(busyDays([50, 51]), 3, 4),                  then: { code: 'incomplete', points: 1, needed: 2 } },
    { when: 'there is one day only',                             series: busyDays([50]),                                     then: { code: 'incomplete', points: 1, needed: 2 } },
    { when: 'there is nothing',                                  series: hours([]),                                          then: { code: 'no-data' } },
    { when: 'a value is not a number',                           series: busyDays([50, NaN]),                                then: { code: 'invalid', value: 'NaN' } },
    { when: 'a value is negative',                               series: busyDays([50, -1]),                                 then: { code: 'invalid', value: '-1' } },
    { when: 'CloudWatch does not answer',                        series: unseen({ code: 'unreadable', detail: 'throttled' }), then: { code: 'unreadable', detail: 'throttled' } },
  ])('$when', ({ series, rule, then }) => {
    expect(ofDays(series, rule)).toEqual(then);
  });

  it('law: more hours asked for never makes a day look worse', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(100), { minLength: 24, maxLength: 24 }),
        fc.integer({ min: 1, max: 12 }),
        (day, count) => {
          const series = hours([...day, ...Array<number>(12).fill(0)]);
          const [fewer] = ofDays(series, { days: 1, hours: count, bad: 'high' }) as number[];
          const [more] = ofDays(series, { days: 1, hours: count + 1, bad: 'high' }) as number[];
          expect(more).toBeLessThanOrEqual(fewer!);
        },
      ),
    );
  });
});

describe('two metrics as one', () => {
  const sum = (a: number, b: number): number => a + b;

  it('hour by hour', () => {
    expect(ofDays(combined(busyDays([50, 60], 1), evenDays(5, 2), sum))).toEqual([55, 65]);
  });

  it('an hour that one of them lacks is missing', () => {
    expect(ofDays(combined(busyDays([50, 60]), without(evenDays(5, 2), 1, 2), sum))).toMatchObject({
      code: 'incomplete',
    });
  });

  it.each([
    [unseen({ code: 'no-data' }), evenDays(1, 2)],
    [evenDays(1, 2), unseen({ code: 'no-data' })],
  ])('unseen where one of them is', (a, b) => {
    expect(combined(a, b, sum)).toEqual(unseen({ code: 'no-data' }));
  });
});
