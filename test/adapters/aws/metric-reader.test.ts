import { CloudWatchClient, GetMetricDataCommand, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { AwsMetricReader } from '../../../shared/adapters/aws/metric-reader.ts';
import type { MetricQuery } from '../../../shared/domain/metric-query.ts';
import { later, MINUTE } from '../../../shared/domain/units.ts';
import { NOON } from '../../contracts/samples.ts';
import { awsError, BUG, PERMANENT, TRANSIENT } from './faults.ts';

const client = new CloudWatchClient({ region: 'eu-central-1' });
const aws = mockClient(client);
const reader = new AwsMetricReader(client);

function cpuOf(service: string): MetricQuery {
  return {
    namespace: 'AWS/ECS',
    metric: 'CPUUtilization',
    dimensions: { ServiceName: service, ClusterName: 'production' },
    statistic: 'Maximum',
    periodSeconds: MINUTE,
    windowSeconds: 10 * MINUTE,
  };
}

function many(count: number): readonly MetricQuery[] {
  return Array.from({ length: count }, (_, index) => cpuOf(`s${String(index).padStart(4, '0')}`));
}

function aResult(Id: string, minutesAgo: readonly number[], over: Partial<MetricDataResult> = {}): MetricDataResult {
  return {
    Id,
    Timestamps: minutesAgo.map((minutes) => new Date(later(NOON, -minutes * MINUTE))),
    Values: [...minutesAgo],
    StatusCode: 'Complete',
    ...over,
  };
}

const calls = (): number => aws.commandCalls(GetMetricDataCommand).length;

beforeEach(() => {
  aws.reset();
});

describe('what is asked', () => {
  it('is everything that CloudWatch needs, and nothing that it does not', async () => {
    aws.on(GetMetricDataCommand).resolves({});
    await reader.read([cpuOf('core-api')], later(NOON, 30));
    expect(aws.commandCalls(GetMetricDataCommand)[0]?.args[0].input).toEqual({
      StartTime: new Date(later(NOON, -10 * MINUTE)),
      EndTime: new Date(NOON),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [
        {
          Id: 'm0',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/ECS',
              MetricName: 'CPUUtilization',
              Dimensions: [
                { Name: 'ClusterName', Value: 'production' },
                { Name: 'ServiceName', Value: 'core-api' },
              ],
            },
            Period: 60,
            Stat: 'Maximum',
          },
          ReturnData: true,
        },
      ],
    });
  });

  it.each([
    [500, 1],
    [501, 2],
    [1000, 2],
  ])('%d metrics in %d calls', async (metrics, expected) => {
    aws.on(GetMetricDataCommand).resolves({});
    const readings = await reader.read(many(metrics), NOON);
    expect(readings).toHaveLength(metrics);
    expect(calls()).toBe(expected);
  });

  it('of equal queries is one, and all are answered', async () => {
    aws.on(GetMetricDataCommand).resolves({ MetricDataResults: [aResult('m0', [1])] });
    const readings = await reader.read(
      Array.from({ length: 700 }, () => cpuOf('core-api')),
      NOON,
    );
    expect(calls()).toBe(1);
    expect(aws.commandCalls(GetMetricDataCommand)[0]?.args[0].input.MetricDataQueries).toHaveLength(1);
    expect(new Set(readings.map(({ kind }) => kind))).toEqual(new Set(['seen']));
  });
});

