import type { FleetSnapshot } from '../domain/snapshot.ts';
import { floorSteps } from '../levers/floor-plan.ts';
import { resourceOf } from '../levers/resources.ts';
import type { FleetState } from '../ports.ts';
import { decisionIdOf } from './decision-id.ts';
import { changeByOthers } from './external-changes.ts';
import { type Look, tell } from './look-context.ts';
import { entryOfReasons } from './tell.ts';

/** Writes down what AWS did at a scheduled time, and what somebody else changed. */
export async function tellExternalChanges(look: Look, state: FleetState, snapshot: FleetSnapshot): Promise<void> {
  const { policy, occasion } = look;
  const changes = new Map(state.changes.map((change) => [change.resource, change]));
  // With events that have just ended: their step down is one of ours, too.
  const events = [...policy.calendar, ...state.events];
  for (const service of policy.services) {
    const seenNow = snapshot.services[service.name];
    if (seenNow === undefined) continue;
    const resource = resourceOf(service);
    const lastSeen = state.memory.lastSeen[resource];
    const planned = floorSteps(events, service, policy.levers['known-event'].leadSeconds).map(({ at, floor }) => ({
      at,
      min: floor,
    }));
    const because = changeByOthers(lastSeen, seenNow, changes.get(resource), planned, occasion.now);
    if (because === null) continue;
    const isOurStep = because.code === 'scheduled-step-taken';
    const lever = isOurStep ? 'known-event' : null;
    await tell(
      look,
      entryOfReasons(
        occasion,
        {
          resource,
          transition: isOurStep ? 'applied' : 'external',
          lever,
          decisionId: decisionIdOf(lever ?? 'external', policy.name, service.name, because, occasion.now),
        },
        [because],
      ),
    );
  }
}
