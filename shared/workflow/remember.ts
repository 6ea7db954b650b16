import type { FleetPolicy } from '../config/policy.ts';
import type { FleetSnapshot } from '../domain/snapshot.ts';
import type { Verdict } from '../evaluation/evaluate-fleet.ts';
import type { LeverSet } from '../levers/lever.ts';
import { resourceOf } from '../levers/resources.ts';
import type { FleetMemory, FleetState } from '../ports.ts';
import { rememberedOf } from './external-changes.ts';
import type { Look } from './look-context.ts';
import { toldAfter } from './news.ts';

/**
 * Saves what was told and seen, if it differs. A look that was faster keeps its own memory.
 *
 * @param unsettled resources that change at this moment: what was seen of them before is kept, so that what somebody else
 *   changes meanwhile is found once they are settled. A look that looked for no such changes keeps all that was seen.
 */
export async function remember(
  { policy, deps }: Look,
  { memory, changes }: FleetState,
  snapshot: FleetSnapshot,
  verdicts: readonly Verdict[],
  unsettled: ReadonlySet<string> | 'not-looked-at',
  { levers }: LeverSet,
): Promise<void> {
  const own = new Map(changes.map((change) => [change.resource, change]));
  const lastSeen: Record<string, string> = {};
  for (const service of policy.services) {
    const resource = resourceOf(service);
    const seenNow =
      unsettled === 'not-looked-at' || unsettled.has(resource) ? undefined : snapshot.services[service.name];
    const present =
      (seenNow === undefined ? null : rememberedOf(seenNow, own.get(resource))) ?? memory.lastSeen[resource];
    if (present !== undefined) lastSeen[resource] = present;
  }
  const databaseLimits = snapshot.database?.limits ?? null;
  const next: FleetMemory = {
    version: memory.version + 1,
    told: toldAfter(verdicts, memory, namesOfOthers(policy, levers)),
    lastSeen,
    ...(databaseLimits === null ? {} : { databaseLimits }),
  };
  if (isSame(next, memory)) return;
  await deps.state.saveMemory(policy.name, next);
}

function namesOfOthers(policy: FleetPolicy, levers: LeverSet['levers']): ReadonlySet<string> {
  const own = new Set<string>(levers.map(({ name }) => name));
  return new Set(Object.keys(policy.levers).filter((name) => !own.has(name)));
}

function isSame(a: FleetMemory, b: FleetMemory): boolean {
  return (
    JSON.stringify(a.databaseLimits) === JSON.stringify(b.databaseLimits) &&
    isSameRecord(a.lastSeen, b.lastSeen, Object.is) &&
    isSameRecord(a.told, b.told, (x, y) => isSameRecord(x, y, Object.is))
  );
}

function isSameRecord<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  isSameValue: (x: T, y: T) => boolean,
): boolean {
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => {
      const [x, y] = [a[key], b[key]];
      return x !== undefined && y !== undefined && isSameValue(x, y);
    })
  );
}
