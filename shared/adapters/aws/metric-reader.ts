import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { type MetricQuery, metricKey } from '../../domain/metric-query.ts';
import { type MetricPoint, type Reading, seen, type Series, unseen } from '../../domain/reading.ts';
import type { EpochMs } from '../../domain/units.ts';
import type { MetricReader } from '../../ports.ts';
import { concurrently } from './concurrently.ts';
import { plainText, unseenBecause } from './errors.ts';
import { batchMetrics, type MetricBatch, type MetricRequest } from './metric-batches.ts';

const CALLS_AT_ONCE = 4;
/** A batch fits one page by its number of points; a few more are room for pages that CloudWatch cuts short. */
const MOST_PAGES = 20;

/** Amazon CloudWatch of one region. What it does not answer is unseen; values are handed on as they are. */
export class AwsMetricReader implements MetricReader {
  readonly #cloudWatch: CloudWatchClient;

  constructor(cloudWatch: CloudWatchClient) {
    this.#cloudWatch = cloudWatch;
  }

  async read(queries: readonly MetricQuery[], now: EpochMs): Promise<readonly Reading<Series>[]> {
    const answers = await concurrently(batchMetrics(queries, now), CALLS_AT_ONCE, (batch) =>
      readBatch(this.#cloudWatch, batch),
    );
    const byKey = new Map(answers.flat());
    return queries.map((query) => byKey.get(metricKey(query)) ?? unseen({ code: 'no-data' }));
  }
}

type Answer = readonly [key: string, series: Reading<Series>];

async function readBatch(cloudWatch: CloudWatchClient, batch: MetricBatch): Promise<readonly Answer[]> {
  const input = inputOf(batch);
  const pages: MetricDataResult[][] = [];
  try {
    let NextToken: string | undefined;
    do {
      const page = await cloudWatch.send(new GetMetricDataCommand({ ...input, NextToken }));
      pages.push(page.MetricDataResults ?? []);
      NextToken = page.NextToken;
      if (pages.length === MOST_PAGES && NextToken !== undefined) {
        return unreadable(batch, 'the answer of CloudWatch does not end');
      }
    } while (NextToken !== undefined);
  } catch (error) {
    const blind = unseenBecause(error);
    return batch.requests.map(({ key }) => [key, blind] as const);
  }
  const byId = Map.groupBy(pages.flat(), ({ Id }) => Id);
  return batch.requests.map((request, index) => [request.key, seriesOf(request, byId.get(idOf(index)) ?? [])] as const);
}

function unreadable(batch: MetricBatch, detail: string): readonly Answer[] {
  return batch.requests.map(({ key }) => [key, unseen({ code: 'unreadable', detail })] as const);
}

/** Ids have to begin with a small letter. */
function idOf(index: number): string {
  return `m${index}`;
}

function inputOf({ requests, start, end }: MetricBatch): GetMetricDataCommandInput {
  return {
    StartTime: new Date(start),
    EndTime: new Date(end),
    ScanBy: 'TimestampAscending',
    MetricDataQueries: requests.map(({ query }, index) => ({
      Id: idOf(index),
      MetricStat: {
        Metric: {
          Namespace: query.namespace,
          MetricName: query.metric,
          Dimensions: Object.entries(query.dimensions)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([Name, Value]) => ({ Name, Value })),
        },
        Period: query.periodSeconds,
        Stat: query.statistic,
      },
      ReturnData: true,
    })),
  };
}

/** Joins the pages of one metric and cuts them to the window that was asked for. */
function seriesOf({ query, start, end }: MetricRequest, pages: readonly MetricDataResult[]): Reading<Series> {
  const failed = pages.find(({ StatusCode }) => StatusCode === 'InternalError' || StatusCode === 'Forbidden');
  // The last page of a metric says whether there is more. Gaps must not pass for calm.
  const isCutShort = pages.at(-1)?.StatusCode === 'PartialData';
  if (failed !== undefined || isCutShort)
    return unseen({ code: 'unreadable', detail: complaint(failed ?? pages.at(-1)) });

  const points = new Map<EpochMs, MetricPoint>();
  for (const { Timestamps = [], Values = [] } of pages) {
    for (const [index, timestamp] of Timestamps.entries()) {
      const at = timestamp.getTime();
      const value = Values[index];
      if (value !== undefined && at >= start && at < end) points.set(at, { at, value });
    }
  }
  const sorted = [...points.values()].sort((a, b) => a.at - b.at);
  const last = sorted.at(-1);
  if (last === undefined) return unseen({ code: 'no-data' });
  return seen({ periodSeconds: query.periodSeconds, points: sorted }, last.at);
}

function complaint(page: MetricDataResult | undefined): string {
  const messages = (page?.Messages ?? []).map(({ Code = '', Value = '' }) => `${Code} ${Value}`);
  return plainText(['CloudWatch', page?.StatusCode ?? '', ...messages].join(' '));
}
