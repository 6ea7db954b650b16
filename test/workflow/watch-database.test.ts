import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../shared/adapters/memory/manual-clock.ts';
import type { MetricQuery } from '../../shared/domain/metric-query.ts';
import { type MetricPoint, NOT_ASKED, type Reading, seen, type Series, unseen } from '../../shared/domain/reading.ts';
import { databaseCpuIn } from '../../shared/workflow/watch-database.ts';
import { A_DATABASE, aFleetPolicy } from '../support/builders/policy.ts';
import { minutesAgo, NOW } from '../support/builders/time.ts';

const { database } = aFleetPolicy({ database: A_DATABASE });
let clock: ManualClock;
let asked: MetricQuery[];
let answer: Reading<Series>;

beforeEach(() => {
  clock = new ManualClock(NOW);
  asked = [];
  answer = points({ at: minutesAgo(4), value: 30 }, { at: minutesAgo(3), value: 42 });
});

const points = (...all: readonly MetricPoint[]): Reading<Series> => seen({ periodSeconds: 60, points: all }, NOW);
const reader = (of = database) =>
  databaseCpuIn(
    {
      read: (queries) => {
        asked.push(...queries);
        return Promise.resolve([answer]);
      },
    },
    of,
    clock,
  );

describe('CPU of the database while PgBouncers are tuned', () => {
  it('is its newest minute', async () => {
    expect(await reader()()).toEqual(seen({ at: minutesAgo(3), percent: 42 }, minutesAgo(3)));
    expect(asked).toMatchObject([{ namespace: 'AWS/RDS', metric: 'CPUUtilization', periodSeconds: 60 }]);
  });

  it('is asked for again after half a minute, not before', async () => {
    const read = reader();
    await read();
    clock.advance(29);
    await read();
    expect(asked).toHaveLength(1);
    clock.advance(1);
    answer = points({ at: minutesAgo(2), value: 88 });
    expect(await read()).toMatchObject({ value: { percent: 88 } });
    expect(asked).toHaveLength(2);
  });

  it.each([
    { when: 'CloudWatch does not answer', is: unseen({ code: 'unreadable', detail: 'throttled' }), code: 'unreadable' },
    { when: 'there is no minute', is: points(), code: 'no-data' },
    { when: 'it is no number', is: points({ at: minutesAgo(2), value: NaN }), code: 'invalid' },
    { when: 'it is negative', is: points({ at: minutesAgo(2), value: -1 }), code: 'invalid' },
  ])('is unseen when $when', async ({ is, code }) => {
    answer = is;
    expect(await reader()()).toMatchObject({ kind: 'unseen', because: { code } });
  });

  it('is not asked for where there is no database', async () => {
    expect(await databaseCpuIn({ read: () => Promise.reject(new Error('asked')) }, undefined, clock)()).toBe(NOT_ASKED);
  });
});
