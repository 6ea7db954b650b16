import { assertNever } from '../domain/assert-never.ts';
import type { Change } from '../domain/change.ts';
import type { FailureReason, VerifyReason } from '../domain/reason.ts';
import type { ServiceSnapshot } from '../domain/snapshot.ts';
import { type EpochMs, later, MINUTE, type Seconds } from '../domain/units.ts';
import type { StoredChange } from '../ports.ts';
import { comparisonWith, presentAhead, stillAhead } from './compare-change.ts';

/** What becomes of a change that an earlier look has set on its way. */
export type FollowUp =
  | { readonly kind: 'wait' }
  /** The order may have been lost; it carries its decision, so that arriving twice does no harm. */
  | { readonly kind: 'send-again' }
  | { readonly kind: 'give-up'; readonly because: FailureReason }
  | { readonly kind: 'verify'; readonly because: VerifyReason };

/** An order is carried out in seconds: after this it counts as lost. */
const LOST_AFTER: Seconds = 90;
/** No action has closed it this long after the order expired: none will. */
const GIVE_UP_AFTER_EXPIRY: Seconds = 15 * MINUTE;
/** Time for tasks to start and metrics to show whether a change helped. */
const SETTLE: Seconds = 10 * MINUTE;

export function followUp(change: StoredChange, seenNow: ServiceSnapshot | undefined, now: EpochMs): FollowUp {
  const { status, order } = change;
  switch (status.status) {
    case 'ordered':
    case 'attempting':
      if (now > later(order.expiresAt, GIVE_UP_AFTER_EXPIRY)) {
        return {
          kind: 'give-up',
          because: {
            code: 'attempts-exhausted',
            attempts: status.failures + 1,
            detail: 'no action has closed the order',
          },
        };
      }
      return now > later(status.updatedAt, LOST_AFTER) ? { kind: 'send-again' } : { kind: 'wait' };
    case 'applied': {
      if (now < later(status.updatedAt, SETTLE) || seenNow === undefined) return { kind: 'wait' };
      const because = verification(change, seenNow, now);
      return because === null ? { kind: 'wait' } : { kind: 'verify', because };
    }
    case 'verified':
    case 'skipped':
    case 'failed':
      return { kind: 'wait' };
  }
}

/** `null`: it cannot be seen now. */
function verification(
  { order: { change } }: StoredChange,
  seenNow: ServiceSnapshot,
  now: EpochMs,
): VerifyReason | null {
  const { scaling, scheduled, facts, cpu } = seenNow;
  if (scaling.kind === 'unseen' || scheduled.kind === 'unseen') return null;
  const present = presentAhead({ scaling: scaling.value, scheduled: scheduled.value }, now);
  const { differences } = comparisonWith(stillAhead(change, now), present);
  const undone = differences.filter(({ what }) => isMovedBy(change, what));
  if (undone.length > 0) return { code: 'undone-by-others', differences: undone };
  const newestCpu = cpu.kind === 'seen' ? cpu.value.points.at(-1)?.value : undefined;
  const isUsed =
    change.kind === 'set-capacity-bounds' && facts.kind === 'seen' && facts.value.desired > change.from.max;
  return isUsed && newestCpu !== undefined
    ? { code: 'in-place-and-used', desired: facts.value.desired, cpuPercent: newestCpu }
    : { code: 'in-place' };
}

/** A bound that the change has only carried along may be moved by a scheduled step meanwhile. */
function isMovedBy(change: Change, what: string): boolean {
  if (what !== 'min' && what !== 'max') return true;
  switch (change.kind) {
    case 'set-capacity-bounds':
      return change.from[what] !== change.to[what];
    case 'ensure-target-tracking':
      return change.from === null || change.from.bounds[what] !== change.to.bounds[what];
    case 'schedule-capacity':
      return true;
    default:
      return assertNever(change);
  }
}