describe('the answer', () => {
  const read = async (...results: MetricDataResult[]): Promise<unknown> => {
    aws.on(GetMetricDataCommand).resolves({ MetricDataResults: results });
    return (await reader.read([cpuOf('core-api')], NOON))[0];
  };

  it('is sorted, without doubles, and cut to the window', async () => {
    expect(await read(aResult('m0', [2, 11, 10, 3, 2, 0]))).toEqual({
      kind: 'seen',
      at: later(NOON, -2 * MINUTE),
      value: {
        periodSeconds: MINUTE,
        points: [10, 3, 2].map((minutes) => ({ at: later(NOON, -minutes * MINUTE), value: minutes })),
      },
    });
  });

  it('hands impossible values on: levers judge them', async () => {
    const values = [Number.NaN, -5, Infinity];
    expect(await read(aResult('m0', [3, 2, 1], { Values: values }))).toMatchObject({
      value: { points: values.map((value) => ({ value })) },
    });
  });

  it.each([
    ['no points', aResult('m0', [])],
    ['points of another metric only', aResult('m7', [1])],
    ['points outside the window only', aResult('m0', [0, 60])],
    ['timestamps without values', aResult('m0', [1], { Values: [] })],
    ['no lists at all', { Id: 'm0' }],
  ])('with %s is no data', async (_what, result) => {
    expect(await read(result)).toEqual({ kind: 'unseen', because: { code: 'no-data' } });
  });

  it.each([
    ['InternalError', 'CloudWatch InternalError Boom try later'],
    ['Forbidden', 'CloudWatch Forbidden Boom try later'],
    ['PartialData', 'CloudWatch PartialData Boom try later'],
  ] as const)('with status %s is unreadable, though it has points', async (StatusCode, detail) => {
    const Messages = [{ Code: 'Boom', Value: 'try\nlater' }];
    expect(await read(aResult('m0', [1], { StatusCode, Messages }))).toEqual({
      kind: 'unseen',
      because: { code: 'unreadable', detail },
    });
  });

  it('of one metric does not spoil that of another', async () => {
    aws.on(GetMetricDataCommand).resolves({
      MetricDataResults: [aResult('m0', [1], { StatusCode: 'InternalError' }), aResult('m1', [1])],
    });
    const readings = await reader.read([cpuOf('a'), cpuOf('b')], NOON);
    expect(readings.map(({ kind }) => kind)).toEqual(['unseen', 'seen']);
  });
});

describe('pages', () => {
  it('are joined, with the token of the page before', async () => {
    aws
      .on(GetMetricDataCommand)
      .resolvesOnce({ MetricDataResults: [aResult('m0', [3], { StatusCode: 'PartialData' })], NextToken: 'two' })
      .resolvesOnce({ MetricDataResults: [aResult('m0', [2], { StatusCode: 'PartialData' })], NextToken: 'three' })
      .resolvesOnce({ MetricDataResults: [aResult('m0', [1])] });
    const [reading] = await reader.read([cpuOf('core-api')], NOON);
    expect(reading).toMatchObject({ kind: 'seen', value: { points: [{ value: 3 }, { value: 2 }, { value: 1 }] } });
    expect(aws.commandCalls(GetMetricDataCommand).map(({ args: [{ input }] }) => input.NextToken)).toEqual([
      undefined,
      'two',
      'three',
    ]);
  });

  it('that fail on the way blind the call, not the half of it', async () => {
    aws
      .on(GetMetricDataCommand)
      .resolvesOnce({ MetricDataResults: [aResult('m0', [3])], NextToken: 'two' })
      .rejectsOnce(awsError('InternalServiceFault', 500));
    expect(await reader.read([cpuOf('core-api')], NOON)).toMatchObject([{ kind: 'unseen' }]);
  });

  it('that never end are given up', async () => {
    aws.on(GetMetricDataCommand).resolves({ MetricDataResults: [aResult('m0', [1])], NextToken: 'more' });
    expect(await reader.read([cpuOf('core-api')], NOON)).toEqual([
      { kind: 'unseen', because: { code: 'unreadable', detail: 'the answer of CloudWatch does not end' } },
    ]);
    expect(calls()).toBe(20);
  });
});

describe('faults', () => {
  it.each([...TRANSIENT, ...PERMANENT])(
    '%s makes the metrics of its call unseen, and those of no other',
    async (_name, error) => {
      aws
        .on(GetMetricDataCommand)
        .rejectsOnce(error)
        .resolves({ MetricDataResults: [aResult('m0', [1])] });
      const readings = await reader.read(many(501), NOON);
      expect(readings.slice(0, 500).every(({ kind }) => kind === 'unseen')).toBe(true);
      expect(readings[0]).toMatchObject({
        because: { code: 'unreadable', detail: expect.stringContaining(error.name) },
      });
      expect(readings[500]).toMatchObject({ kind: 'seen' });
    },
  );

  it('a bug is not news of the world', async () => {
    aws.on(GetMetricDataCommand).rejects(BUG);
    await expect(reader.read([cpuOf('core-api')], NOON)).rejects.toBe(BUG);
  });
});
