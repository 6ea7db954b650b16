import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { MetricUnit, Metrics } from '@aws-lambda-powertools/metrics';
import middy, { type MiddlewareObj, type MiddyfiedHandler } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { WholeJournal } from './journal.ts';

export type Handler<Result> = (
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis' | 'awsRequestId'>,
) => Promise<Result>;

const logger = new Logger({ serviceName: 'fulcrum' });
const metrics = new Metrics({ namespace: 'Fulcrum', serviceName: 'fulcrum', singleMetric: false });

/** Logs are for people, metrics for machines; what happened and why stands in the audit table. */
const journal: WholeJournal = {
  tell: (message, details) => {
    logger.info(message, details);
  },
  warn: (message, details) => {
    logger.warn(message, details);
  },
  count: (metric, value) => {
    // A metric that nothing happened on costs as much as one that matters.
    if (value > 0) metrics.addMetric(metric, MetricUnit.Count, value);
  },
  // By fleet and nothing else: a dimension for each service would be a metric to pay for each, and alarms and levers ask
  // for exactly this one.
  measure: (metric: string, value: number, fleet: string) => {
    const single = metrics.singleMetric();
    single.clearDefaultDimensions();
    single.addDimension('fleet', fleet).addMetric(metric, unitOf(metric), value);
  },
};

function unitOf(metric: string): (typeof MetricUnit)[keyof typeof MetricUnit] {
  if (metric.endsWith('Percent')) return MetricUnit.Percent;
  if (metric.endsWith('Seconds')) return MetricUnit.Seconds;
  return metric.endsWith('Millis') ? MetricUnit.Milliseconds : MetricUnit.NoUnit;
}

/** What was counted goes out when the handler has ended. Of nothing the library would say so in a warning, every minute. */
function publishMetrics(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}
const publishing: MiddlewareObj = { after: publishMetrics, onError: publishMetrics };

/**
 * A Lambda: the handler is built once, at the first event, from what the stack gives it.
 *
 * @param build gets the journal and returns the handler; what it throws names a missing variable or policy.
 */
export function lambda<Result>(build: (journal: WholeJournal) => Handler<Result>): MiddyfiedHandler<unknown, Result> {
  let built: Handler<Result> | undefined;
  return middy<unknown, Result>()
    .use(injectLambdaContext(logger, { clearState: true }))
    .use(publishing)
    .handler((event: unknown, context: Context) => {
      built ??= build(journal);
      return built(event, context);
    });
}
