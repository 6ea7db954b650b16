import type { Policy } from '../config/policy.ts';
import type { Trigger } from '../domain/audit.ts';
import { MINUTE } from '../domain/units.ts';
import type { Tick } from '../events/tick.ts';
import { lookAtFleet, type LookReport } from './look.ts';
import type { LookDependencies } from './look-context.ts';

export interface TickReport {
  readonly looks: readonly LookReport[];
  readonly handedOver: readonly string[];
  readonly failed: readonly { readonly fleet: string; readonly error: unknown }[];
}

/** Time kept for handing over and for the end of the invocation. */
const RESERVE_MILLIS = 5_000;

/**
 * Looks at fleets one after the other, and hands over to another invocation what would not finish in time: the slowest
 * look so far, times two, has to fit into the time that is left. At least one fleet is looked at in every invocation, so
 * that the work always ends.
 *
 * Every minute begins with another fleet: one whose look outlasts the invocation, again and again, keeps the others waiting
 * but never from being looked at.
 */
export async function runTick(
  tick: Tick,
  policy: Policy,
  remainingMillis: () => number,
  deps: LookDependencies,
): Promise<TickReport> {
  const trigger: Trigger = { kind: 'tick', id: tick.id };
  const wanted = policy.fleets.filter(({ name }) => tick.fleets === 'all' || tick.fleets.includes(name));
  const fleets = startingAt(wanted, Math.floor(deps.clock.now() / 1000 / MINUTE));
  const looks: LookReport[] = [];
  const failed: { fleet: string; error: unknown }[] = [];
  let slowestMillis = 0;
  for (const [index, fleet] of fleets.entries()) {
    const before = remainingMillis();
    if (index > 0 && before < slowestMillis * 2 + RESERVE_MILLIS) {
      const handedOver = fleets.slice(index).map(({ name }) => name);
      await deps.bus.handOver(handedOver, `${Math.round(before)} ms left after ${index} fleets`);
      return { looks, handedOver, failed };
    }
    try {
      looks.push(await lookAtFleet(fleet, policy.policyVersion, trigger, deps));
    } catch (error) {
      // One fleet in trouble does not blind the others; the caller reports it when all are done.
      failed.push({ fleet: fleet.name, error });
    }
    slowestMillis = Math.max(slowestMillis, before - remainingMillis());
  }
  return { looks, handedOver: [], failed };
}

function startingAt<Item>(items: readonly Item[], turn: number): readonly Item[] {
  const first = items.length === 0 ? 0 : turn % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
