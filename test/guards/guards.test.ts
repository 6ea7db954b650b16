import { describe, expect, it } from '@jest/globals';
import { explainReasons } from '../../shared/domain/explain.ts';
import { seen, unseen } from '../../shared/domain/reading.ts';
import type { ChangeStatus, Pause } from '../../shared/domain/snapshot.ts';
import { applyGuards } from '../../shared/guards/apply-guards.ts';
import { GUARDS } from '../../shared/guards/guards.ts';
import { floorByForecast, floorNow, raiseTo, reduction, repair } from '../support/builders/acts.ts';
import { anAct, aRaise, brief, CORE_API_RESOURCE } from '../support/builders/decisions.ts';
import { aGuardContext, type GuardedWish } from '../support/builders/guard-context.ts';
import { A_DATABASE, aFleetPolicy, aServiceInput, TWO_POOLS } from '../support/builders/policy.ts';
import { at, minutesAgo, NOW, secondsAgo } from '../support/builders/time.ts';
import { aChange } from '../support/builders/world.ts';

const guarded = (wish: GuardedWish): string => brief(applyGuards(aGuardContext(wish)));

const changes = (over: Partial<ChangeStatus>) => ({ changes: { [CORE_API_RESOURCE]: aChange(over) } });
const pause = (over: Partial<Pause> = {}) => ({
  pauses: [{ scope: {}, until: at('18:00'), note: 'migration', ...over }],
});
const deploying = { services: { 'core-api': { deployment: 'in-progress' as const } } };
const roomFor20 = { services: { 'core-api': { bounds: { min: 2, max: 20 } } } };

/** Each task costs 41.45 USD a month. */
const budgetFor = (tasks: number) => ({ usdPerMonthAtCeiling: 41.45 * tasks });

/** Each task opens 50 connections to the database, which leaves 160 − 12 to them. */
const direct = { services: [aServiceInput({ connectsTo: 'database', pools: TWO_POOLS })], database: A_DATABASE };

it('nothing stands in the way of a healthy wish', () => {
  expect(applyGuards(aGuardContext())).toEqual(anAct());
});

describe('mode', () => {
  // prettier-ignore
  it.each([
    { mode: 'apply',   then: 'act 2–12 (pinned-at-max)' },
    { mode: 'observe', then: 'hold (observe-only); else 2–12 (pinned-at-max)' },
    { mode: 'propose', then: 'hold (propose-only); else 2–12 (pinned-at-max)' },
    { mode: 'off',     then: 'hold (observe-only); else 2–12 (pinned-at-max)' },
  ] as const)('$mode: $then', ({ mode, then }) => {
    expect(guarded({ policy: aFleetPolicy({ levers: { ceiling: { mode } } }) })).toBe(then);
  });

  it('is that of the lever in question', () => {
    const policy = aFleetPolicy({ levers: { 'target-tracking': { mode: 'observe' }, 'known-event': { mode: 'off' } } });
    expect(guarded({ policy })).toBe('act 2–12 (pinned-at-max)');
  });

  it('a lever that only observes shows what the other guards would have left of its wish', () => {
    const policy = aFleetPolicy({ levers: { ceiling: { mode: 'observe' } } });
    expect(guarded({ policy, wanted: raiseTo(40) })).toBe(
      'hold (observe-only); else 2–15 (pinned-at-max, trimmed-to-hard-limit, trimmed-to-step)',
    );
  });
});

