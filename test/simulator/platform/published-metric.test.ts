import { describe, expect, it } from '@jest/globals';
import type { MetricQuery } from '../../../shared/domain/metric-query.ts';
import { HOUR, later, MINUTE } from '../../../shared/domain/units.ts';
import { poolerPeakQuery } from '../../../shared/levers/metric-queries.ts';
import { PublishedMetric } from '../../../simulator/platform/published-metric.ts';
import { at } from '../../support/builders/time.ts';

const QUERY: MetricQuery = poolerPeakQuery('production', 2);

describe('a metric that a function publishes', () => {
  it('has the highest value of each hour, on the hour, oldest first', () => {
    const metric = new PublishedMetric();
    for (let minute = 0; minute < 120; minute += 1) metric.put(later(at('09:30'), minute * MINUTE), minute % 45);
    expect(metric.readHighest(QUERY, at('11:30'))).toEqual({
      kind: 'seen',
      at: at('11:00'),
      value: {
        periodSeconds: HOUR,
        points: [
          { at: at('09:00'), value: 29 },
          { at: at('10:00'), value: 44 },
          { at: at('11:00'), value: 29 },
        ],
      },
    });
  });

  it('has no point of an hour without a value, nor of one before the window', () => {
    const metric = new PublishedMetric();
    metric.put(at('06:00'), 90);
    metric.put(at('08:30'), 5);
    metric.put(at('10:59'), 7);
    expect(metric.readHighest(QUERY, at('11:00'))).toMatchObject({
      value: {
        points: [
          { at: at('08:00'), value: 5 },
          { at: at('10:00'), value: 7 },
        ],
      },
    });
    expect(metric.readHighest(QUERY, at('20:00'))).toMatchObject({ kind: 'unseen', because: { code: 'no-data' } });
  });
});
