import { canonicalJson } from '../audit/canonical-json.ts';
import type { ServicePolicy } from '../config/policy.ts';
import type { AuditRecord } from '../domain/audit.ts';
import { type FleetSnapshot, isInFlight } from '../domain/snapshot.ts';
import { type EpochMs, instant } from '../domain/units.ts';
import { floorSteps } from '../levers/floor-plan.ts';
import { resourceOf } from '../levers/resources.ts';
import type { FleetState, StoredChange } from '../ports.ts';
import { decisionIdOf } from './decision-id.ts';
import { changeByOthers, type ExternalChange } from './external-changes.ts';
import { type Look, tellOnce } from './look-context.ts';
import { entryOfReasons } from './tell.ts';

/**
 * Writes down what AWS did at a scheduled time, and what somebody else changed.
 *
 * @returns resources that are not settled: a change of ours is under way, and what is seen may be its doing.
 */
export async function tellExternalChanges(
  look: Look,
  state: FleetState,
  snapshot: FleetSnapshot,
): Promise<ReadonlySet<string>> {
  const { policy, deps, occasion } = look;
  const changes = new Map(state.changes.map((change) => [change.resource, change]));
  // With events that have just ended: their step down is one of ours, too.
  const events = [...policy.calendar, ...state.events];
  const unsettled = new Set<string>();
  for (const service of policy.services) {
    const seenNow = snapshot.services[service.name];
    if (seenNow === undefined) continue;
    const resource = resourceOf(service);
    const own = changes.get(resource);
    if (own !== undefined && isInFlight(own.status)) unsettled.add(resource);
    const planned = floorSteps(events, service, policy.levers['known-event'].leadSeconds).map(({ at, floor }) => ({
      lever: 'known-event' as const,
      at,
      min: floor,
    }));
    const change = changeByOthers(state.memory.lastSeen[resource], seenNow, own, planned, occasion.now);
    if (change === null) continue;
    const newest = await deps.state.readChange(policy.name, resource);
    // Another look has ordered something between our look at the state and our look at the world.
    if (isSameChange(newest, own)) await tellOne(look, service, change);
    else unsettled.add(resource);
  }
  return unsettled;
}

function isSameChange(a: StoredChange | null, b: StoredChange | undefined): boolean {
  return a?.status.decisionId === b?.status.decisionId;
}

async function tellOne(look: Look, service: ServicePolicy, { lever, because }: ExternalChange): Promise<void> {
  const { policy, occasion } = look;
  const told = {
    resource: resourceOf(service),
    transition: lever !== null ? ('applied' as const) : ('external' as const),
    lever,
    decisionId: decisionIdOf(lever ?? 'external', policy.name, service.name, because, occasion.now),
  };
  const entry = entryOfReasons(occasion, told, [because]);
  await tellOnce(look, entry, (newestFirst) => toldOfSame(newestFirst, because, occasion.now));
}

/**
 * The record of the same change by somebody else, unless a change of ours came after it: then it has happened again. What
 * was applied since this look began says nothing about that: another look has repaired what both have found.
 */
function toldOfSame(
  newestFirst: readonly AuditRecord[],
  because: ExternalChange['because'],
  lookedAt: EpochMs,
): AuditRecord | null {
  const said = canonicalJson(because);
  for (const record of newestFirst) {
    const isByOthers = record.reasons.some(({ code }) => BY_OTHERS.has(code));
    if (isByOthers) return record.reasons.some((reason) => canonicalJson(reason) === said) ? record : null;
    if (record.transition === 'applied' && instant(record.at) < lookedAt) return null;
  }
  return null;
}

const BY_OTHERS: ReadonlySet<string> = new Set(['scheduled-step-taken', 'changed-by-others']);
