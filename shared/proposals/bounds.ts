import { connectionMath, exceededSides } from '../capacity/connections.ts';
import type { FleetPolicy } from '../config/policy.ts';
import type { AuditRecord } from '../domain/audit.ts';
import type { ChangeOf } from '../domain/change.ts';
import { POOLER_SIZES } from '../domain/pooler.ts';
import type { BoundsBeforeClass } from '../domain/reason.ts';
import { type EpochMs, instant } from '../domain/units.ts';
import { planAt } from '../guards/connection-plan.ts';
import { poolerResourceOf, targetOf } from '../levers/resources.ts';
import type { CapacityReader, StateStore } from '../ports.ts';
import { isSmallerClass } from './conduct.ts';
import { connectionsOfClass } from './connections-of-class.ts';
import type { MigrationSightings } from './migration.ts';

/** How far services and pools may go: what a larger `max_connections` makes room for. */
export type StandingBounds = Omit<BoundsBeforeClass, 'code'>;

/** As they stand now; `null` where one of them cannot be seen. Pools have the sizes that were tuned last. */
export async function readBounds(
  { name, services, pooler }: FleetPolicy,
  scaling: Pick<CapacityReader, 'readScaling'>,
  state: Pick<StateStore, 'readChange'>,
): Promise<StandingBounds | null> {
  const setups = await scaling.readScaling(services.map(targetOf));
  const ceilings: Record<string, number> = {};
  for (const [index, service] of services.entries()) {
    const setup = setups[index];
    if (setup?.kind !== 'seen') return null;
    if (setup.value !== null) ceilings[service.name] = setup.value.bounds.max;
  }
  if (pooler === undefined) return { ceilings, pools: null };
  const change = await state.readChange(name, poolerResourceOf(pooler));
  const { defaultPoolSize, reservePoolSize, maxClientConnections } = change?.status.tuning?.intended ?? pooler;
  return { ceilings, pools: { defaultPoolSize, reservePoolSize, maxClientConnections } };
}

/** What was told first of the bounds since a change was proposed; `null` where nothing was. */
export function boundsTold(newestFirst: readonly AuditRecord[], since: EpochMs): StandingBounds | null {
  const reasons = newestFirst.filter(({ at }) => instant(at) >= since).flatMap((record) => record.reasons);
  return reasons.findLast((reason) => reason.code === 'bounds-before-class') ?? null;
}

/** Whether the bounds have followed a change of class. Those of services that were not there before say nothing. */
export function boundsSeen(
  change: ChangeOf<'change-database-class'>,
  policy: FleetPolicy,
  { before, now }: { readonly before: StandingBounds | null; readonly now: StandingBounds | null },
): MigrationSightings['bounds'] {
  if (now === null) return null;
  if (!fits(change, policy, now)) return 'beyond';
  if (isSmallerClass(change)) return 'fitting';
  if (before === null) return null;
  const pairs = [...ceilingPairs(before, now), ...poolPairs(before, now)];
  const isRaised = pairs.some(([was, is]) => is > was) && pairs.every(([was, is]) => is >= was);
  return isRaised ? 'raised' : 'as-before';
}

type Pair = readonly [was: number, is: number];

function ceilingPairs(before: StandingBounds, now: StandingBounds): readonly Pair[] {
  return Object.entries(now.ceilings).flatMap(([name, is]): Pair[] => {
    const was = before.ceilings[name];
    return was === undefined ? [] : [[was, is]];
  });
}

function poolPairs({ pools: before }: StandingBounds, { pools: now }: StandingBounds): readonly Pair[] {
  return before === null || now === null ? [] : POOLER_SIZES.map((size): Pair => [before[size], now[size]]);
}

/** The connection math of what stands, under the limit of the new class: the one that the proposal has shown. */
function fits(change: ChangeOf<'change-database-class'>, policy: FleetPolicy, now: StandingBounds): boolean {
  const plan = planAt(policy, (name, configuredMax) => now.ceilings[name] ?? configuredMax, now.pools);
  const database =
    plan.database === null
      ? null
      : { ...plan.database, maxConnections: connectionsOfClass(change, plan.database.maxConnections).maxConnections };
  return exceededSides(connectionMath({ ...plan, database })).length === 0;
}
