import { describe, expect, it } from '@jest/globals';
import type { MetricQuery } from '../../../shared/domain/metric-query.ts';
import { instant, later, MINUTE } from '../../../shared/domain/units.ts';
import { MetricHistory, PUBLICATION_LAG } from '../../../simulator/platform/metric-history.ts';

const NOON = instant('2026-12-01T12:00:00Z');
const query = (over: Partial<MetricQuery> = {}): MetricQuery => ({
  namespace: 'AWS/ECS',
  metric: 'CPUUtilization',
  dimensions: {},
  statistic: 'Average',
  periodSeconds: 60,
  windowSeconds: 600,
  ...over,
});

/** Ten minutes: 1, 2, 3 … on average. */
function tenMinutes(): MetricHistory {
  const history = new MetricHistory(NOON);
  for (let minute = 1; minute <= 10; minute += 1) {
    for (const deviation of [-0.5, 0, 0.5]) history.add(minute + deviation);
  }
  return history;
}

const values = (history: MetricHistory, seconds: number, over: Partial<MetricQuery> = {}): unknown => {
  const reading = history.read(query(over), later(NOON, seconds));
  return reading.kind === 'seen' ? reading.value.points.map(({ value }) => value) : reading.because;
};

describe('a metric of the simulated CloudWatch', () => {
  it('shows a minute when it has ended and been published, and not a second sooner', () => {
    const history = tenMinutes();
    expect(values(history, MINUTE + PUBLICATION_LAG - 1)).toEqual({ code: 'no-data' });
    expect(values(history, MINUTE + PUBLICATION_LAG)).toEqual([1]);
    expect(values(history, 300 + PUBLICATION_LAG)).toEqual([1, 2, 3, 4, 5]);
  });

  it('shows the window that is asked for, each point at the start of its minute', () => {
    const reading = tenMinutes().read(query({ windowSeconds: 180 }), later(NOON, 600));
    expect(reading).toEqual({
      kind: 'seen',
      at: later(NOON, 480),
      value: {
        periodSeconds: 60,
        points: [
          { at: later(NOON, 420), value: 8 },
          { at: later(NOON, 480), value: 9 },
        ],
      },
    });
  });

  it('has nothing of the time before it began, nor of the future', () => {
    expect(values(tenMinutes(), 660, { windowSeconds: 86_400 })).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(values(tenMinutes(), 100_000)).toEqual({ code: 'no-data' });
  });

  // prettier-ignore
  it.each([
    { statistic: 'Sum' as const,         then: [15, 40] },
    { statistic: 'SampleCount' as const, then: [15, 40] },
    { statistic: 'Average' as const,     then: [3, 8] },
    { statistic: 'Maximum' as const,     then: [5, 10] },
  ])('puts five minutes together as their $statistic', ({ statistic, then }) => {
    expect(values(tenMinutes(), 660, { windowSeconds: 3_600, periodSeconds: 300, statistic })).toEqual(then);
  });

  it('counts periods from the epoch on, and shows of the newest what is there', () => {
    const history = new MetricHistory(later(NOON, 120));
    for (let step = 0; step < 21; step += 1) history.add(1);
    const reading = history.read(query({ periodSeconds: 300, statistic: 'Sum' }), later(NOON, 660));
    expect(reading).toMatchObject({
      value: {
        points: [
          { at: NOON, value: 3 },
          { at: later(NOON, 300), value: 4 },
        ],
      },
    });
  });

  it('has no part of a minute', () => {
    expect(values(tenMinutes(), 660, { periodSeconds: 20 })).toMatchObject({ code: 'unreadable' });
  });

  it('shows alarms its newest published minutes', () => {
    expect(tenMinutes().newest(3, later(NOON, 600))).toEqual([7, 8, 9]);
    expect(tenMinutes().newest(3, later(NOON, 90))).toEqual([]);
  });
});