describe('pause', () => {
  // prettier-ignore
  it.each([
    { when: 'everything is paused',              world: pause(),                                                   then: 'hold (paused); else 2–12 (pinned-at-max)' },
    { when: 'it ends this second',               world: pause({ until: NOW }),                                     then: 'act 2–12 (pinned-at-max)' },
    { when: 'it ends in a second',               world: pause({ until: NOW + 1000 }),                              then: 'hold (paused); else 2–12 (pinned-at-max)' },
    { when: 'this service is paused',            world: pause({ scope: { service: 'core-api' } }),                 then: 'hold (paused); else 2–12 (pinned-at-max)' },
    { when: 'another service is paused',         world: pause({ scope: { service: 'worker' } }),                   then: 'act 2–12 (pinned-at-max)' },
    { when: 'this lever is paused',              world: pause({ scope: { lever: 'ceiling' } }),                    then: 'hold (paused); else 2–12 (pinned-at-max)' },
    { when: 'another lever is paused',           world: pause({ scope: { lever: 'known-event' } }),                then: 'act 2–12 (pinned-at-max)' },
    { when: 'this lever is paused for this service', world: pause({ scope: { service: 'core-api', lever: 'ceiling' } }), then: 'hold (paused); else 2–12 (pinned-at-max)' },
    { when: 'this lever is paused for another',  world: pause({ scope: { service: 'worker', lever: 'ceiling' } }), then: 'act 2–12 (pinned-at-max)' },
    { when: 'another lever is paused for this service', world: pause({ scope: { service: 'core-api', lever: 'known-event' } }), then: 'act 2–12 (pinned-at-max)' },
  ])('when $when: $then', ({ world, then }) => {
    expect(guarded({ world })).toBe(then);
  });

  it('says until when and in the words of the person', () => {
    const { because } = applyGuards(aGuardContext({ world: pause() }));
    expect(explainReasons(because)).toBe('paused until 2026-12-01 18:00 UTC (migration)');
  });
});

