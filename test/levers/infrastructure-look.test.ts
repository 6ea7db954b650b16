import { describe, expect, it } from '@jest/globals';
import { explainUnseen } from '../../shared/domain/explain-unseen.ts';
import { type Reading, seen } from '../../shared/domain/reading.ts';
import {
  breachesOf,
  infrastructureNeed,
  metricIn,
  newestDays,
  newestPeriods,
} from '../../shared/levers/infrastructure-look.ts';
import { dailySpan, databaseMetricQuery } from '../../shared/levers/metric-queries.ts';
import { anInfrastructure, days, hours } from '../support/builders/infrastructure.ts';
import { A_DATABASE, aFleetPolicy } from '../support/builders/policy.ts';
import { at, NOW } from '../support/builders/time.ts';

const told = (reading: Reading<readonly number[]>): string =>
  reading.kind === 'seen' ? reading.value.join(' ') : explainUnseen(reading.because);

/** NOW is 12:30 on a Tuesday. */
describe('the newest whole days', () => {
  const daily = (points: readonly (readonly [daysAgo: number, value: number])[]) =>
    seen({ periodSeconds: 86_400, points: points.map(([ago, value]) => ({ at: at('00:00', -ago), value })) }, NOW);

  // prettier-ignore
  it.each([
    { when: 'two days have ended',                        see: days([10, 20]),                              then: '10 20' },
    { when: 'today has begun: it is not counted',         see: daily([[2, 10], [1, 20], [0, 99]]),          then: '10 20' },
    { when: 'older days stand before',                    see: days([5, 10, 20]),                           then: '10 20' },
    { when: 'yesterday is missing',                       see: daily([[3, 10], [2, 20]]),                   then: '131400 s old, more than 86400 s' },
    { when: 'one is missing in between',                  see: daily([[3, 10], [1, 20]]),                   then: '1 of 2 points' },
    { when: 'one is not a number',                        see: days([NaN, 20]),                             then: 'invalid value NaN' },
    { when: 'there is today only',                        see: daily([[0, 99]]),                            then: 'no data' },
  ])('$when: $then', ({ see, then }) => {
    expect(told(newestDays(see, 2, NOW))).toBe(then);
  });

  it('of hours: the one that is not over does not count, and two may be late', () => {
    expect(told(newestPeriods(hours([1, 2, 3]), 3, NOW))).toBe('1 2 3');
    expect(told(newestPeriods(hours([1, 2, 3], at('10:30')), 3, NOW))).toBe('9000 s old, more than 7200 s');
    expect(told(newestPeriods(hours([1, 2, 3], at('10:59')), 3, at('12:00')))).toBe('1 2 3');
  });
});

it('counts what breaches, with its mean; where nothing does, with the mean of all', () => {
  expect(breachesOf([60, 80, 90], (value) => value > 70)).toEqual({ breaching: 2, of: 3, mean: 85 });
  expect(breachesOf([50, 60, 70], (value) => value > 70)).toEqual({ breaching: 0, of: 3, mean: 60 });
});

it('asks by a name, and finds under that name; what nobody asked for is not missing but not asked', () => {
  const { database } = aFleetPolicy({ database: A_DATABASE });
  expect(
    infrastructureNeed(
      'database/cpu-daily',
      databaseMetricQuery(database!, 'CPUUtilization', dailySpan(14, 'Average')),
    ),
  ).toEqual({
    slot: 'infrastructure',
    metric: 'database/cpu-daily',
    query: {
      namespace: 'AWS/RDS',
      metric: 'CPUUtilization',
      dimensions: { DBInstanceIdentifier: 'production' },
      statistic: 'Average',
      periodSeconds: 86_400,
      windowSeconds: 15 * 86_400,
    },
  });
  const infrastructure = anInfrastructure({ metrics: { 'database/cpu-daily': days([70]) } });
  expect(metricIn(infrastructure, 'database/cpu-daily')).toEqual(days([70]));
  expect(metricIn(infrastructure, 'database/cpu')).toEqual({ kind: 'unseen', because: { code: 'not-asked' } });
});
