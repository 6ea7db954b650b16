import { assertNever } from '../domain/assert-never.ts';
import type { Order } from '../domain/order.ts';
import type { Reason } from '../domain/reason.ts';
import type { FleetSnapshot } from '../domain/snapshot.ts';
import { resourceOf } from '../levers/resources.ts';
import type { StoredChange } from '../ports.ts';
import { type OutcomeKind, sameOf, toldOutcome } from './append-once.ts';
import { movedTo } from './change-status.ts';
import { followUp, type SeenNow } from './follow-up.ts';
import { type Look, tellOnce } from './look-context.ts';
import { entryOfReasons } from './tell.ts';

/**
 * Looks after every change that an earlier look has set on its way. What becomes of one is told before its state moves:
 * cut off in between, the next look finds the state where it was and tells nothing twice.
 *
 * @returns the orders to be sent again.
 */
export async function followUpChanges(
  look: Look,
  changes: readonly StoredChange[],
  snapshot: FleetSnapshot,
): Promise<readonly Order[]> {
  const names = new Map(look.policy.services.map((service) => [resourceOf(service), service.name]));
  const { verifyInfrastructure: verify } = look.deps;
  const lost: Order[] = [];
  for (const change of changes) {
    const name = names.get(change.resource);
    const seenNow: SeenNow = {
      service: name === undefined ? undefined : snapshot.services[name],
      pooler: snapshot.pooler,
      infrastructure: verify === undefined ? undefined : (made) => verify(made, look.policy, snapshot),
    };
    const next = followUp(change, seenNow, look.occasion.now);
    switch (next.kind) {
      case 'wait':
        break;
      case 'send-again':
        if (await move(look, change, change.status.status)) lost.push(change.order);
        break;
      case 'give-up':
        await move(look, change, await tellFailure(look, change, next.because));
        break;
      case 'verify': {
        const entry = entryOf(look, change, 'verified', next.because);
        await tellOnce(look, entry, sameOf(entry));
        await move(look, change, 'verified');
        break;
      }
      case 'rolled-back': {
        const entry = entryOf(look, change, 'rolled-back', next.because);
        await tellOnce(look, entry, sameOf(entry));
        // Counted as a failure: what AWS has taken back is not tried again and again.
        await move(look, change, 'failed');
        break;
      }
      default:
        assertNever(next);
    }
  }
  return lost;
}

function move({ deps, occasion }: Look, change: StoredChange, status: StoredChange['status']['status']) {
  return deps.state.moveChange(movedTo(change, status, occasion.now), change.status.status);
}

/** @returns how the change ended: an action may have told its outcome and been cut off before it could move the state. */
async function tellFailure(look: Look, change: StoredChange, because: Reason): Promise<OutcomeKind> {
  const entry = entryOf(look, change, 'failed', because);
  return (await tellOnce(look, entry, (newestFirst) => toldOutcome(newestFirst, entry.decisionId))) ?? 'failed';
}

function entryOf(
  { occasion }: Look,
  { resource, status: { lever, decisionId }, order: { change } }: StoredChange,
  transition: 'failed' | 'verified' | 'rolled-back',
  because: Reason,
) {
  return entryOfReasons(occasion, { resource, transition, lever, decisionId }, [because], change);
}
