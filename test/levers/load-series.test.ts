import { describe, expect, it } from '@jest/globals';
import { MINUTE_SIGNAL } from '../../shared/control/settings.ts';
import { type Reading, seen, type Series, unseen } from '../../shared/domain/reading.ts';
import { later, MINUTE } from '../../shared/domain/units.ts';
import { alignLoad, loadFromCpu, loadFromRequests } from '../../shared/levers/load-series.ts';
import { at } from '../support/builders/time.ts';

const NOON = at('12:00');
const throttled = unseen({ code: 'unreadable', detail: 'throttled' });

/** A point a minute from noon on; `null` where there is none. */
const series = (...values: readonly (number | null)[]): Series => ({
  periodSeconds: 60,
  points: values.flatMap((value, minute) => (value === null ? [] : [{ at: later(NOON, minute * MINUTE), value }])),
});
const reading = (...values: readonly (number | null)[]): Reading<Series> => seen(series(...values), NOON);
const told = (load: Reading<Series>): unknown =>
  load.kind === 'seen'
    ? load.value.points.map((point) => [(point.at - NOON) / 60_000, point.value])
    : load.because.code;

describe('the load from requests', () => {
  it('is their number over the seconds of the minute', () => {
    expect(told(loadFromRequests(reading(600, null, 30)))).toEqual([
      [0, 10],
      [2, 0.5],
    ]);
  });

  it('is unseen where they are', () => {
    expect(loadFromRequests(throttled)).toBe(throttled);
  });
});

describe('the load from CPU', () => {
  // prettier-ignore
  it.each([
    { when: 'tasks report once a minute',                cpu: reading(50, 25), samples: reading(4, 8),             resolution: '60s' as const, then: [[0, 2], [1, 2]] },
    { when: 'three tasks all the time report once a minute', cpu: reading(50, 50), samples: reading(3, 3),         resolution: '60s' as const, then: [[0, 1.5], [1, 1.5]] },
    { when: 'tasks report every 20 seconds',             cpu: reading(50, 50), samples: reading(12, 15),           resolution: '20s' as const, then: [[0, 2], [1, 2.5]] },
    { when: 'one in five minutes lacks a sample',        cpu: reading(50, 50, 50, 50, 50), samples: reading(12, 12, 11, 12, 12), resolution: '20s' as const, then: [[0, 2], [1, 2], [2, 50 / 100 * 11 / 3], [3, 2], [4, 2]] },
    { when: 'they are meant to and do not yet',          cpu: reading(50, 50), samples: reading(4, 5),             resolution: '20s' as const, then: [[0, 2], [1, 2.5]] },
    { when: 'one minute tells nothing of samples',       cpu: reading(50),     samples: reading(3),                resolution: '20s' as const, then: [[0, 1.5]] },
    { when: 'a minute has only one of the two',          cpu: reading(50, null, 50), samples: reading(null, 4, 4), resolution: '60s' as const, then: [[2, 2]] },
    { when: 'no minute has both',                        cpu: reading(50, null), samples: reading(null, 4),        resolution: '60s' as const, then: 'no-data' },
    { when: 'the CPU cannot be seen',                    cpu: throttled,       samples: reading(4),                resolution: '60s' as const, then: 'unreadable' },
    { when: 'the samples cannot be seen',                cpu: reading(50),     samples: throttled,                 resolution: '60s' as const, then: 'unreadable' },
  ])('when $when', ({ cpu, samples, resolution, then }) => {
    expect(told(loadFromCpu(cpu, samples, resolution))).toEqual(then);
  });
});

describe('the load period by period', () => {
  const align = (load: Series, now: string, from = NOON) => alignLoad(load, from, MINUTE_SIGNAL, at(now));

  // prettier-ignore
  it.each([
    { when: 'nothing is missing',                    load: series(1, 2, 3),          then: [1, 2, 3] },
    { when: 'a minute is',                           load: series(1, null, 3),       then: [1, null, 3] },
    { when: 'one is not a number, one is negative',  load: series(1, NaN, -2, 3),    then: [1, null, null, 3] },
    { when: 'all of it is',                          load: series(),                 then: [] },
    { when: 'it began before',                       load: { periodSeconds: 60, points: [{ at: later(NOON, -60), value: 9 }, { at: NOON, value: 1 }] }, then: [1] },
    { when: 'a point is off the grid',               load: { periodSeconds: 60, points: [{ at: later(NOON, 30), value: 9 }, { at: later(NOON, 60), value: 2 }] }, then: [null, 2] },
  ])('when $when', ({ load, then }) => {
    expect(align(load, '12:10').observed).toEqual({ startsAt: NOON, perSecond: then });
  });

  // prettier-ignore
  it.each([
    { when: 'the newest minute is there as soon as it can be', minutes: 5, now: '12:06:00', then: '12:06:00' },
    { when: 'and until the next one can be',                   minutes: 5, now: '12:06:59', then: '12:06:59' },
    { when: 'it is a second late',                             minutes: 5, now: '12:07:00', then: '12:06:59' },
    { when: 'it is a minute late',                             minutes: 5, now: '12:07:59', then: '12:06:59' },
    { when: 'it is two minutes late less a second',            minutes: 5, now: '12:08:58', then: '12:06:59' },
    { when: 'it is missing',                                   minutes: 5, now: '12:09:30', then: '12:07:30' },
    { when: 'there is none at all',                            minutes: 0, now: '12:09:30', then: '12:07:30' },
  ])('is looked at as of $then when $when', ({ minutes, now, then }) => {
    expect(align(series(...Array<number>(minutes).fill(1)), now).asOf).toBe(at(then));
  });
});
