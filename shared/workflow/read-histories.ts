import type { ServicePolicy } from '../config/policy.ts';
import { metricKey, type MetricQuery } from '../domain/metric-query.ts';
import { NOT_ASKED, type Reading, seen, type Series, type Unseen } from '../domain/reading.ts';
import { DAY, type EpochMs, MINUTE, type Seconds } from '../domain/units.ts';
import {
  busyTaskHistory,
  COARSE_SECONDS,
  FINE_WINDOW,
  historyFrame,
  type Recorded,
  requestHistory,
  type Sampling,
  type ServiceHistory,
  type ServiceMetrics,
  type SourceReason,
} from '../forecast/service-history.ts';
import { cpuHistoryQuery, requestHistoryQuery } from '../levers/metric-queries.ts';
import type { MetricReader } from '../ports.ts';

type Queries = { readonly [Part in keyof Recorded]: MetricQuery | null };
type ServiceQueries = { readonly [Metric in keyof ServiceMetrics]: Queries };

const NO_QUERIES: Queries = { fine: null, coarse: null };

/**
 * The load that services had, in as few calls as CloudWatch allows: one for the requests and five-minute CPU of all, and one
 * for the CPU by the minute of those whose requests are not there or do not explain it. Statistics of one metric are asked
 * for together, which CloudWatch counts as one metric.
 *
 * @returns in the order of the services; unseen where CloudWatch did not answer. What it has no points of is an empty history.
 */
export async function readHistories(
  services: readonly ServicePolicy[],
  historyDays: number,
  metrics: MetricReader,
  now: EpochMs,
): Promise<readonly Reading<ServiceHistory>[]> {
  const frame = historyFrame(historyDays, now);
  const asked = services.map((service) => queriesOf(service, historyDays * DAY));
  const first = await readAll(
    asked.map(({ requests, cpu, samples }) =>
      requests === NO_QUERIES
        ? { requests, cpu, samples }
        : { requests, cpu: coarseOnly(cpu), samples: coarseOnly(samples) },
    ),
    metrics,
    now,
  );
  const counted = first.map((answers, index) => {
    const service = services[index];
    if (service === undefined) throw new RangeError('more answers than services');
    return 'kind' in answers ? answers : requestHistory(answers, frame, samplingOf(service));
  });
  const left = asked.map(({ requests, cpu, samples }, index) => {
    const needsMinutes = requests !== NO_QUERIES && isReason(counted[index]);
    return needsMinutes ? { requests: NO_QUERIES, cpu, samples } : NOTHING_TO_ASK;
  });
  const second = await readAll(left, metrics, now);
  return services.map((service, index) => {
    const history = counted[index] ?? NOT_ASKED;
    if (!isReason(history)) return 'kind' in history ? history : seen(history, now);
    const answers = left[index] === NOTHING_TO_ASK ? first[index] : second[index];
    if (answers === undefined || 'kind' in answers) return answers ?? NOT_ASKED;
    return seen(busyTaskHistory(answers, frame, samplingOf(service), history), now);
  });
}

const NOTHING_TO_ASK: ServiceQueries = { requests: NO_QUERIES, cpu: NO_QUERIES, samples: NO_QUERIES };

type Counted = ServiceHistory | SourceReason | Unseen;

function isReason(counted: Counted | undefined): counted is SourceReason {
  return counted !== undefined && 'code' in counted;
}

function samplingOf({ targetTracking }: ServicePolicy): Sampling {
  return targetTracking.metricResolution === '20s' ? 'maybe-every-20-seconds' : 'by-the-minute';
}

function queriesOf(service: ServicePolicy, window: Seconds): ServiceQueries {
  const inBoth = (query: (periodSeconds: Seconds, windowSeconds: Seconds) => MetricQuery | null): Queries => ({
    fine: query(MINUTE, Math.min(window, FINE_WINDOW)),
    coarse: query(COARSE_SECONDS, window),
  });
  const requests = inBoth((period, seconds) => requestHistoryQuery(service, period, seconds));
  return {
    requests: requests.fine === null ? NO_QUERIES : requests,
    cpu: inBoth((period, seconds) => cpuHistoryQuery(service, 'Average', period, seconds)),
    samples: inBoth((period, seconds) => cpuHistoryQuery(service, 'SampleCount', period, seconds)),
  };
}

function coarseOnly({ coarse }: Queries): Queries {
  return { fine: null, coarse };
}

/** The answers to each set of queries; one that CloudWatch did not give makes the whole set unseen. */
async function readAll(
  sets: readonly ServiceQueries[],
  metrics: MetricReader,
  now: EpochMs,
): Promise<readonly (ServiceMetrics | Unseen)[]> {
  const queries = sets.flatMap(({ requests, cpu, samples }) =>
    [requests, cpu, samples].flatMap(({ fine, coarse }) => [fine, coarse].filter((query) => query !== null)),
  );
  const answers = queries.length === 0 ? [] : await metrics.read(queries, now);
  const byKey = new Map(queries.map((query, index) => [metricKey(query), answers[index] ?? NOT_ASKED]));
  const answerTo = (query: MetricQuery | null): Reading<Series> =>
    query === null ? NOT_ASKED : (byKey.get(metricKey(query)) ?? NOT_ASKED);
  const recorded = ({ fine, coarse }: Queries): Recorded => ({ fine: answerTo(fine), coarse: answerTo(coarse) });
  return sets.map(({ requests, cpu, samples }) => {
    const set: ServiceMetrics = {
      requests: requests === NO_QUERIES ? null : recorded(requests),
      cpu: recorded(cpu),
      samples: recorded(samples),
    };
    return unreadableIn(set) ?? set;
  });
}

function unreadableIn({ requests, cpu, samples }: ServiceMetrics): Unseen | null {
  for (const { fine, coarse } of [cpu, samples, ...(requests === null ? [] : [requests])]) {
    for (const reading of [fine, coarse]) {
      if (reading.kind === 'unseen' && reading.because.code === 'unreadable') return reading;
    }
  }
  return null;
}
