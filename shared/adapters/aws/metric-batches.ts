import { type MetricQuery, metricKey } from '../../domain/metric-query.ts';
import { DAY, earlier, type EpochMs, HOUR, MINUTE, type Seconds } from '../../domain/units.ts';

/** Limits of one GetMetricData call (CloudWatch API reference). */
export const QUERIES_PER_CALL = 500;
export const POINTS_PER_CALL = 100_800;

/** One metric to ask for, over [start, end). */
export interface MetricRequest {
  readonly key: string;
  readonly query: MetricQuery;
  readonly start: EpochMs;
  readonly end: EpochMs;
}

/** Requests that go in one call, over one time range that covers them all. */
export interface MetricBatch {
  readonly requests: readonly MetricRequest[];
  readonly start: EpochMs;
  readonly end: EpochMs;
}

/**
 * Splits queries over calls: equal ones are asked for once, 500 go in one call. A call has one time range, that of its
 * longest window, and gives at most 100,800 points; so queries are sorted by their window, and a batch ends before it
 * gives more. 500 queries of a quarter of an hour fill one call; a week by the minute of 10 services does, too. A range
 * that begins before CloudWatch remembers a period may give nothing of it at all: such queries do not share a call.
 */
export function batchMetrics(queries: readonly MetricQuery[], now: EpochMs): readonly MetricBatch[] {
  const requests = [...new Map(queries.map((query) => [metricKey(query), query]))]
    .map(([key, query]) => requestFor(key, query, now))
    .sort((a, b) => b.start - a.start || a.query.periodSeconds - b.query.periodSeconds || (a.key < b.key ? -1 : 1));
  const batches: { requests: MetricRequest[]; span: Span }[] = [];
  for (const request of requests) {
    const open = batches.at(-1);
    const span = widened(open?.span ?? null, request);
    const fits = pointsIn(span) <= POINTS_PER_CALL && startOf(span) >= span.notBefore;
    if (open !== undefined && open.requests.length < QUERIES_PER_CALL && fits) {
      open.requests.push(request);
      open.span = span;
    } else {
      batches.push({ requests: [request], span: widened(null, request) });
    }
  }
  return batches.map((batch) => ({ requests: batch.requests, start: startOf(batch.span), end: batch.span.end }));
}

/** The window ends with the newest period that is over, and begins no earlier than CloudWatch remembers. */
function requestFor(key: string, query: MetricQuery, now: EpochMs): MetricRequest {
  const { periodSeconds, windowSeconds } = query;
  const periodMs = periodSeconds * 1000;
  const end = Math.floor(now / periodMs) * periodMs;
  const periods = Math.ceil(Math.min(windowSeconds, retentionSeconds(periodSeconds)) / periodSeconds);
  return { key, query, start: end - periods * periodMs, end };
}

/** How long CloudWatch keeps points of a period (CloudWatch user guide, “Metrics retention”). */
function retentionSeconds(periodSeconds: Seconds): Seconds {
  if (periodSeconds < MINUTE) return 3 * HOUR;
  if (periodSeconds < 5 * MINUTE) return 15 * DAY;
  return periodSeconds < HOUR ? 63 * DAY : 455 * DAY;
}

/** What a batch asks for so far. */
interface Span {
  readonly earliest: EpochMs;
  readonly end: EpochMs;
  /** Since when CloudWatch remembers all of its periods. */
  readonly notBefore: EpochMs;
  /** Borders of this many seconds are borders of every period in the batch. */
  readonly gridSeconds: Seconds;
  readonly pointsPerSecond: number;
}

function widened(span: Span | null, { start, end, query: { periodSeconds } }: MetricRequest): Span {
  const notBefore = earlier(end, retentionSeconds(periodSeconds));
  return {
    notBefore: Math.max(span?.notBefore ?? notBefore, notBefore),
    earliest: Math.min(span?.earliest ?? start, start),
    end: Math.max(span?.end ?? end, end),
    gridSeconds: leastCommonMultiple(span?.gridSeconds ?? periodSeconds, periodSeconds),
    pointsPerSecond: (span?.pointsPerSecond ?? 0) + 1 / periodSeconds,
  };
}

/** CloudWatch counts periods from the start of the range, so it has to lie on a border of each of them. */
function startOf({ earliest, gridSeconds }: Span): EpochMs {
  const grid = gridSeconds * 1000;
  return Math.floor(earliest / grid) * grid;
}

function pointsIn(span: Span): number {
  return Math.round(((span.end - startOf(span)) / 1000) * span.pointsPerSecond);
}

function leastCommonMultiple(a: number, b: number): number {
  let [greater, less] = [a, b];
  while (less !== 0) [greater, less] = [less, greater % less];
  return (a / greater) * b;
}
