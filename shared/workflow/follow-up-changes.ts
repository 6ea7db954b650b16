import { assertNever } from '../domain/assert-never.ts';
import type { Transition } from '../domain/audit.ts';
import type { Reason } from '../domain/reason.ts';
import type { ChangeStatus, FleetSnapshot } from '../domain/snapshot.ts';
import type { StoredChange } from '../ports.ts';
import { followUp } from './follow-up.ts';
import { type Look, tell } from './look-context.ts';
import { resourceOf } from '../levers/resources.ts';
import { entryOfReasons } from './tell.ts';

/** Looks after every change that an earlier look has set on its way. */
export async function followUpChanges(
  look: Look,
  changes: readonly StoredChange[],
  snapshot: FleetSnapshot,
): Promise<void> {
  const names = new Map(look.policy.services.map((service) => [resourceOf(service), service.name]));
  for (const change of changes) {
    const name = names.get(change.resource);
    const seenNow = name === undefined ? undefined : snapshot.services[name];
    const next = followUp(change, seenNow, look.occasion.now);
    switch (next.kind) {
      case 'wait':
        break;
      case 'send-again':
        if (await move(look, change, change.status.status, change.status.failures)) {
          await look.deps.bus.sendOrders([change.order]);
        }
        break;
      case 'give-up':
        if (await move(look, change, 'failed', change.status.failures + 1)) {
          await tellOutcome(look, change, 'failed', next.because);
        }
        break;
      case 'verify':
        if (await move(look, change, 'verified', change.status.failures)) {
          await tellOutcome(look, change, 'verified', next.because);
        }
        break;
      default:
        assertNever(next);
    }
  }
}

function move(
  { deps, occasion }: Look,
  change: StoredChange,
  status: ChangeStatus['status'],
  failures: number,
): Promise<boolean> {
  const moved = { ...change, status: { ...change.status, status, failures, updatedAt: occasion.now } };
  return deps.state.moveChange(moved, change.status.status);
}

async function tellOutcome(
  look: Look,
  { resource, status, order }: StoredChange,
  transition: Transition,
  because: Reason,
): Promise<void> {
  const told = { resource, transition, lever: status.lever, decisionId: status.decisionId };
  await tell(look, entryOfReasons(look.occasion, told, [because], order.change));
}
