import type { ScalingSetup } from '../domain/capacity.ts';
import type { Difference, VerifyReason } from '../domain/reason.ts';
import { isInFlight, type ServiceSnapshot } from '../domain/snapshot.ts';
import { earlier, type EpochMs, MINUTE, type Seconds } from '../domain/units.ts';
import type { StoredChange } from '../ports.ts';
import { comparisonWith } from './compare-change.ts';

/** The part of a service's setup that somebody else may change, small enough to remember for thousands of services. */
type Remembered = Readonly<Record<string, number>>;

/** A scheduled action fires within about a minute of its time, and up to 15 minutes pass between two looks. */
const STEP_GRACE: Seconds = 20 * MINUTE;

/** What to remember of a service; `null` when it cannot be seen: then the old memory stays. */
export function rememberedOf({ scaling }: ServiceSnapshot): string | null {
  return scaling.kind === 'seen' ? JSON.stringify(remember(scaling.value)) : null;
}

function remember(setup: ScalingSetup | null): Remembered {
  if (setup === null) return {};
  const policy = setup.targetTracking[0];
  return {
    min: setup.bounds.min,
    max: setup.bounds.max,
    ...(policy === undefined ? {} : { cpuPercent: policy.cpuPercent }),
    suspended: Object.values(setup.suspended).filter(Boolean).length,
  };
}

/**
 * What changed since the last look although no order of ours did it: a scheduled action of ours that fired, or the hand
 * of somebody else. `null`: nothing, or our own doing.
 */
export function changeByOthers(
  lastSeen: string | undefined,
  seenNow: ServiceSnapshot,
  own: StoredChange | undefined,
  planned: readonly { readonly at: EpochMs; readonly min: number }[],
  now: EpochMs,
): VerifyReason | null {
  const present = rememberedOf(seenNow);
  if (lastSeen === undefined || present === null || present === lastSeen) return null;
  if (own !== undefined && isOwnDoing(own, seenNow)) return null;

  const differences = differencesBetween(lastSeen, present);
  const bounds = seenNow.scaling.kind === 'seen' ? seenNow.scaling.value?.bounds : undefined;
  const isOurStep =
    differences.every(({ what }) => what === 'min' || what === 'max') &&
    planned.some(({ at, min }) => at <= now && at > earlier(now, STEP_GRACE) && min === bounds?.min);
  return { code: isOurStep ? 'scheduled-step-taken' : 'changed-by-others', differences };
}

function isOwnDoing({ status, order }: StoredChange, { scaling, scheduled }: ServiceSnapshot): boolean {
  if (isInFlight(status)) return true;
  if (order.change.kind === 'schedule-capacity' || scaling.kind === 'unseen' || scheduled.kind === 'unseen')
    return false;
  return comparisonWith(order.change, { scaling: scaling.value, scheduled: scheduled.value }).isAtTo;
}

function differencesBetween(before: string, after: string): readonly Difference[] {
  // Both were written by `rememberedOf`.
  const [was, is] = [JSON.parse(before) as Remembered, JSON.parse(after) as Remembered];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((what) => was[what] !== is[what])
    .map((what) => ({ what, is: was[what] ?? null, shouldBe: is[what] ?? 'absent' }));
}
