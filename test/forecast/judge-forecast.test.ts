import { describe, expect, it } from '@jest/globals';
import type { PastForecast } from '../../shared/domain/service-forecast.ts';
import { HOUR, instant, later } from '../../shared/domain/units.ts';
import { judgeForecast } from '../../shared/forecast/judge-forecast.ts';
import type { ServiceHistory } from '../../shared/forecast/service-history.ts';

const MADE = instant('2026-12-01T10:07:00Z');
const STARTS = instant('2026-12-01T10:05:00Z');

/** 100 requests a second with 90 % of certainty, at every step of the next day. */
function aPast(over: Partial<PastForecast> = {}, hours = 24): PastForecast {
  const steps = (hours * 3_600) / 300;
  return {
    madeAt: MADE,
    source: 'requests',
    day: {
      startsAt: STARTS,
      stepSeconds: 300,
      quantiles: [0.5, 0.9],
      perSecond: [Array<number>(steps).fill(50), Array<number>(steps).fill(100)],
      record: { days: 14, pinballLoss: 0.1, naivePinballLoss: 0.2, coverage: 0.9 },
    },
    ...over,
  };
}

/** From a day before the forecast on. */
function aHistory(minuteAt: (minute: number) => number | null, hours = 24.1): ServiceHistory {
  const before = 1_440;
  return {
    source: 'requests',
    because: { code: 'requests-explain-cpu', samples: 1 },
    taskCapacity: 10,
    load: {
      startsAt: later(STARTS, -24 * HOUR),
      stepSeconds: 60,
      perSecond: Array.from({ length: before + Math.round(hours * 60) }, (_, i) => minuteAt(i - before)),
    },
    tasks: { startsAt: STARTS, stepSeconds: 300, values: [] },
  };
}

describe('a forecast is judged by what came', () => {
  it('with the share of steps that it covered, and its pinball loss over the mean load', () => {
    // Each third hour more than it said. Loss above: 0.9 × 20; below: 0.1 × 60.
    const load = (minute: number): number => (Math.floor(minute / 60) % 3 === 0 ? 120 : 40);
    const judgement = judgeForecast(aPast(), aHistory(load))!;
    expect(judgement.hours).toBe(24);
    expect(judgement.coverage).toBeCloseTo(2 / 3, 9);
    expect(judgement.pinballLoss).toBeCloseTo((18 + 2 * 6) / (120 + 2 * 40), 9);
  });

  it('covers what is exactly at the quantile', () => {
    expect(
      judgeForecast(
        aPast(),
        aHistory(() => 100),
      ),
    ).toEqual({ hours: 24, coverage: 1, pinballLoss: 0 });
  });

  it('over its first day, however far it reaches and whatever came before it', () => {
    const load = (minute: number): number => (minute < 0 || minute >= 1_440 ? 5_000 : 100);
    expect(judgeForecast(aPast({}, 48), aHistory(load, 30))).toEqual({ hours: 24, coverage: 1, pinballLoss: 0 });
  });

  it('leaves out what was not measured: a step with fewer than three of its five minutes', () => {
    const withMinutes =
      (count: number) =>
      (minute: number): number | null =>
        Math.floor(minute / 5) === 3 && minute % 5 >= count ? null : 100;
    expect(judgeForecast(aPast(), aHistory(withMinutes(3)))?.hours).toBe(24);
    expect(judgeForecast(aPast(), aHistory(withMinutes(2)))?.hours).toBeCloseTo(24 - 1 / 12, 9);
  });

  it.each([
    { when: 'half of its day was not measured', past: aPast(), history: aHistory((m) => (m < 700 ? null : 100), 23) },
    { when: 'nothing came', past: aPast(), history: aHistory(() => 0) },
    {
      when: 'the load is counted in something else by now',
      past: aPast({ source: 'busy-tasks' }),
      history: aHistory(() => 100),
    },
    { when: 'there was no forecast of the day', past: aPast({ day: null }), history: aHistory(() => 100) },
    {
      when: 'the history begins after it',
      past: aPast({ day: { ...aPast().day!, startsAt: later(STARTS, -48 * HOUR) } }),
      history: aHistory(() => 100),
    },
    {
      when: 'it is not on the grid of the history',
      past: aPast({ day: { ...aPast().day!, startsAt: later(STARTS, 7) } }),
      history: aHistory(() => 100),
    },
  ])('is not to be judged where $when', ({ past, history }) => {
    expect(judgeForecast(past, history)).toBeNull();
  });
});
