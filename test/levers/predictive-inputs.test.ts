import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FleetPolicy } from '../../shared/config/policy.ts';
import type { MetricQuery } from '../../shared/domain/metric-query.ts';
import { type Reading, seen, type Series, unseen } from '../../shared/domain/reading.ts';
import type { ServiceForecast } from '../../shared/domain/service-forecast.ts';
import type { ServiceSnapshot } from '../../shared/domain/snapshot.ts';
import { MINUTE } from '../../shared/domain/units.ts';
import { planRoom } from '../../shared/levers/own-schedule.ts';
import { predictive } from '../../shared/levers/predictive.ts';
import { foresightOf, loadNeeds, plannedDayOf } from '../../shared/levers/predictive-inputs.ts';
import { freshForecast, mayHoldFloor, predictiveTarget } from '../../shared/levers/predictive-standing.ts';
import { brief } from '../support/builders/decisions.ts';
import { aForecast, aLoad, aStoredProfile } from '../support/builders/forecast.ts';
import { aFleetPolicy, aServiceInput } from '../support/builders/policy.ts';
import { minutesAgo, NOW } from '../support/builders/time.ts';
import { aServiceSnapshot, aSnapshot, type ServiceWorld } from '../support/builders/world.ts';

const throttled = unseen({ code: 'unreadable', detail: 'throttled' });
const BALANCED = { loadBalancer: 'app/shop/0123456789abcdef', targetGroup: 'targetgroup/shop/0123456789abcdef' };
const fleetOf = (service = {}, predictiveSettings = {}): FleetPolicy =>
  aFleetPolicy({
    services: [aServiceInput({ ...BALANCED, ...service })],
    levers: { predictive: { mode: 'apply', ...predictiveSettings } },
  });
const FLEET = fleetOf();

/** `RequestCount Sum 20 min`: what is asked, and over which window. */
const asked = ({ metric, statistic, windowSeconds }: MetricQuery): string =>
  `${metric} ${statistic} ${windowSeconds / MINUTE} min`;

describe('what the predictive lever needs to see', () => {
  const needs = (see: ServiceWorld, fleet = FLEET, now = NOW): readonly string[] => {
    const { facts, scaling, forecast } = aServiceSnapshot(see, now);
    const service = fleet.services[0]!;
    return loadNeeds(service, { facts, scaling, forecast }, now).flatMap((need) =>
      'query' in need ? [`${need.slot}: ${asked(need.query)}`] : [],
    );
  };
  const learnedAgo = (minutes: number): ServiceForecast => aForecast({ learned: aStoredProfile(4, minutes) });

  // prettier-ignore
  it.each<{ when: string; see: ServiceWorld; then: string[] }>([
    { when: 'it learned minutes ago: the last hour',     see: { forecast: learnedAgo(20) },                            then: ['requests: RequestCount Sum 65 min'] },
    { when: 'it learned exactly an hour ago',            see: { forecast: learnedAgo(60) },                            then: ['requests: RequestCount Sum 65 min'] },
    { when: 'it learned a minute before that: a quarter of an hour more, so that the query serves fifteen looks', see: { forecast: learnedAgo(61) }, then: ['requests: RequestCount Sum 80 min'] },
    { when: 'it learned two hours ago',                  see: { forecast: learnedAgo(120) },                           then: ['requests: RequestCount Sum 125 min'] },
    { when: 'it has not learned yet: the last hour',     see: { forecast: aForecast({ learned: null }) },              then: ['requests: RequestCount Sum 65 min'] },
    { when: 'the load is counted in busy tasks',         see: { forecast: aForecast({ source: 'busy-tasks' }) },       then: ['busyCpu: CPUUtilization Average 65 min', 'busyTasks: CPUUtilization SampleCount 65 min'] },
    { when: 'there is no forecast: nothing to follow',   see: {},                                                      then: [] },
    { when: 'the forecast cannot be read',               see: { readings: { forecast: throttled } },                   then: [] },
    { when: 'the service is not registered',             see: { forecast: aForecast(), readings: { scaling: seen(null, NOW) } }, then: [] },
    { when: 'its scaling cannot be seen',                see: { forecast: aForecast(), readings: { scaling: throttled } }, then: [] },
  ])('when $when: $then', ({ see, then }) => {
    expect(needs(see)).toEqual(then);
  });

  it('nothing where its requests are no longer counted, and nothing of a service that was not read', () => {
    const forecast = aForecast();
    const bare = aFleetPolicy({ levers: { predictive: { mode: 'apply' } } });
    expect(needs({ forecast }, bare)).toEqual([]);
    expect(loadNeeds(bare.services[0]!, undefined, NOW)).toEqual([]);
  });

  it('asks for the same in fifteen looks in a row', () => {
    const forecast = learnedAgo(76);
    const windows = Array.from({ length: 15 }, (_, minute) => needs({ forecast }, FLEET, NOW + minute * 60_000)[0]);
    expect(new Set(windows)).toEqual(new Set(['requests: RequestCount Sum 95 min']));
  });
});

