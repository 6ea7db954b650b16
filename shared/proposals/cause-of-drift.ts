import type { AuditRecord } from '../domain/audit.ts';
import type { ProposableChange } from '../domain/change.ts';
import type { AuditLog } from '../ports.ts';

/** How far back the decision is looked for that changed something live. */
export const RECORDS_OF_CAUSE = 500;

/**
 * The decision by which a lever made live what the code lacks: it has the evidence. `null` where it is out of reach.
 *
 * @param about resource that was changed
 */
export async function causeOfDrift(
  change: ProposableChange,
  { lever, about }: { readonly lever: string; readonly about: string },
  audit: Pick<AuditLog, 'byResource'>,
): Promise<AuditRecord | null> {
  const newestFirst = await audit.byResource(about, RECORDS_OF_CAUSE);
  return newestFirst.find((record) => record.lever === lever && hasBrought(record, change)) ?? null;
}

function hasBrought({ transition, decision }: AuditRecord, change: ProposableChange): boolean {
  if (transition !== 'decided' || decision?.kind !== 'act' || decision.change.kind !== change.kind) return false;
  const { to } = decision.change;
  // The minimum is moved by others as well, and nothing of it is proposed.
  return change.kind === 'set-capacity-bounds'
    ? 'max' in to && to.max === change.to.max
    : JSON.stringify(sorted(to)) === JSON.stringify(sorted(change.to));
}

function sorted(value: object): unknown {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
