import fc from 'fast-check';
import type { FleetPolicy } from '../../../shared/config/policy.ts';
import type { KnownEvent } from '../../../shared/domain/known-event.ts';
import { type MetricPoint, NOT_ASKED, type Unseen, unseen } from '../../../shared/domain/reading.ts';
import { resourceIdOf } from '../../../shared/domain/capacity.ts';
import type { ServiceForecast } from '../../../shared/domain/service-forecast.ts';
import type { ChangeStatus, FleetSnapshot, ServiceSnapshot } from '../../../shared/domain/snapshot.ts';
import { later, MINUTE } from '../../../shared/domain/units.ts';
import {
  A_DATABASE,
  A_POOLER,
  aFleetPolicy,
  aServiceInput,
  type FleetInput,
  type ServiceInput,
  TWO_POOLS,
} from './policy.ts';
import { aDayForecast, aForecast, aStoredProfile } from './forecast.ts';
import { NOW } from './time.ts';
import { aChange, aDatabaseSnapshot, anEvent, aSnapshot, calmDaysWithPeak, type ServiceWorld } from './world.ts';

const NAMES = ['api', 'portal', 'worker'] as const;

/** A service as a person may configure it: min ≤ max ≤ hardLimit. */
const anyServiceInput = (name: string): fc.Arbitrary<ServiceInput> =>
  fc
    .record({
      bounds: fc.tuple(fc.nat(6), fc.nat(20), fc.nat(40)),
      connectsTo: fc.constantFrom<'pooler' | 'database' | 'nothing'>('pooler', 'database', 'nothing'),
      cpuPercent: fc.constantFrom(30, 50, 70, 95),
    })
    .map(({ bounds: [min, more, evenMore], connectsTo, cpuPercent }) =>
      aServiceInput({
        name,
        min,
        max: min + more + 1,
        hardLimit: min + more + evenMore + 1,
        connectsTo,
        pools: connectsTo === 'nothing' ? [] : TWO_POOLS,
        targetTracking: { cpuPercent },
      }),
    );

const anyMode = fc.constantFrom<'off' | 'observe' | 'propose' | 'apply'>(
  'off',
  'observe',
  'propose',
  'apply',
  'apply',
  'apply',
  'apply',
);

const anyLevers: fc.Arbitrary<NonNullable<FleetInput['levers']>> = fc.record({
  'target-tracking': fc.record({ mode: anyMode, cooldownSeconds: fc.constantFrom(0, 300) }),
  ceiling: fc.record({
    mode: anyMode,
    maxStepFactor: fc.constantFrom(1.1, 1.5, 2, 4),
    calmHeadroomFactor: fc.constantFrom(1, 1.1, 1.25, 2),
    growCooldownSeconds: fc.constantFrom(0, 180),
    calmDays: fc.constant(1),
    sustained: fc.constantFrom({ datapoints: 10, of: 10 }, { datapoints: 3, of: 5 }),
    whenBlind: fc.constantFrom<'hold' | 'allow-growth'>('hold', 'allow-growth'),
  }),
  'known-event': fc.record({
    mode: anyMode,
    leadSeconds: fc.constantFrom(0, 90, 900, 86_400),
    horizonDays: fc.constantFrom(1, 14),
    ceilingFactor: fc.constantFrom(1, 1.1, 1.5, 4),
  }),
  predictive: fc.record({
    mode: anyMode,
    missedPrice: fc.constantFrom(10, 60, 500),
    targetPercent: fc.constantFrom(50, 70, 85),
    planHours: fc.constantFrom(1, 24, 48),
    planQuantile: fc.constantFrom(0.5, 0.9, 0.99),
    shrinkCooldownSeconds: fc.constantFrom(0, 0, 300),
  }),
});

const FREEZES = [
  { name: 'Growth only', from: '2026-12-01T00:00', to: '2026-12-02T00:00', timeZone: 'UTC' },
  { name: 'Nightly', cron: '0 22 * * *', durationMinutes: 900, timeZone: 'Europe/Berlin', allow: 'nothing' as const },
];

