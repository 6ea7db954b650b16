/**
 * Makes up the load of a platform of public services: days with peaks and quiet nights, weekends, slow fluctuation, chance
 * in the arrivals, and deadline surges on top. All chance comes from the generator that is handed in, so the same arguments
 * give the same load.
 */
import { Temporal } from 'temporal-polyfill';
import { DAY, type EpochMs, type Seconds } from '../../shared/domain/units.ts';
import { type DayShape, dayCurve } from './day-shape.ts';
import { type DeadlineSurge, surgeShare } from './deadline-surge.ts';
import type { SeededRandom } from './seeded-random.ts';
import { type LoadPerSecond, startOfStep, STEP_SECONDS, STEPS_PER_DAY } from './steps.ts';
import type { SteppedLoad } from './trace.ts';

export interface SyntheticService {
  readonly name: string;
  /** Requests a second, mean of a weekday. */
  readonly weekdayMean: LoadPerSecond;
  readonly day: DayShape;
  /** Load of a Saturday or Sunday over that of a weekday. */
  readonly weekendFactor: number;
  /** Relative standard deviation of ups and downs that last about ten minutes, 0.05 = 5 %. */
  readonly fluctuation: number;
  /** `random`: people come independently of each other, so n requests in a step vary by the root of n. */
  readonly arrivals: 'random' | 'even';
}

export interface SyntheticPlan {
  readonly startsAt: EpochMs;
  readonly days: number;
  /** IANA name: days, nights and weekends are those of this zone. */
  readonly timeZone: string;
  readonly services: readonly SyntheticService[];
  readonly surges: readonly DeadlineSurge[];
}

/** Load of each service by its name, requests a second for each step. */
export type SyntheticLoad = ReadonlyMap<string, SteppedLoad>;

const FLUCTUATION_SECONDS: Seconds = 600;
/** The load of a new day comes up in this time, so that a weekend does not begin with a jump at midnight. */
const DAY_CHANGE_SECONDS: Seconds = 7_200;
/** Clocks are changed on the quarter of an hour everywhere. */
const STEPS_PER_OFFSET = 900 / STEP_SECONDS;

/**
 * Adding, removing or reordering services leaves the load of the others as it is.
 *
 * @throws RangeError when two services share a name, a number makes no sense, or the time zone does not exist.
 */
export function syntheticLoad(plan: SyntheticPlan, random: SeededRandom): SyntheticLoad {
  const steps = plan.days * STEPS_PER_DAY;
  if (!Number.isInteger(steps) || steps <= 0) throw new RangeError(`${plan.days} days are not a number of whole steps`);
  const offsets = zoneOffsets(plan, steps);
  const loads = new Map<string, SteppedLoad>();
  for (const service of plan.services) {
    checkService(service);
    if (loads.has(service.name)) throw new RangeError(`two services have the name ${service.name}`);
    const expected = expectedLoad(plan, service, offsets, steps);
    loads.set(service.name, {
      startsAt: plan.startsAt,
      perSecond: withChance(expected, service, random.fork(service.name)),
      missing: new Uint8Array(steps),
    });
  }
  return loads;
}

function checkService({ name, weekdayMean, weekendFactor, fluctuation }: SyntheticService): void {
  for (const [what, value] of Object.entries({ weekdayMean, weekendFactor, fluctuation })) {
    if (!(value >= 0 && value < Infinity)) throw new RangeError(`${name}: ${what} must be 0 or more, not ${value}`);
  }
}

/** Seconds that local time is ahead of UTC, one for each quarter of an hour. */
function zoneOffsets({ startsAt, timeZone }: SyntheticPlan, steps: number): readonly Seconds[] {
  return Array.from({ length: Math.ceil(steps / STEPS_PER_OFFSET) }, (_, quarter) => {
    const at = startOfStep(startsAt, quarter * STEPS_PER_OFFSET);
    return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e9;
  });
}

function expectedLoad(
  plan: SyntheticPlan,
  service: SyntheticService,
  offsets: readonly Seconds[],
  steps: number,
): Float64Array {
  const curve = dayCurve(service.day);
  const busiest = curve.reduce((most, value) => Math.max(most, value), 0);
  const surges = plan.surges.map(({ deadline, peakFactors }) => ({ deadline, factor: peakFactors[service.name] ?? 0 }));
  return Float64Array.from({ length: steps }, (_, step) => {
    const at = startOfStep(plan.startsAt, step);
    const localSeconds = at / 1000 + (offsets[Math.floor(step / STEPS_PER_OFFSET)] ?? 0);
    const usual = curve[Math.floor((localSeconds % DAY) / STEP_SECONDS)] ?? 0;
    const onTop = surges.reduce(
      (sum, { deadline, factor }) => sum + factor * surgeShare(deadline, at, usual / busiest),
      0,
    );
    return service.weekdayMean * (usual * dayFactor(localSeconds, service.weekendFactor) + onTop);
  });
}

/** 1 on weekdays, the weekend factor on weekends, a straight line between them in the first hours of a day. */
function dayFactor(localSeconds: Seconds, weekendFactor: number): number {
  const day = Math.floor(localSeconds / DAY);
  const arrived = Math.min((localSeconds % DAY) / DAY_CHANGE_SECONDS, 1);
  const factorOf = (someDay: number): number => (isWeekend(someDay) ? weekendFactor : 1);
  return factorOf(day - 1) * (1 - arrived) + factorOf(day) * arrived;
}

/** @param day counted from 1970-01-01, a Thursday. */
function isWeekend(day: number): boolean {
  const daysAfterMonday = (day + 3) % 7;
  return daysAfterMonday >= 5;
}

/** Multiplies with fluctuation of mean 1 that is forgotten within minutes, then lets the arrivals vary. */
function withChance(expected: Float64Array, service: SyntheticService, random: SeededRandom): Float64Array {
  const { fluctuation, arrivals } = service;
  const kept = Math.exp(-(STEP_SECONDS / FLUCTUATION_SECONDS));
  const renewed = Math.sqrt(1 - kept ** 2);
  let level = random.normal();
  return expected.map((mean) => {
    level = kept * level + renewed * random.normal();
    const fluctuating = mean * Math.exp(fluctuation * level - fluctuation ** 2 / 2);
    if (arrivals === 'even') return fluctuating;
    return Math.max(0, fluctuating + Math.sqrt(fluctuating / STEP_SECONDS) * random.normal());
  });
}
