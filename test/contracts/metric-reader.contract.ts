import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { MetricQuery } from '../../shared/domain/metric-query.ts';
import type { MetricPoint, Reading, Series } from '../../shared/domain/reading.ts';
import { DAY, type EpochMs, later, MINUTE } from '../../shared/domain/units.ts';
import type { MetricReader } from '../../shared/ports.ts';
import type { Subject } from './subject.ts';

export interface MetricReaderSubject extends Subject<MetricReader> {
  /** A whole minute, close enough to the present for the source to take points of it. */
  readonly now: EpochMs;
  /** Publishes one sample of a metric for each point. */
  publish(
    metric: Pick<MetricQuery, 'namespace' | 'metric' | 'dimensions'>,
    points: readonly MetricPoint[],
  ): Promise<void>;
}

function cpuOf(service: string, over: Partial<MetricQuery> = {}): MetricQuery {
  return {
    namespace: 'AWS/ECS',
    metric: 'CPUUtilization',
    dimensions: { ClusterName: 'production', ServiceName: service },
    statistic: 'Average',
    periodSeconds: MINUTE,
    windowSeconds: 10 * MINUTE,
    ...over,
  };
}

function pointsOf(reading: Reading<Series> | undefined): readonly MetricPoint[] {
  return reading?.kind === 'seen' ? reading.value.points : [];
}

/** What every metric reader promises. */
export function describeMetricReaderContract(name: string, makeSubject: () => Promise<MetricReaderSubject>): void {
  describe(`metric reader contract: ${name}`, () => {
    let subject: MetricReaderSubject;
    let now: EpochMs;
    beforeEach(async () => {
      subject = await makeSubject();
      now = subject.now;
    });
    afterEach(() => subject.close());

    const minutesAgo = (minutes: number): EpochMs => later(now, -minutes * MINUTE);

    it('gives the points of the window, oldest first, with the start of their period', async () => {
      const points = [3, 2, 1].map((minutes) => ({ at: minutesAgo(minutes), value: 40 + minutes }));
      await subject.publish(cpuOf('core-api'), points);
      expect(await subject.port.read([cpuOf('core-api')], now)).toEqual([
        { kind: 'seen', at: minutesAgo(1), value: { periodSeconds: MINUTE, points } },
      ]);
    });

    it('cuts at both ends: before the window, and the minute that still runs', async () => {
      const points = [11, 10, 1, 0].map((minutes) => ({ at: minutesAgo(minutes), value: minutes }));
      await subject.publish(cpuOf('core-api'), points);
      for (const seconds of [0, 59]) {
        const [reading] = await subject.port.read([cpuOf('core-api')], later(now, seconds));
        expect(pointsOf(reading).map(({ value }) => value)).toEqual([10, 1]);
      }
      const [aMinuteLater] = await subject.port.read([cpuOf('core-api')], later(now, 60));
      expect(pointsOf(aMinuteLater).map(({ value }) => value)).toEqual([1, 0]);
    });

    it('answers each query in its place, equal ones alike', async () => {
      await subject.publish(cpuOf('core-api'), [{ at: minutesAgo(1), value: 61 }]);
      await subject.publish(cpuOf('worker'), [{ at: minutesAgo(2), value: 12 }]);
      const readings = await subject.port.read(
        [cpuOf('worker'), cpuOf('nobody'), cpuOf('core-api'), cpuOf('worker')],
        now,
      );
      expect(readings.map((reading) => pointsOf(reading)[0]?.value)).toEqual([12, undefined, 61, 12]);
      expect(readings[1]).toEqual({ kind: 'unseen', because: { code: 'no-data' } });
    });

    it('cuts each query to its own window, however long the others are', async () => {
      const points = [3 * DAY, 20 * MINUTE, MINUTE].map((seconds) => ({ at: later(now, -seconds), value: seconds }));
      await subject.publish(cpuOf('core-api'), points);
      const windows = [10 * MINUTE, 7 * DAY, 30 * MINUTE];
      const readings = await subject.port.read(
        windows.map((windowSeconds) => cpuOf('core-api', { windowSeconds })),
        now,
      );
      expect(readings.map((reading) => pointsOf(reading).length)).toEqual([1, 3, 2]);
    });

    it('does not invent values where there are gaps, and hands negative ones on', async () => {
      const points = [9, 5, 2].map((minutes) => ({ at: minutesAgo(minutes), value: -minutes }));
      await subject.publish(cpuOf('core-api'), points);
      const [reading] = await subject.port.read([cpuOf('core-api')], now);
      expect(pointsOf(reading)).toEqual(points);
    });

    it('tells metrics apart by name, dimensions and statistic', async () => {
      await subject.publish(cpuOf('core-api'), [{ at: minutesAgo(1), value: 61 }]);
      const readings = await subject.port.read(
        [
          cpuOf('core-api', { statistic: 'SampleCount' }),
          cpuOf('core-api', { metric: 'MemoryUtilization' }),
          cpuOf('core-api'),
        ],
        now,
      );
      expect(readings.map((reading) => pointsOf(reading)[0]?.value)).toEqual([1, undefined, 61]);
    });

    it('needs no query to answer none', async () => {
      expect(await subject.port.read([], now)).toEqual([]);
    });
  });
}