/** One to three services with a pooler and a database that may be small, and a budget that may be tight. */
export const anyPolicy: fc.Arbitrary<FleetPolicy> = fc
  .record({
    services: fc.integer({ min: 1, max: 3 }).chain((count) => fc.tuple(...NAMES.slice(0, count).map(anyServiceInput))),
    maxClientConnections: fc.constantFrom(300, 1000, 10_000),
    maxConnections: fc.constantFrom(200, 1000, 10_000),
    budget: fc.option(fc.integer({ min: 1, max: 80 }), { nil: null }),
    freezes: fc.subarray(FREEZES, { maxLength: 1 }),
    levers: anyLevers,
  })
  .map(({ services, maxClientConnections, maxConnections, budget, freezes, levers }) =>
    aFleetPolicy({
      services: [...services],
      pooler: { ...A_POOLER, maxClientConnections },
      database: { ...A_DATABASE, maxConnections },
      ...(budget === null ? {} : { budget: { usdPerMonthAtCeiling: budget * 41.45 } }),
      freezes,
      levers,
    }),
  );

/** An event within two days before and three days after NOW, on the minute. */
export const anyEvent = (services: readonly string[] = NAMES): fc.Arbitrary<KnownEvent> =>
  fc
    .record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      fromMinute: fc.integer({ min: -2880, max: 4320 }),
      minutes: fc.integer({ min: 1, max: 2880 }),
      floors: fc.dictionary(fc.constantFrom(...services), fc.integer({ min: 1, max: 60 }), { minKeys: 1 }),
    })
    .map(({ id, fromMinute, minutes, floors }) => {
      const from = later(NOW, fromMinute * MINUTE);
      return anEvent({ id, name: id, from, to: later(from, minutes * MINUTE), floors });
    });

/** A plan of ours as it may be found: one that stands, a part of one, an old one, or none. */
const anyOurs = fc
  .array(fc.record({ minute: fc.integer({ min: -3, max: 3000 }), min: fc.nat(20), max: fc.option(fc.nat(20)) }), {
    maxLength: 4,
  })
  .map((actions) =>
    [...new Map(actions.map((action) => [action.minute, action])).values()]
      .sort((a, b) => a.minute - b.minute)
      .map(({ minute, min, max }) => ({
        name: `fulcrum-${minute % 2 === 0 ? 'event' : 'plan'}-${minute}`,
        at: later(NOW, minute * MINUTE),
        min,
        ...(max === null ? {} : { max: min + max }),
      })),
  );

/** A forecast of now or of hours ago, of any load, in doubt or not; and the load that came since. */
const anyOutlook = fc
  .record({
    agoMinutes: fc.constantFrom(0, 20, 100, 151, 1_500),
    isLearned: fc.boolean(),
    startupSeconds: fc.constantFrom(60, 60, 300),
    hours: fc.array(fc.nat(50), { minLength: 1, maxLength: 50 }),
    doubts: fc.constantFrom<ServiceForecast['doubts']>([], [], [{ code: 'no-season' }]),
    hasDay: fc.constantFrom(true, true, false),
    load: fc.array(fc.oneof(fc.double({ min: 0, max: 500, noNaN: true }), fc.constantFrom(NaN, -1)), {
      maxLength: 130,
    }),
  })
  .map(({ agoMinutes, isLearned, startupSeconds, hours, doubts, hasDay, load }) => {
    const computedAt = later(NOW, -agoMinutes * MINUTE);
    const learned = isLearned ? aStoredProfile(4, agoMinutes, startupSeconds) : null;
    const day = hasDay ? aDayForecast(hours, computedAt) : null;
    return { forecast: aForecast({ computedAt, learned, day, doubts }), load };
  });

const anyCpu = fc.oneof(
  fc.double({ min: 0, max: 100, noNaN: true }),
  fc.array(fc.oneof(fc.double({ min: 0, max: 120, noNaN: true }), fc.constantFrom(NaN, -1, Infinity)), {
    maxLength: 15,
  }),
);

export const anyUnseen: fc.Arbitrary<Unseen> = fc.constantFrom(
  NOT_ASKED,
  unseen({ code: 'no-data' }),
  unseen({ code: 'unreadable', detail: 'throttled' }),
);

/** What a look may see of a service, each by itself. */
export const SERVICE_READINGS = [
  'facts',
  'scaling',
  'scheduled',
  'cpu',
  'runningTasks',
  'wantedMoreThanMax',
  'forecast',
  'load',
] as const;

const anyBlindness: fc.Arbitrary<Partial<ServiceSnapshot>> = fc
  .tuple(fc.subarray([...SERVICE_READINGS], { maxLength: 2 }), anyUnseen)
  .map(([readings, reading]) => Object.fromEntries(readings.map((name) => [name, reading])));

