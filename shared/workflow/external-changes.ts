import { NOTHING_SUSPENDED, type ScalingSetup } from '../domain/capacity.ts';
import { type Change, scheduledBy } from '../domain/change.ts';
import type { Difference, VerifyReason } from '../domain/reason.ts';
import { isInFlight, type ServiceSnapshot } from '../domain/snapshot.ts';
import { earlier, type EpochMs, later, MINUTE, type Seconds } from '../domain/units.ts';
import type { StoredChange } from '../ports.ts';

/** The part of a service's setup that somebody else may change, small enough to remember for thousands of services. */
type Remembered = Readonly<Record<string, number>>;

/** The change of ours that has been counted as the reason for what is remembered: it explains nothing that comes later. */
const OWN = 'own';

/** A scheduled action fires within about a minute of its time, and up to 15 minutes pass between two looks. */
const STEP_GRACE: Seconds = 20 * MINUTE;

/** A step that AWS was to carry out for a lever of ours. */
export interface ScheduledStep {
  readonly lever: 'known-event' | 'predictive';
  readonly at: EpochMs;
  readonly min: number;
}

/** Steps of the plan that come soon: once they are taken nobody lists them any more. Instant and minimum of each. */
const STEPS = 'steps';

interface Memory {
  readonly [OWN]?: string;
  readonly [STEPS]?: readonly (readonly [EpochMs, number])[];
}

/** What came of a look at what others do: whose scheduled step it was, `null` for the hand of somebody else. */
export interface ExternalChange {
  readonly lever: ScheduledStep['lever'] | null;
  readonly because: VerifyReason;
}

/**
 * What to remember of a service; `null` when it cannot be seen: then the old memory stays.
 *
 * @param own the newest change of ours, none of which is in flight.
 */
export function rememberedOf(seenNow: ServiceSnapshot, own?: StoredChange): string | null {
  const { scaling } = seenNow;
  if (scaling.kind === 'unseen') return null;
  const steps = plannedSoon(seenNow);
  return JSON.stringify({
    ...remember(scaling.value),
    ...(own === undefined ? {} : { [OWN]: own.status.decisionId }),
    ...(steps.length === 0 ? {} : { [STEPS]: steps }),
  });
}

function plannedSoon({ scheduled }: ServiceSnapshot): readonly (readonly [EpochMs, number])[] {
  if (scheduled.kind === 'unseen') return [];
  const { value, at: now } = scheduled;
  return scheduledBy('plan', value.ours).flatMap(({ at, min }) =>
    min !== undefined && at > earlier(now, STEP_GRACE) && at <= later(now, STEP_GRACE) ? [[at, min] as const] : [],
  );
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
  planned: readonly ScheduledStep[],
  now: EpochMs,
): ExternalChange | null {
  const { scaling } = seenNow;
  if (lastSeen === undefined || scaling.kind === 'unseen') return null;
  if (own !== undefined && isInFlight(own.status)) return null;

  const { [OWN]: counted, [STEPS]: steps = [], ...before } = JSON.parse(lastSeen) as Memory & Remembered;
  const ownDoing = own === undefined || own.status.decisionId === counted ? {} : effectOf(own.order.change);
  const differences = differencesBetween(before, remember(scaling.value)).filter(
    ({ what, shouldBe }) => ownDoing[what] !== shouldBe,
  );
  if (differences.length === 0) return null;
  const bounds = scaling.value?.bounds;
  const isOfBounds = differences.every(({ what }) => what === 'min' || what === 'max');
  const ours = [...planned, ...steps.map(([at, min]) => ({ lever: 'predictive' as const, at, min }))];
  const taken = ours.find(({ at, min }) => at <= now && at > earlier(now, STEP_GRACE) && min === bounds?.min);
  return isOfBounds && taken !== undefined
    ? { lever: taken.lever, because: { code: 'scheduled-step-taken', differences } }
    : { lever: null, because: { code: 'changed-by-others', differences } };
}

/** What a change of ours leaves behind of what is remembered. Also one that failed half-way may have. */
function effectOf(change: Change): Remembered {
  switch (change.kind) {
    case 'set-capacity-bounds':
      return { ...change.to };
    case 'ensure-target-tracking': {
      const { bounds, targetTracking } = change.to;
      return remember({
        bounds,
        targetTracking: [targetTracking],
        suspended: NOTHING_SUSPENDED,
        otherPolicies: [],
      });
    }
    default:
      return {};
  }
}

function differencesBetween(was: Remembered, is: Remembered): readonly Difference[] {
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((what) => was[what] !== is[what])
    .map((what) => ({ what, is: was[what] ?? null, shouldBe: is[what] ?? 'absent' }));
}