describe('cooldown', () => {
  const grewAgo = (seconds: number) => changes({ lastApplied: { grow: secondsAgo(seconds) } });
  const shrankAgo = (seconds: number) => ({
    ...roomFor20,
    ...changes({ lastApplied: { shrink: secondsAgo(seconds) } }),
  });
  const floorMovedAgo = (direction: 'grow' | 'shrink', seconds: number) =>
    changes({ floorLastApplied: { [direction]: secondsAgo(seconds) } });
  const predicting = aFleetPolicy({ levers: { predictive: { mode: 'apply' } } });
  const patient = aFleetPolicy({ levers: { predictive: { mode: 'apply', shrinkCooldownSeconds: 300 } } });
  const repairedAgo = (seconds: number) => changes({ lastApplied: { repair: secondsAgo(seconds) } });
  const day = 86_400;

  // prettier-ignore
  it.each<{ when: string; wish: GuardedWish; then: string }>([
    { when: 'the ceiling was raised 179 s ago',        wish: { world: grewAgo(179) },                                  then: 'hold (cooling-down); else 2–12 (pinned-at-max)' },
    { when: 'it was raised 180 s ago',                 wish: { world: grewAgo(180) },                                  then: 'act 2–12 (pinned-at-max)' },
    { when: 'it was lowered a second ago: growth does not wait for that', wish: { world: changes({ lastApplied: { shrink: secondsAgo(1), repair: secondsAgo(1) } }) }, then: 'act 2–12 (pinned-at-max)' },
    { when: 'it was lowered a day less a second ago',  wish: { wanted: reduction, world: shrankAgo(day - 1) },         then: 'hold (cooling-down); else 2–12 (calm)' },
    { when: 'it was lowered a day ago',                wish: { wanted: reduction, world: shrankAgo(day) },             then: 'act 2–12 (calm)' },
    { when: 'it was raised a day less a second ago, and shall be lowered', wish: { wanted: reduction, world: { ...roomFor20, ...grewAgo(day - 1) } }, then: 'hold (cooling-down); else 2–12 (calm)' },
    { when: 'it was raised a day ago, and shall be lowered', wish: { wanted: reduction, world: { ...roomFor20, ...grewAgo(day) } }, then: 'act 2–12 (calm)' },
    { when: 'it was lowered before it was raised: the later counts', wish: { wanted: reduction, world: { ...roomFor20, ...changes({ lastApplied: { shrink: secondsAgo(day * 2), grow: secondsAgo(60) } }) } }, then: 'hold (cooling-down); else 2–12 (calm)' },
    { when: 'it was repaired 299 s ago',               wish: { wanted: repair({ min: 2, max: 9 }, { min: 2, max: 10 }), lever: 'target-tracking', world: repairedAgo(299) }, then: 'hold (cooling-down); else 2–10 at 70 % (policy-missing)' },
    { when: 'it was repaired 300 s ago',               wish: { wanted: repair({ min: 2, max: 9 }, { min: 2, max: 10 }), lever: 'target-tracking', world: repairedAgo(300) }, then: 'act 2–10 at 70 % (policy-missing)' },
    { when: 'an event does not wait',                  wish: { wanted: floorNow(8, 12), lever: 'known-event', world: grewAgo(1) }, then: 'act 8–12 (event-under-way)' },
    { when: 'the predictive lever has moved the floor: the ceiling does not wait for that', wish: { world: floorMovedAgo('grow', 1) }, then: 'act 2–12 (pinned-at-max)' },
    { when: 'a floor rises at once, whatever was moved', wish: { wanted: floorByForecast(8), lever: 'predictive', world: floorMovedAgo('shrink', 1) }, then: 'act 8–10 (load-ahead)' },
    { when: 'a floor falls at once where policy says 0', wish: { wanted: floorByForecast(2), lever: 'predictive', world: floorMovedAgo('grow', 1) }, then: 'act 2–10 (load-recedes)' },
    { when: 'a floor was lowered 299 s ago, and policy says 300', wish: { wanted: floorByForecast(2), lever: 'predictive', policy: patient, world: floorMovedAgo('shrink', 299) }, then: 'hold (cooling-down); else 2–10 (load-recedes)' },
    { when: 'a floor was lowered 300 s ago',           wish: { wanted: floorByForecast(2), lever: 'predictive', policy: patient, world: floorMovedAgo('shrink', 300) }, then: 'act 2–10 (load-recedes)' },
    { when: 'a floor was raised 299 s ago and shall fall', wish: { wanted: floorByForecast(2), lever: 'predictive', policy: patient, world: floorMovedAgo('grow', 299) }, then: 'hold (cooling-down); else 2–10 (load-recedes)' },
    { when: 'a patient floor rises at once all the same', wish: { wanted: floorByForecast(8), lever: 'predictive', policy: patient, world: floorMovedAgo('grow', 1) }, then: 'act 8–10 (load-ahead)' },
    { when: 'a patient floor falls after the ceiling was raised', wish: { wanted: floorByForecast(2), lever: 'predictive', policy: patient, world: grewAgo(1) }, then: 'act 2–10 (load-recedes)' },
    { when: 'the clock of the last change is ahead',   wish: { world: grewAgo(-60) },                                  then: 'hold (cooling-down); else 2–12 (pinned-at-max)' },
    { when: 'another resource was changed',            wish: { world: { changes: { 'service/production/worker': aChange({ lastApplied: { grow: NOW } }) } } }, then: 'act 2–12 (pinned-at-max)' },
    { when: 'the cooldown is 0',                       wish: { policy: aFleetPolicy({ levers: { ceiling: { growCooldownSeconds: 0 } } }), world: grewAgo(-60) }, then: 'act 2–12 (pinned-at-max)' },
  ])('when $when: $then', ({ wish, then }) => {
    expect(guarded({ policy: predicting, ...wish })).toBe(then);
  });

  it('says until when', () => {
    const { because } = applyGuards(aGuardContext({ world: grewAgo(60) }));
    expect(explainReasons(because)).toBe('cooling down until 2026-12-01 12:32 UTC');
  });
});