describe('what is known of the next minutes', () => {
  const told = (over: Partial<ServiceSnapshot>, fleet = FLEET): string => {
    const see = { forecast: seen(aForecast(), NOW), load: aLoad(Array<number>(30).fill(36)), ...over };
    const foresight = foresightOf(see, fleet.services[0]!, fleet, NOW);
    if (foresight.kind === 'unseen') return `unseen (${foresight.because.code})`;
    const { value } = foresight;
    if (value.kind === 'recent') return `recent ${value.highest?.toFixed(1) ?? '-'}, ${value.periodsBehind ?? 'never'}`;
    const { expectations, sight } = value.outlook;
    return `followed ${Math.expm1(expectations.arrival.mean).toFixed(0)}, ${sight}`;
  };
  const forecast = (over: Partial<ServiceForecast>): Reading<ServiceForecast> => seen(aForecast(over), NOW);

  // prettier-ignore
  it.each<{ when: string; see: Partial<ServiceSnapshot>; fleet?: FleetPolicy; then: string }>([
    { when: 'all is there',                              see: {},                                                      then: 'followed 4, measured' },
    { when: 'the newest minutes are missing',            see: { load: aLoad(Array<number>(30).fill(36), minutesAgo(6)) }, then: 'followed 4, gap' },
    { when: 'nothing has been learned: the highest of the lead time', see: { forecast: forecast({ learned: null }) },  then: 'recent 4.0, never' },
    { when: 'what was learned has ended an hour ago',    see: { forecast: forecast({ learned: aStoredProfile(4, 27 * 60) }) }, then: 'recent 4.0, 59' },
    { when: 'it was learned for another start-up: as if nothing were', see: {}, fleet: fleetOf({ startupSeconds: 600 }), then: 'recent 4.0, never' },
    { when: 'looks are five minutes apart: it was learned for another pace', see: {}, fleet: { ...FLEET, tickMinutes: 5 }, then: 'recent 4.0, never' },
    { when: 'there is no forecast',                      see: { forecast: unseen({ code: 'no-data' }) },               then: 'unseen (no-data)' },
    { when: 'the load cannot be seen',                   see: { load: throttled },                                     then: 'unseen (unreadable)' },
    { when: 'a task carries nothing',                    see: { forecast: forecast({ taskCapacity: 0 }) },             then: 'unseen (invalid)' },
    { when: 'a task carries what is no number',          see: { forecast: forecast({ taskCapacity: NaN }) },           then: 'unseen (invalid)' },
  ])('when $when: $then', ({ see, fleet, then }) => {
    expect(told(see, fleet)).toBe(then);
  });
});

