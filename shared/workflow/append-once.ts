import type { AuditEntry, AuditRecord } from '../domain/audit.ts';
import { TransientError } from '../domain/errors.ts';
import type { AuditLog } from '../ports.ts';

/** How far back is looked for what was told already: more than can be told of a resource while one thing is under way. */
const RECENT = 20;
/** Others who write about the same resource at the same moment are few. */
const MOST_TRIES = 8;

/**
 * Appends a record unless it was told before: by somebody who looked at the same moment, or by ourselves before we were
 * cut off. The audit table itself is asked, because it is what must not tell anything twice.
 *
 * @param find finds what makes the record superfluous among the newest of the resource, newest first.
 * @returns what was found; `null`: the record was appended now.
 */
export async function appendOnce<Found>(
  audit: AuditLog,
  entry: AuditEntry,
  find: (newestFirst: readonly AuditRecord[]) => Found | null,
): Promise<Found | null> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const newestFirst = await audit.byResource(entry.resource, RECENT);
    const found = find(newestFirst);
    if (found !== null) return found;
    const result = await audit.append(entry, newestFirst[0]?.sequence ?? 0);
    if (result.kind === 'written') return null;
  }
  throw new TransientError(`appending to ${entry.resource}: others were first ${MOST_TRIES} times`);
}

/** Finds the record of the same decision that tells the same. */
export function sameOf({ decisionId, transition }: Pick<AuditEntry, 'decisionId' | 'transition'>) {
  return (newestFirst: readonly AuditRecord[]): AuditRecord | null =>
    newestFirst.find((record) => record.decisionId === decisionId && record.transition === transition) ?? null;
}

/** How the story of a change ends. */
export type OutcomeKind = 'applied' | 'skipped' | 'failed';

/** The outcome that was told of a decision; the first one counts. `null`: none yet. */
export function toldOutcome(newestFirst: readonly AuditRecord[], decisionId: string): OutcomeKind | null {
  const outcomes = newestFirst.flatMap((record) =>
    record.decisionId === decisionId && isOutcome(record.transition) ? [record.transition] : [],
  );
  return outcomes.at(-1) ?? null;
}

/** @see toldOutcome */
export async function readOutcome(audit: AuditLog, resource: string, decisionId: string): Promise<OutcomeKind | null> {
  return toldOutcome(await audit.byResource(resource, RECENT), decisionId);
}

function isOutcome(transition: AuditRecord['transition']): transition is OutcomeKind {
  return transition === 'applied' || transition === 'skipped' || transition === 'failed';
}
