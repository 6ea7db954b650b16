import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import type { MetricPoint } from '../../../shared/domain/reading.ts';

export interface FakeCloudWatch {
  readonly client: CloudWatchClient;
  publish(
    namespace: string,
    metric: string,
    dimensions: Readonly<Record<string, string>>,
    points: readonly MetricPoint[],
  ): void;
}

/** Points of one metric that go on one page, so that longer ones are cut up. */
const POINTS_PER_PAGE = 2;

function keyOf(
  namespace = '',
  metric = '',
  dimensions: readonly { Name?: string | undefined; Value?: string | undefined }[] = [],
): string {
  const sorted = dimensions.map(({ Name = '', Value = '' }) => `${Name}=${Value}`).sort();
  return [namespace, metric, ...sorted].join('|');
}

/** GetMetricData: groups samples into periods that count from StartTime, and answers page by page. */
export function fakeCloudWatch(): FakeCloudWatch {
  const samples = new Map<string, MetricPoint[]>();
  const client = new CloudWatchClient({ region: 'eu-central-1' });

  const answerTo = (
    { Id, MetricStat }: MetricDataQuery,
    start: number,
    end: number,
  ): readonly [string, MetricPoint[]] => {
    const { Metric, Period = 0, Stat = '' } = MetricStat ?? {};
    if (!/^[a-z]\w*$/.test(Id ?? '')) throw new Error(`not an id: ${Id ?? ''}`);
    const inRange = (samples.get(keyOf(Metric?.Namespace, Metric?.MetricName, Metric?.Dimensions)) ?? []).filter(
      ({ at }) => at >= start && at < end,
    );
    const periods = Map.groupBy(
      inRange,
      ({ at }) => start + Math.floor((at - start) / (Period * 1000)) * Period * 1000,
    );
    const points = [...periods].map(([at, group]) => ({
      at,
      value: statistic(
        Stat,
        group.map(({ value }) => value),
      ),
    }));
    return [Id ?? '', points.sort((a, b) => a.at - b.at)];
  };

  mockClient(client)
    .on(GetMetricDataCommand)
    .callsFake((input: GetMetricDataCommandInput) => {
      const { MetricDataQueries: queries = [], StartTime, EndTime, ScanBy, NextToken } = input;
      if (queries.length === 0 || queries.length > 500) throw new Error(`${queries.length} queries`);
      if (new Set(queries.map(({ Id }) => Id)).size < queries.length) throw new Error('an id is there twice');
      if (ScanBy !== 'TimestampAscending') throw new Error('this fake only scans upwards');
      const from = Number(NextToken ?? 0);
      const answers = queries.map((query) => answerTo(query, Number(StartTime), Number(EndTime)));
      const isMore = answers.some(([, points]) => points.length > from + POINTS_PER_PAGE);
      const MetricDataResults = answers
        .filter(([, points]) => from === 0 || points.length > from)
        .map(([Id, points]): MetricDataResult => {
          const page = points.slice(from, from + POINTS_PER_PAGE);
          return {
            Id,
            Label: Id,
            Timestamps: page.map(({ at }) => new Date(at)),
            Values: page.map(({ value }) => value),
            StatusCode: points.length > from + POINTS_PER_PAGE ? 'PartialData' : 'Complete',
          };
        });
      return { MetricDataResults, NextToken: isMore ? String(from + POINTS_PER_PAGE) : undefined };
    });
  return {
    client,
    publish: (namespace, metric, dimensions, points) => {
      const key = keyOf(
        namespace,
        metric,
        Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      );
      samples.set(key, [...(samples.get(key) ?? []), ...points]);
    },
  };
}

function statistic(name: string, values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  const statistics: Readonly<Record<string, number>> = {
    Average: sum / values.length,
    Maximum: Math.max(...values),
    Minimum: Math.min(...values),
    SampleCount: values.length,
    Sum: sum,
  };
  return statistics[name] ?? Number.NaN;
}
