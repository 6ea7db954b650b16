import type { ForecastOfService } from '../shared/workflow/forecast-context.ts';
import type { ForecastJournal } from './journal.ts';

/** A line for each record, and the numbers of the day. */
export function journalForecast({ fleet, told, measured }: ForecastOfService, journal: ForecastJournal): void {
  for (const { resource, transition, lever, sentence, decisionId } of told) {
    journal.tell('audit record', { fleet, resource, transition, lever, sentence, decisionId });
  }
  for (const { metric, value } of measured) journal.measure(metric, value, fleet);
}