describe('what is known of the next day', () => {
  const AGED = (seconds: number): Reading<ServiceForecast> =>
    seen(aForecast({ computedAt: NOW - seconds * 1000 }), NOW - seconds * 1000);

  // prettier-ignore
  it.each([
    { when: '150 minutes old', age: 9_000, then: 'planned' },
    { when: 'a second older',  age: 9_001, then: 'unseen (too-old)' },
  ])('is $then when the forecast is $when', ({ age, then }) => {
    const day = plannedDayOf(AGED(age), FLEET.services[0]!, FLEET, NOW);
    expect(day.kind === 'seen' ? 'planned' : `unseen (${day.because.code})`).toBe(then);
    expect(freshForecast(AGED(age), FLEET, NOW).kind).toBe(day.kind);
  });

  it('has no plan where there is no forecast of the day, or a task carries nothing', () => {
    for (const over of [{ day: null }, { taskCapacity: 0 }]) {
      const day = plannedDayOf(seen(aForecast(over), NOW), FLEET.services[0]!, FLEET, NOW);
      expect(day).toMatchObject({ kind: 'seen', value: { plan: null } });
    }
  });

  it('carries the record of the forecast and its rehearsal, for people', () => {
    expect(plannedDayOf(seen(aForecast(), NOW), FLEET.services[0]!, FLEET, NOW)).toMatchObject({
      value: { record: { coverage: 0.9 }, rehearsal: { missedPercent: 0.21 } },
    });
  });
});

describe('what other levers know of it', () => {
  const service = FLEET.services[0]!;

  it.each([
    { mode: 'apply' as const, then: true },
    { mode: 'observe' as const, then: false },
    { mode: 'propose' as const, then: false },
    { mode: 'off' as const, then: false },
  ])('with $mode it may hold a floor: $then', ({ mode, then }) => {
    expect(mayHoldFloor(fleetOf({}, { mode }))).toBe(then);
  });

  // prettier-ignore
  it.each<{ when: string; forecast: Reading<ServiceForecast>; mode?: 'observe'; then: number | null }>([
    { when: 'it has learned',                   forecast: seen(aForecast(), NOW),                       then: 85 },
    { when: 'it has not',                       forecast: seen(aForecast({ learned: null }), NOW),      then: null },
    { when: 'the forecast is too old',          forecast: seen(aForecast({ computedAt: minutesAgo(151) }), NOW), then: null },
    { when: 'there is none',                    forecast: unseen({ code: 'no-data' }),                  then: null },
    { when: 'the store does not answer for once', forecast: throttled,                                  then: 85 },
    { when: 'it only observes',                 forecast: seen(aForecast(), NOW), mode: 'observe',      then: null },
  ])('beside the target of the service may stand $then when $when', ({ forecast, mode, then }) => {
    const policy = mode === undefined ? FLEET : fleetOf({}, { mode });
    expect(predictiveTarget(forecast, service, policy, NOW)).toBe(then);
  });
});

