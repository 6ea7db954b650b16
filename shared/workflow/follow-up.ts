import { assertNever } from '../domain/assert-never.ts';
import { isServiceChange, type ServiceChange } from '../domain/change.ts';
import { type ChangeKind, type InfrastructureChange, isInfrastructureChange } from '../domain/change.ts';
import type { PoolerSnapshot } from '../domain/pooler.ts';
import type { FailureReason, VerifyReason } from '../domain/reason.ts';
import type { ServiceSnapshot } from '../domain/snapshot.ts';
import { type EpochMs, later, MINUTE, type Seconds } from '../domain/units.ts';
import type { StoredChange } from '../ports.ts';
import type { InfrastructureVerdict } from './verify-infrastructure.ts';
import { verifyDurable, verifyTuning } from './verify-tuning.ts';
import { comparisonWith, presentAhead, stillAhead } from './compare-change.ts';

/** What becomes of a change that an earlier look has set on its way. */
export type FollowUp =
  | { readonly kind: 'wait' }
  /** The order may have been lost; it carries its decision, so that arriving twice does no harm. */
  | { readonly kind: 'send-again' }
  | { readonly kind: 'give-up'; readonly because: FailureReason }
  | { readonly kind: 'verify'; readonly because: VerifyReason }
  /** AWS has taken it back by itself. */
  | { readonly kind: 'rolled-back'; readonly because: VerifyReason };

/** An order is carried out in seconds: after this it counts as lost. */
const LOST_AFTER: Seconds = 90;
/** Up to a hundred PgBouncers are tuned one after the other, and pull requests wait for each other. */
const SLOW_LOST_AFTER: Seconds = 360;
/** No action has closed it this long after the order expired: none will. */
const GIVE_UP_AFTER_EXPIRY: Seconds = 15 * MINUTE;
/** Time for tasks to start and metrics to show whether a change helped. */
const SETTLE: Seconds = 10 * MINUTE;

/** What is seen of the thing that a change was about. */
export interface SeenNow {
  readonly service?: ServiceSnapshot | undefined;
  readonly pooler?: PoolerSnapshot | null | undefined;
  /** Only in a look at the infrastructure. */
  readonly infrastructure?: ((change: InfrastructureChange) => InfrastructureVerdict) | undefined;
}

export function followUp(change: StoredChange, seenNow: SeenNow, now: EpochMs): FollowUp {
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
      return now > later(status.updatedAt, lostAfter(order.change.kind)) ? { kind: 'send-again' } : { kind: 'wait' };
    case 'applied': {
      const { change: applied } = order;
      if (isInfrastructureChange(applied)) {
        const isSettled = now >= later(status.updatedAt, settleSeconds(applied));
        return isSettled ? (seenNow.infrastructure?.(applied) ?? { kind: 'wait' }) : { kind: 'wait' };
      }
      const because = verification(change, seenNow, now);
      return because === null ? { kind: 'wait' } : { kind: 'verify', because };
    }
    case 'verified':
    case 'skipped':
    case 'failed':
      return { kind: 'wait' };
  }
}

/** ECS says itself when a deployment is over; what others have begun shows in their state after a while. */
function settleSeconds({ kind }: InfrastructureChange): Seconds {
  return kind === 'resize-task' ? MINUTE : SETTLE;
}

function lostAfter(kind: ChangeKind): Seconds {
  return kind === 'tune-pgbouncer' || kind === 'tend-proposal' ? SLOW_LOST_AFTER : LOST_AFTER;
}

/** `null`: it is too early, or it cannot be seen now. */
function verification(stored: StoredChange, { service, pooler }: SeenNow, now: EpochMs): VerifyReason | null {
  const { change } = stored.order;
  if (change.kind === 'tune-pgbouncer') return !pooler ? null : verifyTuning(stored, change, pooler);
  const isSettled = now >= later(stored.status.updatedAt, SETTLE);
  if (!isSettled) return null;
  if (change.kind === 'keep-pool-sizes') return !pooler ? null : verifyDurable(change, pooler);
  return service === undefined || !isServiceChange(change) ? null : verifyService(change, service, now);
}

function verifyService(change: ServiceChange, seenNow: ServiceSnapshot, now: EpochMs): VerifyReason | null {
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
function isMovedBy(change: ServiceChange, what: string): boolean {
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
