import type { LookReport } from '../shared/workflow/look.ts';
import type { Journal } from './journal.ts';

/** One line for each record that a look wrote to the audit table. */
export function journalLook({ fleet, told, ordered }: LookReport, journal: Journal): void {
  for (const { resource, transition, lever, sentence, decisionId } of told) {
    journal.tell('audit record', { fleet, resource, transition, lever, sentence, decisionId });
  }
  journal.count('ChangesOrdered', ordered.length);
}
