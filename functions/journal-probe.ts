import type { ProbedFleet } from '../shared/workflow/probe.ts';
import type { ProbeJournal } from './journal.ts';
import { journalLook } from './journal-look.ts';

/** A line for each record, what a person should see among the warnings, and the numbers for alarms and levers. */
export function journalProbe({ look, measured, noticed }: ProbedFleet, journal: ProbeJournal): void {
  journalLook(look, journal);
  for (const { resource, sentence } of noticed) journal.warn('noticed', { fleet: look.fleet, resource, sentence });
  for (const { metric, value } of measured) journal.measure(metric, value, look.fleet);
}