describe('breaker: after three failures in a row ten minutes of rest, twice as long after each further one', () => {
  const failed = (failures: number, minutes: number) => ({
    world: changes({ status: 'failed', failures, updatedAt: minutesAgo(minutes) }),
  });

  // prettier-ignore
  it.each([
    { failures: 2,  minutes: 0,     then: 'act' },
    { failures: 3,  minutes: 9.99,  then: 'hold' },
    { failures: 3,  minutes: 10,    then: 'act' },
    { failures: 4,  minutes: 19.99, then: 'hold' },
    { failures: 4,  minutes: 20,    then: 'act' },
    { failures: 8,  minutes: 319.9, then: 'hold' },
    { failures: 8,  minutes: 320,   then: 'act' },
    { failures: 99, minutes: 319.9, then: 'hold' },
    { failures: 99, minutes: 320,   then: 'act' },
  ])('$failures failures, the last $minutes minutes ago: $then', ({ failures, minutes, then }) => {
    expect(guarded(failed(failures, minutes))).toBe(
      then === 'act' ? 'act 2–12 (pinned-at-max)' : 'hold (too-many-failures); else 2–12 (pinned-at-max)',
    );
  });

  it('says how many and until when', () => {
    const { because } = applyGuards(aGuardContext(failed(4, 0)));
    expect(explainReasons(because)).toBe('4 failures in a row, next try after 2026-12-01 12:50 UTC');
  });
});

describe('freeze', () => {
  const freeze = { name: 'Election', from: '2026-12-01T00:00', to: '2026-12-02T00:00', timeZone: 'UTC' };

  // prettier-ignore
  it.each<{ when: string; wish: GuardedWish; then: string }>([
    { when: 'growth alone is allowed, and it grows',       wish: { policy: aFleetPolicy({ freezes: [freeze] }) },                         then: 'act 2–12 (pinned-at-max)' },
    { when: 'growth alone is allowed, and it shrinks',     wish: { policy: aFleetPolicy({ freezes: [freeze] }), wanted: reduction, world: roomFor20 }, then: 'hold (frozen); else 2–12 (calm)' },
    { when: 'growth alone is allowed, and it repairs',     wish: { policy: aFleetPolicy({ freezes: [freeze] }), wanted: repair({ min: 2, max: 9 }, { min: 2, max: 10 }), lever: 'target-tracking' }, then: 'hold (frozen); else 2–10 at 70 % (policy-missing)' },
    { when: 'nothing is allowed',                          wish: { policy: aFleetPolicy({ freezes: [{ ...freeze, allow: 'nothing' }] }) }, then: 'hold (frozen); else 2–12 (pinned-at-max)' },
  ])('when $when: $then', ({ wish, then }) => {
    expect(guarded(wish)).toBe(then);
  });

  it('says which and until when', () => {
    const policy = aFleetPolicy({ freezes: [{ ...freeze, allow: 'nothing' }] });
    const { because } = applyGuards(aGuardContext({ policy }));
    expect(explainReasons(because)).toBe('change freeze “Election” until 2026-12-02 00:00 UTC');
  });
});

describe('deployment', () => {
  // prettier-ignore
  it.each<{ when: string; wish: GuardedWish; then: string }>([
    { when: 'one is in progress, and it grows',    wish: { world: deploying },                             then: 'act 2–12 (pinned-at-max)' },
    { when: 'one is in progress, and it shrinks',  wish: { world: { services: { 'core-api': { bounds: { min: 2, max: 20 }, deployment: 'in-progress' } } }, wanted: reduction }, then: 'hold (deployment-in-progress); else 2–12 (calm)' },
    { when: 'one is in progress, and it repairs',  wish: { world: deploying, wanted: repair({ min: 2, max: 9 }, { min: 2, max: 10 }), lever: 'target-tracking' }, then: 'hold (deployment-in-progress); else 2–10 at 70 % (policy-missing)' },
    { when: 'none is, and it shrinks',             wish: { world: roomFor20, wanted: reduction },           then: 'act 2–12 (calm)' },
    { when: 'the service cannot be seen',          wish: { world: { services: { 'core-api': { bounds: { min: 2, max: 20 }, readings: { facts: unseen({ code: 'no-data' }) } } } }, wanted: reduction }, then: 'act 2–12 (calm)' },
  ])('when $when: $then', ({ wish, then }) => {
    expect(guarded(wish)).toBe(then);
  });
});

