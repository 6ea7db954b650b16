import type { AuditRecord } from '../domain/audit.ts';
import { instant } from '../domain/units.ts';

/** Oldest first; at the same instant by resource, and within one by sequence. */
export function inTimeOrder(records: readonly AuditRecord[]): readonly AuditRecord[] {
  return [...records].sort(
    (a, b) =>
      instant(a.at) - instant(b.at) ||
      (a.resource === b.resource ? a.sequence - b.sequence : a.resource < b.resource ? -1 : 1),
  );
}
