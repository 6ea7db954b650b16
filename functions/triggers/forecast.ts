import type { Policy } from '../../shared/config/policy.ts';
import { parseForecastRequest } from '../../shared/events/forecast-request.ts';
import type { ForecastDependencies } from '../../shared/workflow/forecast-context.ts';
import { refuseMalformed } from '../../shared/workflow/refuse-malformed.ts';
import { type ForecastReport, runForecasts } from '../../shared/workflow/run-forecasts.ts';
import type { ForecastJournal } from '../journal.ts';
import { journalForecast } from '../journal-forecast.ts';
import { type Handler, lambda } from '../lambda.ts';
import { forecastDependencies, packaged } from '../production.ts';

export interface ForecastAnswer {
  readonly forecast: readonly string[];
  readonly handedOver: number;
}

export const createHandler =
  (policy: Policy, deps: ForecastDependencies, journal: ForecastJournal): Handler<ForecastAnswer> =>
  async (event, context) => {
    const trigger = { kind: 'forecast', id: context.awsRequestId } as const;
    const request = await refuseMalformed(() => parseForecastRequest(event), trigger, policy, deps);
    const remaining = (): number => context.getRemainingTimeInMillis();
    const report = await runForecasts(request, context.awsRequestId, policy, remaining, deps);
    for (const one of report.done) journalForecast(one, journal);
    if (report.failed.length > 0) throw failureOf(report);
    return {
      forecast: report.done.map(({ fleet, service }) => `${fleet}/${service}`),
      handedOver: report.handedOver.reduce((sum, { services }) => sum + services.length, 0),
    };
  };

/** Lambda logs the message of what is thrown and nothing behind it: the message has to say it all. */
function failureOf({ failed, done }: ForecastReport): AggregateError {
  const told = failed.map(
    ({ wanted: { fleet, service }, error }) =>
      `${fleet.name}/${service.name}: ${error instanceof Error ? error.message : String(error)}`,
  );
  return new AggregateError(
    failed.map(({ error }) => error),
    `${failed.length} of ${failed.length + done.length} forecasts failed: ${told.join('; ')}`,
  );
}

export const handler = lambda((journal) => {
  const stack = packaged();
  return createHandler(stack.policy, forecastDependencies(stack), journal);
});
