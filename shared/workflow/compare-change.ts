import type { CapacityBounds, NamedTargetTracking, ScalingSetup, ScheduledCapacity } from '../domain/capacity.ts';
import { NOTHING_SUSPENDED } from '../domain/capacity.ts';
import { assertNever } from '../domain/assert-never.ts';
import { scheduledBy, type ServiceChange } from '../domain/change.ts';
import type { Difference } from '../domain/reason.ts';
import type { ScheduledSetup } from '../domain/snapshot.ts';
import type { EpochMs } from '../domain/units.ts';

/** What AWS holds now of the things that a change is about. */
export interface PresentSetup {
  readonly scaling: ScalingSetup | null;
  readonly scheduled: ScheduledSetup;
}

export interface Comparison {
  readonly isAtFrom: boolean;
  readonly isAtTo: boolean;
  /** Between what is and what the change wants. */
  readonly differences: readonly Difference[];
}

/** Where the world stands between `from` and `to` of a change. */
export function comparisonWith(change: ServiceChange, present: PresentSetup): Comparison {
  switch (change.kind) {
    case 'set-capacity-bounds': {
      const bounds = present.scaling?.bounds ?? null;
      return {
        isAtFrom: isEqual(bounds, change.from),
        isAtTo: isEqual(bounds, change.to),
        differences: fieldDifferences(bounds, change.to),
      };
    }
    case 'ensure-target-tracking': {
      const wanted = flatten(change.to.bounds, change.to.targetTracking, NOTHING_SUSPENDED);
      const setup = present.scaling;
      const policy = setup?.targetTracking.find(({ name }) => name === change.to.targetTracking.name);
      const is = setup === null ? null : flatten(setup.bounds, policy ?? null, setup.suspended);
      const differences = fieldDifferences(is, wanted);
      return {
        isAtFrom: isEqual(setup, change.from),
        isAtTo: differences.length === 0,
        differences,
      };
    }
    case 'schedule-capacity': {
      const is = byName(scheduledBy(change.owner, present.scheduled.ours));
      const wanted = byName(change.to);
      return {
        isAtFrom: isEqual(is, byName(change.from)),
        isAtTo: isEqual(is, wanted),
        differences: [...fieldDifferences(is, wanted), ...surplus(is, wanted)],
      };
    }
    default:
      return assertNever(change);
  }
}

/** The change without the scheduled steps whose time has passed: AWS has carried them out, or would refuse them. */
export function stillAhead<Changes extends ServiceChange>(change: Changes, now: EpochMs): Changes {
  if (change.kind !== 'schedule-capacity') return change;
  const ahead = (actions: readonly ScheduledCapacity[]) => actions.filter(({ at }) => at > now);
  return { ...change, from: ahead(change.from), to: ahead(change.to) };
}

/** The same of what is. */
export function presentAhead({ scaling, scheduled }: PresentSetup, now: EpochMs): PresentSetup {
  return { scaling, scheduled: { ...scheduled, ours: scheduled.ours.filter(({ at }) => at > now) } };
}

/**
 * Whether the world stands where a cut-off attempt can have left it: each part at `from` or at `to`. Anything else is the
 * hand of somebody else.
 */
export function isOnItsWay(change: ServiceChange, { scaling, scheduled }: PresentSetup): boolean {
  switch (change.kind) {
    case 'set-capacity-bounds':
      return isOneOf(scaling?.bounds ?? null, change.from, change.to);
    case 'ensure-target-tracking': {
      const { from, to } = change;
      if (scaling === null) return from === null;
      return (
        isOneOf(scaling.bounds, from?.bounds, to.bounds) &&
        isOneOf(scaling.suspended, from?.suspended, NOTHING_SUSPENDED) &&
        scaling.targetTracking.every((policy) => isOneOf(policy, ...(from?.targetTracking ?? []), to.targetTracking))
      );
    }
    case 'schedule-capacity':
      return scheduledBy(change.owner, scheduled.ours).every((action) => isOneOf(action, ...change.from, ...change.to));
    default:
      return assertNever(change);
  }
}

function isOneOf(value: unknown, ...others: readonly unknown[]): boolean {
  return others.some((other) => isEqual(value, other));
}

function flatten(
  bounds: CapacityBounds,
  policy: NamedTargetTracking | null,
  suspended: ScalingSetup['suspended'],
): Record<string, string | number | boolean> {
  return { ...bounds, ...(policy ?? {}), ...suspended };
}

function byName(actions: readonly ScheduledCapacity[]): Record<string, string> {
  return Object.fromEntries(
    [...actions]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, at, min, max }) => [name, JSON.stringify({ at, min: min ?? null, max: max ?? null })]),
  );
}

/** Equal as JSON, whatever the order of the keys. */
function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, sorted(field)]),
  );
}

/** What is there and should not be. */
function surplus(
  is: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): readonly Difference[] {
  return Object.entries(is).flatMap(([what, value]) =>
    Object.hasOwn(wanted, what) ? [] : [{ what, is: value, shouldBe: 'absent' }],
  );
}

function fieldDifferences(
  is: Readonly<Record<string, string | number | boolean>> | CapacityBounds | null,
  shouldBe: Readonly<Record<string, string | number | boolean>> | CapacityBounds,
): readonly Difference[] {
  const found: ReadonlyMap<string, string | number | boolean> = new Map(Object.entries(is ?? {}));
  return Object.entries(shouldBe).flatMap(([what, value]: [string, string | number | boolean]) =>
    found.get(what) === value ? [] : [{ what, is: found.get(what) ?? null, shouldBe: value }],
  );
}