describe('from readings to a decision', () => {
  const anyWorld = fc.record({
    desired: fc.integer({ min: 0, max: 40 }),
    min: fc.integer({ min: 0, max: 30 }),
    more: fc.nat(30),
    perSecond: fc.double({ min: 0, max: 400, noNaN: true }),
    tracked: fc.constantFrom(70, 85),
  });
  const decide = (world: ServiceWorld, now = NOW) => {
    const [proposal] = predictive.propose(aSnapshot(FLEET, { services: { 'core-api': world } }, now), FLEET, now);
    return proposal!.wanted;
  };
  const worldOf = ({ desired, min, more, perSecond, tracked }: Parameters<Parameters<typeof anyWorld.map>[0]>[0]) => ({
    desired,
    bounds: { min, max: min + more },
    targetTracking: [{ cpuPercent: tracked }],
    forecast: aForecast(),
    load: Array<number>(30).fill(perSecond),
  });

  it('moves a floor by what CloudWatch and the store tell', () => {
    const world = { bounds: { min: 2, max: 10 }, targetTracking: [{ cpuPercent: 85 }], forecast: aForecast() };
    expect(brief(decide({ ...world, desired: 2, load: Array<number>(30).fill(36) }))).toMatch(
      /^act [456]–10 \(load-ahead\)$/,
    );
  });

  /** What may be missing, in every way in which it can be. */
  const DIMMED: Readonly<Record<string, (world: ServiceWorld) => ServiceWorld>> = {
    'the newest minutes': ({ load, ...world }) => ({
      ...world,
      readings: { load: aLoad(load ?? [], minutesAgo(10)) },
    }),
    'every minute': ({ load: _, ...world }) => ({ ...world, readings: { load: unseen({ code: 'no-data' }) } }),
    'all but nonsense': ({ load: _, ...world }) => ({ ...world, readings: { load: nonsense() } }),
    'the answer of CloudWatch': (world) => ({ ...world, readings: { load: throttled } }),
    'the forecast': ({ forecast: _, ...world }) => world,
    'the store': (world) => ({ ...world, readings: { forecast: throttled } }),
    'the scheduled actions': (world) => ({ ...world, readings: { scheduled: throttled } }),
    'the service': (world) => ({ ...world, readings: { facts: throttled } }),
    'its scaling': (world) => ({ ...world, readings: { scaling: throttled } }),
  };
  function nonsense(): Reading<Series> {
    const points = [NaN, -5, Infinity].map((value, index) => ({ at: minutesAgo(4 - index), value }));
    return seen({ periodSeconds: 60, points }, minutesAgo(2));
  }

  it.each(Object.entries(DIMMED))('law: a floor never falls while %s is missing', (_what, dim) => {
    fc.assert(
      fc.property(anyWorld, fc.nat(1), (any, minute) => {
        const decision = decide(dim(worldOf(any)), NOW + minute * 60_000);
        const from = { min: any.min, max: any.min + any.more };
        const to =
          decision.kind === 'act' && decision.change.kind === 'set-capacity-bounds' ? decision.change.to : from;
        // Above the hard limit of 30 nothing may stand.
        expect(to.min).toBeGreaterThanOrEqual(Math.min(from.min, 30, Math.max(from.max, 2)));
      }),
      { numRuns: 150 },
    );
  });

  it('law: a floor is within the minimum and the ceiling, and a ceiling that it sets within the hard limit', () => {
    fc.assert(
      fc.property(anyWorld, fc.nat(1), (any, minute) => {
        const decision = decide(worldOf(any), NOW + minute * 60_000);
        if (decision.kind !== 'act') return;
        const { change } = decision;
        const ceiling = Math.max(any.min + any.more, 2);
        const steps =
          change.kind === 'set-capacity-bounds' ? [change.to] : change.kind === 'schedule-capacity' ? change.to : [];
        for (const { min = 2, max = ceiling } of steps) {
          expect(min).toBeGreaterThanOrEqual(2);
          expect(min).toBeLessThanOrEqual(max);
          expect(min).toBeLessThanOrEqual(30);
          expect(max).toBeLessThanOrEqual(Math.max(ceiling, 30));
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([0, 40, 100, 160, 192])(
    'law: two plans beside %i actions of others fit into the 200 of a target',
    (others) => {
      const forecast = aForecast({ day: aDayOfSteps() });
      const decision = decide({
        // The floor is too high: in this minute the plan goes first.
        desired: 10,
        bounds: { min: 10, max: 10 },
        targetTracking: [{ cpuPercent: 85 }],
        forecast,
        load: Array<number>(30).fill(36),
        othersCount: others,
      });
      const planned =
        decision.kind === 'act' && decision.change.kind === 'schedule-capacity' ? decision.change.to.length : 0;
      expect(planned).toBeGreaterThan(0);
      expect(planned).toBeLessThanOrEqual(planRoom(others));
      // While the new plan is written the old one still stands.
      expect(others + 2 * planned).toBeLessThanOrEqual(200);
    },
  );

  /** Every half hour another need. */
  function aDayOfSteps(): NonNullable<ServiceForecast['day']> {
    const day = aForecast().day!;
    const steps = day.perSecond[0]!.length;
    const loads = Array.from({ length: steps }, (_, step) => 9 * (2 + ((Math.floor(step / 6) * 5) % 8)));
    return { ...day, perSecond: day.quantiles.map(() => loads) };
  }
});