const anyServiceWorld: fc.Arbitrary<ServiceWorld> = fc
  .record({
    desired: fc.nat(70),
    bounds: fc.tuple(fc.nat(30), fc.nat(40)).map(([min, more]) => ({ min, max: min + more })),
    isRegistered: fc.constantFrom(true, true, true, false),
    suspended: fc.record({
      dynamicScalingOut: fc.constantFrom(false, false, true),
      scheduledScaling: fc.constantFrom(false, false, true),
    }),
    deployment: fc.constantFrom<'none' | 'in-progress'>('none', 'none', 'in-progress'),
    policies: fc.constantFrom([], [{}], [{}], [{ scaleInCooldownSeconds: 600 }], [{}, { name: 'by-hand' }]),
    ours: anyOurs,
    outlook: fc.option(anyOutlook),
    cpu: anyCpu,
    peak: fc.option(fc.nat(60)),
    wantedMore: fc.option(fc.constant(NOW)),
    isPinned: fc.boolean(),
    blindness: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: anyBlindness }),
  })
  .map(
    ({ isRegistered, isPinned, policies, peak, wantedMore, blindness, bounds, desired, ours, outlook, ...rest }) => ({
      ...rest,
      ...outlook,
      // Whoever deregisters a service loses its scheduled actions, too.
      ours: isRegistered ? ours : [],
      bounds,
      desired: isPinned ? bounds.max : desired,
      targetTracking: policies,
      ...(wantedMore === null ? {} : { wantedMore }),
      readings: {
        ...(peak === null ? {} : { runningTasks: calmDaysWithPeak(peak, NOW, 1) }),
        ...(isRegistered ? {} : { scaling: { kind: 'seen' as const, value: null, at: NOW } }),
        ...blindness,
      },
    }),
  );

const anyChange: fc.Arbitrary<ChangeStatus> = fc
  .record({
    status: fc.constantFrom<ChangeStatus['status']>('applied', 'verified', 'failed', 'ordered'),
    failures: fc.nat(5),
    agoSeconds: fc.nat(600),
    direction: fc.constantFrom<ChangeStatus['direction']>('grow', 'shrink', 'repair'),
  })
  .map(({ status, failures, agoSeconds, direction }) => {
    const updatedAt = NOW - agoSeconds * 1000;
    return aChange({ status, failures, updatedAt, direction, lastApplied: { [direction]: updatedAt } });
  });

export interface Situation {
  readonly policy: FleetPolicy;
  readonly snapshot: FleetSnapshot;
}

/** A fleet in any state that it can be found in at night: misconfigured, half blind, changed by others, in the middle of it. */
export const anySituation: fc.Arbitrary<Situation> = anyPolicy.chain((policy) =>
  fc
    .record({
      services: fc.tuple(...policy.services.map(() => anyServiceWorld)),
      events: fc.array(anyEvent(policy.services.map(({ name }) => name)), { maxLength: 4 }),
      changes: fc.array(fc.option(anyChange), { minLength: 3, maxLength: 3 }),
      pause: fc.constantFrom([], [], [], [{ scope: { lever: 'ceiling' }, until: later(NOW, MINUTE), note: 'n' }]),
      database: fc.record({ cpu: fc.nat(100), connections: fc.nat(220) }),
    })
    .map(({ services, events, changes, pause, database }) =>
      toldInShort({
        policy,
        snapshot: aSnapshot(policy, {
          services: Object.fromEntries(policy.services.map(({ name }, index) => [name, services[index]!])),
          events,
          changes: Object.fromEntries(
            policy.services.flatMap((service, index) => {
              const change = changes[index];
              return change === null || change === undefined ? [] : [[resourceIdOf(service), change]];
            }),
          ),
          pauses: pause,
          database: aDatabaseSnapshot(database),
        }),
      }),
    ),
);

/** A counterexample that a person can read: of a series only its last points. */
function toldInShort(situation: Situation): Situation {
  const short = (_: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && 'points' in value && Array.isArray(value.points)
      ? {
          points: value.points.length,
          newest: value.points.slice(-3).map(({ value: point }: MetricPoint) => String(point)),
        }
      : value;
  return Object.defineProperty(situation, fc.toStringMethod, {
    value: () => JSON.stringify({ ...situation, policy: { ...situation.policy, calendar: undefined } }, short),
  });
}
