import { ACU_RANGE, auroraMaxConnections, largerAcu, UNCAPPED_FROM_MIN_ACU } from '../capacity/aurora-capacity.ts';
import type { DatabasePolicy, LeverSettings } from '../config/policy.ts';
import { abstain, type Act, act, type Decision, hold } from '../domain/decision.ts';
import type { DatabaseFacts } from '../domain/infrastructure.ts';
import type { KnownEvent } from '../domain/known-event.ts';
import type { Reading } from '../domain/reading.ts';
import type { ActReason } from '../domain/reason.ts';
import { earlier, type EpochMs, MINUTE } from '../domain/units.ts';
import { type AuroraHours, auroraHours, auroraNeeds } from './aurora-hours.ts';
import { changingBy } from './database-days.ts';
import { breachesOf } from './infrastructure-look.ts';
import { defineLever } from './lever.ts';
import { databaseResourceOf } from './resources.ts';

export interface AuroraCapacityInput {
  readonly facts: Reading<DatabaseFacts>;
  readonly hours: AuroraHours;
  /** Known events that are ahead or under way. */
  readonly events: readonly Pick<KnownEvent, 'name' | 'from' | 'to'>[];
}

export interface AuroraCapacitySettings {
  readonly database: Pick<DatabasePolicy, 'kind' | 'identifier' | 'maxConnections'>;
  readonly lever: LeverSettings['aurora-capacity'];
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/**
 * The bounds within which Aurora Serverless v2 scales itself:
 *
 *   maximum   hours above 85 % of it           the highest hour ÷ 60 %, at most twice as much, never above `maxAcu`
 *   minimum   rises from it of more than ×4     the highest of them ÷ 4: Aurora grows the slower the smaller it is
 *             a known event is near             half of the maximum, until it is over
 *
 *   0.5–16 ACU, 14.2 in 4 of 72 hours, once 15.4             ->  a maximum of 26
 *   0.5–16 ACU, from 0.5 to 8 within an hour on 5 of 7 days  ->  a minimum of 2
 *
 * Both come down again after calm days. A minimum of 0 is meant to pause, now or as the ordinary minimum of policy: no ramp raises
 * it, and after an event it is 0 again.
 */
export function evaluateAuroraCapacity(
  { facts, hours, events }: AuroraCapacityInput,
  settings: AuroraCapacitySettings,
  now: EpochMs,
): Decision {
  if (facts.kind === 'unseen') return abstain({ code: 'blind', to: 'the database', because: facts.because });
  const { acu: bounds } = facts.value;
  if (bounds === null) return abstain({ code: 'not-deployed', detail: 'no Aurora Serverless v2: it has no ACU' });
  const changing = changingBy(facts.value);
  if (changing !== null) return abstain({ code: 'database-changing', status: changing });

  const { lever } = settings;
  const max = raisedMax(bounds, hours, lever);
  const most = max?.to ?? bounds.max;
  const min = warmerMin(bounds, most, hours, lever);
  const event = minForEvents(bounds, most, events, lever, now);
  const raised = [max, min, event].filter((raise) => raise !== null);
  const [first, ...others] = raised;
  if (first !== undefined) {
    const to = { min: Math.max(bounds.min, min?.to ?? 0, event?.to ?? 0), max: most };
    return act(changeTo(to, bounds, settings), 'grow', first.because, ...others.map(({ because }) => because));
  }
  if (hours.acu.kind === 'unseen') return abstain({ code: 'blind', to: 'its capacity', because: hours.acu.because });
  const peakAcu = Math.max(...hours.acu.value);
  if (isNearMax(hours.acu.value, bounds, lever)) return hold({ code: 'most-acu', maxAcu: bounds.max });
  return (
    lowered(bounds, hours, events, settings, now) ??
    hold({ code: 'acu-fits', peakAcu, minAcu: bounds.min, maxAcu: bounds.max })
  );
}

interface Raise {
  readonly to: number;
  readonly because: ActReason;
}

function isNearMax(
  acu: readonly number[],
  { max }: Bounds,
  { highPercent, sustainedHours }: AuroraCapacitySettings['lever'],
): boolean {
  return breachesOf(acu, (used) => used * 100 > max * highPercent).breaching >= sustainedHours.datapoints;
}

function raisedMax(
  { max, ...bounds }: Bounds,
  { acu, peakAcu }: AuroraHours,
  lever: AuroraCapacitySettings['lever'],
): Raise | null {
  if (acu.kind === 'unseen' || !isNearMax(acu.value, { max, ...bounds }, lever)) return null;
  const peak = Math.max(...acu.value, ...(peakAcu.kind === 'seen' ? peakAcu.value : []));
  // At the maximum the use is at least what was measured.
  const wanted = peak >= max ? Infinity : onStep((peak * 100) / lever.targetPercent);
  const to = Math.min(Math.max(wanted, max + ACU_RANGE.step), largerAcu(max, lever.maxStepFactor), lever.maxAcu);
  if (to <= max) return null;
  const { breaching, of, mean } = breachesOf(acu.value, (used) => used * 100 > max * lever.highPercent);
  return {
    to,
    because: { code: 'acu-near-max', acu: mean, maxAcu: max, limitPercent: lever.highPercent, hours: breaching, of },
  };
}

function warmerMin(
  { min }: Bounds,
  max: number,
  { rampedToAcu }: AuroraHours,
  lever: AuroraCapacitySettings['lever'],
): Raise | null {
  if (rampedToAcu.kind === 'unseen' || min === 0 || lever.minAcu === 0) return null;
  const { rampFactor, sustained } = lever;
  const newest = rampedToAcu.value.slice(-sustained.of);
  const { breaching, of, mean } = breachesOf(newest, (toAcu) => toAcu > min * rampFactor);
  const to = Math.min(onStep(Math.max(...newest) / rampFactor), max);
  if (breaching < sustained.days || to <= min) return null;
  return { to, because: { code: 'acu-ramps', fromAcu: min, toAcu: mean, factor: rampFactor, days: breaching, of } };
}

function minForEvents(
  { min }: Bounds,
  max: number,
  events: AuroraCapacityInput['events'],
  lever: AuroraCapacitySettings['lever'],
  now: EpochMs,
): Raise | null {
  const near = events.find((event) => isNear(event, lever, now));
  const minAcu = onStep((max * lever.eventPercent) / 100);
  if (near === undefined || minAcu <= min) return null;
  return { to: minAcu, because: { code: 'acu-warm-for-event', event: near.name, from: near.from, minAcu } };
}

function isNear(
  { from, to }: Pick<KnownEvent, 'from' | 'to'>,
  { eventLeadMinutes }: AuroraCapacitySettings['lever'],
  now: EpochMs,
): boolean {
  return now >= earlier(from, eventLeadMinutes * MINUTE) && now < to;
}

/** Less, where even the highest of the calm days leaves room. Anything unseen keeps what stands. */
function lowered(
  bounds: Bounds,
  { peakAcu, rampedToAcu }: AuroraHours,
  events: AuroraCapacityInput['events'],
  settings: AuroraCapacitySettings,
  now: EpochMs,
): Act | null {
  const { lever } = settings;
  if (peakAcu.kind === 'unseen' || rampedToAcu.kind === 'unseen') return null;
  if (events.some((event) => isNear(event, lever, now))) return null;
  const peak = Math.max(...peakAcu.value);
  const days = peakAcu.value.length;
  // `max_connections` follows maximum and minimum, and the pools are sized for what is configured.
  const keepsConnections = (range: Bounds): boolean => auroraMaxConnections(range) >= settings.database.maxConnections;
  const calmMin =
    lever.minAcu === 0 ? 0 : Math.max(lever.minAcu, onStep(Math.max(...rampedToAcu.value) / lever.rampFactor));
  const min = keepsConnections({ ...bounds, min: calmMin }) ? calmMin : Math.max(calmMin, UNCAPPED_FROM_MIN_ACU);
  const lowerMin = min < bounds.min ? min : null;
  const max = Math.max(onStep((peak * 100) / lever.targetPercent), ACU_RANGE.leastMax, lowerMin ?? bounds.min);
  const to = { min: lowerMin ?? bounds.min, max };
  const lowerMax = max * 100 <= bounds.max * LOWERED_PERCENT && keepsConnections(to) ? max : null;
  const because: readonly ActReason[] = [
    ...(lowerMax === null ? [] : [{ code: 'acu-idle', days, peakAcu: peak, maxAcu: bounds.max } as const]),
    ...(lowerMin === null ? [] : [{ code: 'acu-warm-enough', days, minAcu: bounds.min } as const]),
  ];
  const [first, ...others] = because;
  if (first === undefined) return null;
  return act(changeTo({ ...to, max: lowerMax ?? bounds.max }, bounds, settings), 'shrink', first, ...others);
}

/** A maximum that could be a little less is left: each change of it takes a restart to reach `max_connections`. */
const LOWERED_PERCENT = 75;

function onStep(acu: number): number {
  return Math.min(Math.ceil(acu / ACU_RANGE.step) * ACU_RANGE.step, ACU_RANGE.max);
}

function changeTo(to: Bounds, from: Bounds, { database: { kind, identifier } }: AuroraCapacitySettings) {
  return {
    kind: 'set-aurora-capacity',
    database: { kind, identifier },
    from: { minAcu: from.min, maxAcu: from.max },
    to: { minAcu: to.min, maxAcu: to.max },
  } as const;
}

export const auroraCapacity = defineLever<AuroraCapacityInput, AuroraCapacitySettings>({
  name: 'aurora-capacity',
  look: 'infrastructure',
  purpose: 'Moves the bounds of Aurora Serverless v2: the maximum before it binds, the minimum for ramps and events.',
  needs: ({ infrastructure }, { database, levers }) => {
    const facts = infrastructure?.database;
    const isServerless = facts?.kind === 'seen' && facts.value.acu !== null;
    return database !== undefined && isServerless ? auroraNeeds(database, levers['aurora-capacity']) : [];
  },
  cases: ({ infrastructure, events }, { database, levers }, now) => {
    if (database?.kind !== 'aurora-cluster' || infrastructure === null) return [];
    const { kind, identifier, maxConnections } = database;
    const lever: LeverSettings['aurora-capacity'] = levers['aurora-capacity'];
    const facts = infrastructure.database;
    const minAcu = facts.kind === 'seen' ? (facts.value.acu?.min ?? 0) : 0;
    return [
      {
        resource: databaseResourceOf(database),
        service: null,
        input: {
          facts,
          hours: auroraHours(infrastructure, lever, minAcu, now),
          events: events.map(({ name, from, to }) => ({ name, from, to })),
        },
        settings: { database: { kind, identifier, maxConnections }, lever },
      },
    ];
  },
  evaluate: evaluateAuroraCapacity,
});
