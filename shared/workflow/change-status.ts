import type { ChangeStatus } from '../domain/snapshot.ts';
import type { EpochMs } from '../domain/units.ts';
import type { StoredChange } from '../ports.ts';

/** The change in its next status, with what guards count by: failures in a row, and when it was applied last. */
export function movedTo(change: StoredChange, status: ChangeStatus['status'], now: EpochMs): StoredChange {
  const { lever, direction, failures, lastApplied, floorLastApplied } = change.status;
  // A size that is put back as often as it is lost says nothing of when sizes were kept for the next start.
  const isRestored = change.order.change.kind === 'tune-pgbouncer' && direction === 'repair';
  const stamp = status === 'applied' && !isRestored ? { [direction]: now } : {};
  return {
    ...change,
    status: {
      ...change.status,
      status,
      updatedAt: now,
      failures: status === 'failed' ? failures + 1 : status === 'applied' ? 0 : failures,
      ...(lever === 'predictive'
        ? { floorLastApplied: { ...floorLastApplied, ...stamp } }
        : { lastApplied: { ...lastApplied, ...stamp } }),
    },
  };
}
