import type { ChangeStatus } from '../domain/snapshot.ts';
import type { EpochMs } from '../domain/units.ts';
import type { StoredChange } from '../ports.ts';

/** The change in its next status, with what guards count by: failures in a row, and when it was applied last. */
export function movedTo(change: StoredChange, status: ChangeStatus['status'], now: EpochMs): StoredChange {
  const { direction, failures, lastApplied } = change.status;
  return {
    ...change,
    status: {
      ...change.status,
      status,
      updatedAt: now,
      failures: status === 'failed' ? failures + 1 : status === 'applied' ? 0 : failures,
      lastApplied: status === 'applied' ? { ...lastApplied, [direction]: now } : lastApplied,
    },
  };
}