describe('the order of the guards', () => {
  it('stands in one place', () => {
    expect(GUARDS.map(({ name }) => name)).toEqual([
      'mode',
      'approval',
      'pause',
      'bounds',
      'step',
      'cooldown',
      'breaker',
      'freeze',
      'deployment',
      'budget',
      'connections',
    ]);
  });

  const freezes = [{ name: 'F', from: '2026-12-01T00:00', to: '2026-12-02T00:00', timeZone: 'UTC' }];
  const hot = { failures: 3, updatedAt: NOW, lastApplied: { grow: NOW, shrink: NOW, repair: NOW } };
  const justRaised = anAct({ change: aRaise({ min: 2, max: 10 }, { min: 1, max: 12 }) });
  const registering = {
    services: { 'core-api': { deployment: 'in-progress' as const, readings: { scaling: seen(null, NOW) } } },
  };

  // Where two neighbours both object, both are named, in their order; where the first trims, the second judges the rest.
  // prettier-ignore
  it.each<{ pair: string; wish: GuardedWish; then: string }>([
    { pair: 'mode, pause',           wish: { policy: aFleetPolicy({ levers: { ceiling: { mode: 'observe' } } }), world: pause() }, then: 'hold (observe-only, paused); else 2–12 (pinned-at-max)' },
    { pair: 'pause, bounds',         wish: { world: pause(), wanted: justRaised },                       then: 'hold (paused, outside-bounds); else 1–12 (pinned-at-max)' },
    { pair: 'bounds, step',          wish: { wanted: raiseTo(40) },                                      then: 'act 2–15 (pinned-at-max, trimmed-to-hard-limit, trimmed-to-step)' },
    { pair: 'step, cooldown',        wish: { wanted: raiseTo(20), world: changes({ lastApplied: { grow: NOW } }) }, then: 'hold (cooling-down); else 2–15 (pinned-at-max, trimmed-to-step)' },
    { pair: 'cooldown, breaker',     wish: { world: changes(hot) },                                      then: 'hold (cooling-down, too-many-failures); else 2–12 (pinned-at-max)' },
    { pair: 'breaker, freeze',       wish: { policy: aFleetPolicy({ freezes: [{ ...freezes[0]!, allow: 'nothing' }] }), world: changes({ failures: 3, updatedAt: NOW }) }, then: 'hold (too-many-failures, frozen); else 2–12 (pinned-at-max)' },
    { pair: 'freeze, deployment',    wish: { policy: aFleetPolicy({ freezes }), world: { services: { 'core-api': { bounds: { min: 2, max: 20 }, deployment: 'in-progress' } } }, wanted: reduction }, then: 'hold (frozen, deployment-in-progress); else 2–12 (calm)' },
    { pair: 'deployment, budget',    wish: { policy: aFleetPolicy({ budget: budgetFor(9) }), lever: 'target-tracking', wanted: repair(null, { min: 2, max: 10 }), world: registering }, then: 'hold (deployment-in-progress, over-budget); else 2–10 at 70 % (not-registered)' },
    { pair: 'budget, connections',   wish: { policy: aFleetPolicy({ ...direct, budget: budgetFor(10) }) },  then: 'hold (over-budget, connections-exceeded); else 2–12 (pinned-at-max)' },
    { pair: 'budget, connections, both with something left', wish: { policy: aFleetPolicy({ ...direct, budget: budgetFor(14), database: { ...A_DATABASE, maxConnections: 12 + 50 * 12, usableShare: 100 } }), wanted: raiseTo(15) }, then: 'act 2–12 (pinned-at-max, trimmed-to-budget, trimmed-to-connections)' },
  ])('$pair: $then', ({ wish, then }) => {
    expect(guarded(wish)).toBe(then);
  });

  it('a stopped change names every reason there is', () => {
    const policy = aFleetPolicy({
      ...direct,
      services: [{ ...direct.services[0]!, hardLimit: 10 }],
      levers: { ceiling: { mode: 'propose' } },
      freezes: [{ ...freezes[0]!, allow: 'nothing' }],
      budget: budgetFor(1),
    });
    expect(guarded({ policy, world: { ...changes(hot), ...pause() } })).toBe(
      'hold (propose-only, paused, outside-bounds, cooling-down, too-many-failures, frozen, over-budget, connections-exceeded); else 2–12 (pinned-at-max)',
    );
  });
});
