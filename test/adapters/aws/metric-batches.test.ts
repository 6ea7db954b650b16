import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { batchMetrics, POINTS_PER_CALL, QUERIES_PER_CALL } from '../../../shared/adapters/aws/metric-batches.ts';
import { type MetricQuery, metricKey } from '../../../shared/domain/metric-query.ts';
import { DAY, HOUR, instant, MINUTE, type Seconds } from '../../../shared/domain/units.ts';

const NOON = instant('2026-12-01T12:00:00Z');

function aQuery(service: string, windowSeconds: Seconds = 15 * MINUTE, periodSeconds: Seconds = MINUTE): MetricQuery {
  return {
    namespace: 'AWS/ECS',
    metric: 'CPUUtilization',
    dimensions: { ClusterName: 'production', ServiceName: service },
    statistic: 'Average',
    periodSeconds,
    windowSeconds,
  };
}

function many(count: number, windowSeconds?: Seconds, periodSeconds?: Seconds): readonly MetricQuery[] {
  return Array.from({ length: count }, (_, index) => aQuery(`s${index}`, windowSeconds, periodSeconds));
}

describe('batches of metric queries', () => {
  it.each([
    [0, 0],
    [1, 1],
    [500, 1],
    [501, 2],
    [1000, 2],
    [1001, 3],
  ])('%d metrics need %d calls', (metrics, calls) => {
    expect(batchMetrics(many(metrics), NOON)).toHaveLength(calls);
  });

  it('stay at that floor with short windows of different lengths', () => {
    const queries = many(1000).map((query, index) => ({ ...query, windowSeconds: (1 + (index % 30)) * MINUTE }));
    expect(batchMetrics(queries, NOON)).toHaveLength(2);
  });

  it('hold each metric once, however often and however it is asked for', () => {
    const reordered = { ...aQuery('s0'), dimensions: { ServiceName: 's0', ClusterName: 'production' } };
    const [batch] = batchMetrics([...many(3), ...many(3), reordered], NOON);
    expect(batch?.requests.map(({ query }) => query.dimensions['ServiceName'])).toEqual(['s0', 's1', 's2']);
  });

  it('give no more points than a call may: a week by the minute of ten services', () => {
    expect(batchMetrics(many(10, 7 * DAY), NOON)).toHaveLength(1);
    expect(batchMetrics(many(11, 7 * DAY), NOON)).toHaveLength(2);
    expect(batchMetrics(many(10, 7 * DAY + MINUTE), NOON)).toHaveLength(2);
  });

  it('keep long windows away from short ones, which would have to give as much', () => {
    const batches = batchMetrics([aQuery('week', 7 * DAY), ...many(499)], NOON);
    expect(batches.map(({ requests }) => requests.length)).toEqual([499, 1]);
  });

  it('keep minutes apart from what reaches further back than CloudWatch has minutes', () => {
    const fifteenDays = many(2, 15 * DAY - HOUR);
    const starts = (batches: ReturnType<typeof batchMetrics>) =>
      batches.map(({ requests, start }) => [requests.length, (NOON - start) / 1000 / DAY]);
    expect(starts(batchMetrics([...fifteenDays, ...many(2, 28 * DAY, 5 * MINUTE)], NOON))).toEqual([
      [2, 15 - 1 / 24],
      [2, 28],
    ]);
    // Within the 15 days they share a call.
    expect(starts(batchMetrics([...many(2, DAY), ...many(2, 15 * DAY, 5 * MINUTE)], NOON))).toEqual([[4, 15]]);
  });

  it('ask for a metric alone that has too many points by itself', () => {
    const batches = batchMetrics([aQuery('fast', 3 * HOUR, 0.1)], NOON);
    expect(batches.map(({ requests }) => requests.length)).toEqual([1]);
  });

  // prettier-ignore
  it.each([
    { when: 'on the minute',                  now: '12:00:00.000', period: MINUTE,     window: 15 * MINUTE, start: '2026-12-01T11:45:00Z', end: '2026-12-01T12:00:00Z' },
    { when: 'in the middle of a minute',      now: '12:00:59.999', period: MINUTE,     window: 15 * MINUTE, start: '2026-12-01T11:45:00Z', end: '2026-12-01T12:00:00Z' },
    { when: 'in the middle of five minutes',  now: '12:04:00.000', period: 5 * MINUTE, window: 15 * MINUTE, start: '2026-12-01T11:45:00Z', end: '2026-12-01T12:00:00Z' },
    { when: 'the window is no whole number',  now: '12:00:00.000', period: 5 * MINUTE, window: 11 * MINUTE, start: '2026-12-01T11:45:00Z', end: '2026-12-01T12:00:00Z' },
    { when: '20-second periods',              now: '12:00:39.000', period: 20,         window: 60,          start: '2026-12-01T11:59:20Z', end: '2026-12-01T12:00:20Z' },
    { when: 'minutes are kept for 15 days',   now: '12:00:00.000', period: MINUTE,     window: 30 * DAY,    start: '2026-11-16T12:00:00Z', end: '2026-12-01T12:00:00Z' },
    { when: '20 seconds for 3 hours',         now: '12:00:00.000', period: 20,         window: DAY,         start: '2026-12-01T09:00:00Z', end: '2026-12-01T12:00:00Z' },
    { when: '5 minutes for 63 days',          now: '12:00:00.000', period: 5 * MINUTE, window: 90 * DAY,    start: '2026-09-29T12:00:00Z', end: '2026-12-01T12:00:00Z' },
    { when: 'hours for 455 days',             now: '12:00:00.000', period: HOUR,       window: 900 * DAY,   start: '2025-09-02T12:00:00Z', end: '2026-12-01T12:00:00Z' },
  ])('$when: from $start to $end', ({ now, period, window, start, end }) => {
    const [batch] = batchMetrics([aQuery('a', window, period)], instant(`2026-12-01T${now}Z`));
    expect(batch?.requests).toEqual([
      { key: expect.any(String), query: aQuery('a', window, period), start: instant(start), end: instant(end) },
    ]);
    expect({ start: batch?.start, end: batch?.end }).toEqual({ start: instant(start), end: instant(end) });
  });

  const anyQuery = fc
    .record({
      service: fc.integer({ min: 0, max: 60 }),
      windowSeconds: fc.constantFrom(MINUTE, 7 * MINUTE, HOUR, 3 * HOUR, DAY, 14 * DAY),
      periodSeconds: fc.constantFrom(20, MINUTE, 5 * MINUTE, HOUR),
    })
    .map(({ service, windowSeconds, periodSeconds }) => aQuery(`s${service}`, windowSeconds, periodSeconds));

  it('law: each metric is asked for once, in a range that holds its window and meets borders of its period', () => {
    fc.assert(
      fc.property(fc.array(anyQuery, { maxLength: 200 }), fc.nat(10 * DAY), (queries, seconds) => {
        const batches = batchMetrics(queries, NOON + seconds * 1000);
        const asked = batches.flatMap(({ requests }) => requests.map(({ key }) => key));
        expect([...asked].sort()).toEqual([...new Set(queries.map(metricKey))].sort());
        for (const { requests, start, end } of batches) {
          expect(requests.length).toBeLessThanOrEqual(QUERIES_PER_CALL);
          let points = 0;
          for (const { query, start: from, end: to } of requests) {
            expect(start <= from && from < to && to <= end).toBe(true);
            expect((from - start) % (query.periodSeconds * 1000)).toBe(0);
            points += (end - start) / 1000 / query.periodSeconds;
          }
          expect(requests.length === 1 || points <= POINTS_PER_CALL + 1).toBe(true);
        }
      }),
    );
  });
});
