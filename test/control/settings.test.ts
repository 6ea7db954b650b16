import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS, FAST_SIGNAL, MINUTE_SIGNAL, needOf, paceOf } from '../../shared/control/settings.ts';

describe('the pace of a signal', () => {
  it.each([
    [MINUTE_SIGNAL, 60, { lead: 1, lag: 2, perHour: 60, perDay: 1_440 }],
    [MINUTE_SIGNAL, 61, { lead: 2, lag: 2, perHour: 60, perDay: 1_440 }],
    [MINUTE_SIGNAL, 0, { lead: 0, lag: 2, perHour: 60, perDay: 1_440 }],
    [FAST_SIGNAL, 600, { lead: 30, lag: 2, perHour: 180, perDay: 4_320 }],
    [{ periodSeconds: 60, visibleAfterSeconds: 61 }, 60, { lead: 1, lag: 3, perHour: 60, perDay: 1_440 }],
  ])('counts %j with a start of %d s in periods', (signal, startupSeconds, expected) => {
    expect(paceOf(signal, startupSeconds)).toEqual({ ...expected, periodSeconds: signal.periodSeconds });
  });

  it.each([
    [{ periodSeconds: 7, visibleAfterSeconds: 60 }, 60],
    [{ periodSeconds: 0, visibleAfterSeconds: 60 }, 60],
    [{ periodSeconds: 60, visibleAfterSeconds: -1 }, 60],
    [{ periodSeconds: 60, visibleAfterSeconds: 301 }, 60],
    [MINUTE_SIGNAL, -1],
    [MINUTE_SIGNAL, 3_001],
    [MINUTE_SIGNAL, Number.NaN],
  ])('refuses %j with a start of %d s', (signal, startupSeconds) => {
    expect(() => paceOf(signal, startupSeconds)).toThrow(RangeError);
  });
});

describe('the need of a load', () => {
  it('is the tasks that carry it at the usable share of their CPU', () => {
    expect(needOf(90, 10, DEFAULT_SETTINGS)).toBeCloseTo(10, 12);
  });

  it.each([0, -1, Number.NaN, Infinity])('refuses a task that carries %d', (taskCapacity) => {
    expect(() => needOf(1, taskCapacity, DEFAULT_SETTINGS)).toThrow(RangeError);
  });
});
